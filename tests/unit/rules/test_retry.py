"""The retry schedule: patient, jittered, obedient to Retry-After."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.rules.retry import (
    JITTER,
    LONGEST_PAUSE,
    PATIENCE,
    SCHEDULE,
    gives_up,
    pause_after,
    wait_after,
)

attempts = st.integers(1, 200)
chances = st.floats(0, 1)
asked = st.timedeltas(timedelta(0), timedelta(days=7))


def test_the_schedule_is_the_one_that_the_documentation_promises() -> None:
    waits = [wait_after(attempt, 0) for attempt in range(1, 8)]
    assert [wait / timedelta(minutes=1) for wait in waits] == [1, 5, 30, 120, 360, 360, 360]


@given(attempts, chances)
def test_jitter_only_adds_and_stays_within_its_share(attempt: int, chance: float) -> None:
    plain, wait = wait_after(attempt, 0), wait_after(attempt, chance)
    assert plain <= wait <= plain * (1 + JITTER) + timedelta(microseconds=1)


@given(attempts, chances)
def test_waits_never_shrink(attempt: int, chance: float) -> None:
    assert wait_after(attempt, chance) <= wait_after(attempt + 1, chance)


@given(attempts, chances, asked)
def test_never_sooner_than_the_platform_asked(attempt: int, chance: float, wait: timedelta) -> None:
    assert wait_after(attempt, chance, wait) >= wait


@given(st.lists(chances, min_size=40, max_size=40))
def test_a_message_is_given_up_within_three_days(fate: list[float]) -> None:
    age, tried = timedelta(0), 0
    for chance in fate:
        tried += 1
        wait = wait_after(tried, chance)
        if gives_up(age, wait):
            break
        age += wait
    assert PATIENCE - SCHEDULE[-1] * (1 + JITTER) <= age <= PATIENCE
    assert 12 <= tried <= 17


@given(st.integers(1, 1000))
def test_a_platforms_rest_grows_to_five_minutes(failures: int) -> None:
    assert timedelta(seconds=5) <= pause_after(failures) <= LONGEST_PAUSE
    assert pause_after(failures) <= pause_after(failures + 1)
    assert pause_after(failures, timedelta(seconds=90)) == timedelta(seconds=90)


@pytest.mark.parametrize(("attempt", "chance"), [(0, 0.5), (1, -0.1), (1, 1.1)])
def test_nonsense_is_refused(attempt: int, chance: float) -> None:
    with pytest.raises(ValueError):
        wait_after(attempt, chance)
