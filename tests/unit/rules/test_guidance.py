from __future__ import annotations

from lti_tool.rules.guidance import (
    REQUIRED_PARTS,
    RESPONSE_MIN_CHARACTERS,
    RESPONSE_MIN_WORDS,
    RESPONSE_PARTS,
    length_for,
    response_length,
    response_minimum,
)


def test_the_minimum_is_in_the_units_of_the_language() -> None:
    assert response_minimum("fr") == RESPONSE_MIN_WORDS
    assert response_minimum("zh") == RESPONSE_MIN_CHARACTERS


def test_all_parts_count_together_and_nothing_else_does() -> None:
    parts = {"resonates": "<p>one two</p>", "question": "<p>three?</p>", "reply": "<p>four</p>"}
    assert response_length(parts, "en") == 3
    assert response_length({"question": "<p>为什么？</p>"}, "zh") == 3


def test_required_parts_are_parts() -> None:
    assert set(REQUIRED_PARTS) < set(RESPONSE_PARTS)


def test_a_length_keeps_its_meaning_in_a_language_that_counts_characters() -> None:
    assert [length_for(40, *pair) for pair in (("en", "fr"), ("en", "zh"), ("zh", "en"))] == [
        40,
        80,
        20,
    ]
