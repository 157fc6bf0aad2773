"""Slow and leaky cohorts: every reflection that is handed in is answered, and nobody is stuck."""

from __future__ import annotations

import pytest

from tests.support.simulated import ANSWER_WITHIN, DAY, DROPOUTS, LATE, SIZES, simulate

SEEDS = range(4)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("late", LATE)
@pytest.mark.parametrize("dropout", DROPOUTS)
def test_nobody_is_stuck_and_everything_is_answered(size: int, dropout: float, late: float) -> None:
    for seed in SEEDS:
        told = simulate(size, dropout, late, seed)
        assert told.answered == told.submitted
        assert told.slowest <= ANSWER_WITHIN / DAY
        assert told.stuck == 0
        assert told.complete == told.active


def test_tutors_have_less_to_do_in_larger_cohorts() -> None:
    small, large = (
        [simulate(size, 0.4, 0.3, seed) for seed in SEEDS] for size in (SIZES[0], SIZES[-1])
    )
    shares = [
        sum(one.by_tutor for one in runs) / sum(one.answered for one in runs)
        for runs in (small, large)
    ]
    assert shares[0] > shares[1]
