from __future__ import annotations

import pytest

from lti_tool.rules.word_diff import Change, Piece, pieces


def test_what_went_and_what_came_stand_where_they_were() -> None:
    assert pieces("What do you do now?", "What did you do?") == (
        Piece(Change.SAME, "What "),
        Piece(Change.REMOVED, "do"),
        Piece(Change.ADDED, "did"),
        Piece(Change.SAME, " you do"),
        Piece(Change.REMOVED, " now"),
        Piece(Change.SAME, "?"),
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("", "New?"),
        ("Old?", ""),
        ("Same", "Same"),
        ("ماذا؟", "ماذا الآن؟"),
        ("你好", "您好"),
    ],
)
def test_both_wordings_can_be_read_from_it(before: str, after: str) -> None:
    found = pieces(before, after)
    assert "".join(one.text for one in found if one.change is not Change.ADDED) == before
    assert "".join(one.text for one in found if one.change is not Change.REMOVED) == after
    assert all(one.text for one in found)
