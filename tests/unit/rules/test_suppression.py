from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.rules.suppression import (
    FLOOR,
    HIDDEN,
    Share,
    all_or_none,
    hidden_parts,
    is_few,
    mean,
    parts,
    reached,
    share,
    some_of,
)

COUNTS = st.lists(st.integers(0, 12), min_size=2, max_size=4).filter(lambda n: sum(n) >= FLOOR)


@given(COUNTS)
def test_no_small_group_is_shown_or_can_be_worked_out(counts: list[int]) -> None:
    """Whatever is hidden could also be something else: no number of it is certain."""
    hidden = sorted(hidden_parts(counts))
    assert all(place in hidden for place, number in enumerate(counts) if is_few(number))
    left = sum(counts[place] for place in hidden)
    possible = [
        guess
        for guess in product(range(left + 1), repeat=len(hidden))
        if sum(guess) == left and any(map(is_few, guess))
    ]
    for place in range(len(hidden)):
        assert len({guess[place] for guess in possible}) > 1, (counts, hidden)


@given(COUNTS)
def test_how_far_people_are_does_not_tell_who_is_hidden(counts: list[int]) -> None:
    hidden = hidden_parts(counts)
    far = reached(counts, hidden)
    for place, value in enumerate(far):
        following = far[place + 1] if place + 1 < len(far) else 0
        if isinstance(value, int) and isinstance(following, int):
            assert place not in hidden or value - following != counts[place] or len(hidden) == 0


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([10, 20, 0], (10, 20, 0)),
        ([3, 20, 10], (HIDDEN, 20, HIDDEN)),
        ([2, 3, 20], (HIDDEN, HIDDEN, 20)),
        ([2, 2, 20], (HIDDEN, HIDDEN, HIDDEN)),
        ([4, 20, 0], (HIDDEN, HIDDEN, 0)),
    ],
)
def test_a_small_part_takes_another_with_it(counts: list[int], shown: tuple[object, ...]) -> None:
    assert parts(counts) == shown


def test_people_count_not_how_often_something_happened() -> None:
    assert parts([30, 40, 50], [2, 20, 30]) == (HIDDEN, HIDDEN, 50)
    assert all_or_none([30, 40, 50], [2, 20, 30]) == (HIDDEN, HIDDEN, HIDDEN)


def test_a_mean_and_a_share_of_few_are_not_told() -> None:
    assert mean(9, 4, 4) is HIDDEN and mean(0, 0, 0) is None and mean(10, 3, 6) == 3.33
    assert some_of(18, 20) is HIDDEN and some_of(20, 20) == 20 and some_of(10, 20) == 10
    assert share(HIDDEN, 5) is HIDDEN and share(1, 3) == Share(0.33) and share(0, 0) is None
