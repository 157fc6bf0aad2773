from __future__ import annotations

import itertools

import pytest

from lti_tool.i18n import LOCALES
from lti_tool.rules.pseudonyms import NAMES, SIDE, TRIES, WORDS, drawn, pseudonym


@pytest.mark.parametrize("locale", WORDS)
def test_every_number_is_another_name(locale: str) -> None:
    names = {pseudonym(alias, locale) for alias in range(2 * NAMES)}
    assert len(names) == 2 * NAMES
    assert not any(name.isascii() and name.isdigit() for name in names)


def test_all_our_languages_have_names() -> None:
    assert set(LOCALES) <= set(WORDS)
    assert all(len(words.split()) == SIDE for _p, *lists in WORDS.values() for words in lists)


def test_the_same_number_is_the_same_name() -> None:
    assert pseudonym(0, "en") == pseudonym(0, "en_GB") == "Amber Acorn"
    assert pseudonym(0, "xx") == "Amber Acorn"
    assert pseudonym(NAMES, "en") == "Amber Acorn 2"


def test_numbers_are_drawn_by_lot_from_twice_as_many_as_there_are_people() -> None:
    count = itertools.count()
    assert drawn(10, lambda most: next(count) % most) == tuple(range(TRIES))
    for people in (0, 5, 288, 10_000):
        asked: list[int] = []
        drawn(people, lambda most, asked=asked: asked.append(most) or 0)  # type: ignore[misc]
        assert min(asked) >= 2 * people
