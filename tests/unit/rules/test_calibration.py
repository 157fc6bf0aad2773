"""How far apart two readings of an exemplar are, and whom that may be told."""

from __future__ import annotations

import pytest

from lti_tool.rules.calibration import Closeness, closeness, spread, still_to_read


@pytest.mark.parametrize(
    ("own", "tutors", "word"),
    [
        (2, 2, Closeness.SAME),
        (3, 2, Closeness.HIGHER),
        (4, 2, Closeness.MUCH_HIGHER),
        (1, 2, Closeness.LOWER),
        (1, 4, Closeness.MUCH_LOWER),
    ],
)
def test_two_readings_are_compared_in_words(own: int, tutors: int, word: Closeness) -> None:
    assert closeness(own, tutors) is word


def test_a_spread_is_told_of_five_readers_and_more() -> None:
    assert spread([1, 2, 2, 3], tutors=2) is None
    found = spread([1, 2, 2, 3, 3, 3], tutors=2)
    assert found is not None
    assert (found.readers, found.same, found.higher, found.lower) == (6, 2, 3, 1)
    assert found.apart == 4 and found.by_level == {1: 1, 2: 2, 3: 3}


@pytest.mark.parametrize(
    ("minimum", "there", "read", "left"), [(1, 3, 0, 1), (3, 1, 0, 1), (1, 3, 2, 0), (0, 3, 0, 0)]
)
def test_never_more_is_asked_for_than_there_is(
    minimum: int, there: int, read: int, left: int
) -> None:
    assert still_to_read(minimum, there, read) == left
