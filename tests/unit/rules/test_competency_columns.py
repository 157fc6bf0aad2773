"""Names of columns are short, whole and different; points are what a gradebook can show."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.rules.competency_columns import Named, clipped, label, labels, maximum, points, tag

LONG = "What I take from this month’s visits to other libraries of the region and their readers"


def test_a_name_says_activity_and_competency() -> None:
    assert label("Week 2", Named("A1", "Listens to users.")) == "Week 2 – A1 Listens to users"
    assert label("Week 2", Named("", "Listens")) == "Week 2 – Listens"
    assert len(tag("9f1c2ad2-5bd0-4c9e-9c3e-0d6a3a1f7b11")) == 41


def test_what_is_too_long_keeps_the_code_and_the_beginning_of_both() -> None:
    found = label(LONG, Named("LIS-12.4", "Evaluates information sources " * 9))
    assert len(found) <= 100 and found.startswith("What I take from this")
    assert " – LIS-12.4 Evaluates information" in found and found.count("…") == 2
    short = label(LONG * 2, Named("A1", "Listens"))
    assert short.endswith("… – A1 Listens") and 90 < len(short) <= 100


def test_names_of_one_activity_differ() -> None:
    same = [Named("", "Listens to users " * 20 + end) for end in "abc"]
    found = labels(LONG, same)
    assert len(set(found)) == 3 and [one[-3:] for one in found[1:]] == ["(2)", "(3)"]
    assert all(len(one) <= 100 for one in found)


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("👩‍🏫👩‍🏫👩‍🏫", 5, "👩‍🏫…"),
        ("👍🏽👍🏽", 3, "👍🏽…"),
        ("🇩🇿🇫🇷🇩🇿", 4, "🇩🇿…"),
        ("e\u0301e\u0301e\u0301", 4, "e\u0301…"),
        ("التعلّم المستمر في المكتبات", 16, "التعلّم المستمر…"),
        ("short", 5, "short"),
        ("one two three", 9, "one two…"),
        ("", 5, ""),
    ],
)
def test_a_cut_goes_through_no_sign(text: str, most: int, cut: str) -> None:
    assert clipped(text, most) == cut


@given(st.text(max_size=150), st.text(max_size=20), st.text(max_size=300))
def test_any_text_gives_a_name_on_one_line(title: str, code: str, statement: str) -> None:
    found = labels(title, [Named(code, statement)] * 2)
    assert len(set(found)) == 2
    for one in found:
        assert 0 < len(one) <= 100
        assert not {unicodedata.category(sign) for sign in one} & {"Cc", "Zl", "Zp"}
        assert not set("\u202a\u202b\u202e\u2066\u2067\u2069\u200f") & set(one)


@pytest.mark.parametrize(
    ("level", "levels", "given_points", "of"),
    [(1, 2, 0, 1), (2, 2, 1, 1), (1, 4, 1, 4), (4, 4, 4, 4), (4, 3, 3, 3), (1, 1, 1, 1)],
)
def test_a_level_is_its_place_on_the_scale(
    level: int, levels: int, given_points: int, of: int
) -> None:
    assert (points(level, levels), maximum(levels)) == (given_points, of)
