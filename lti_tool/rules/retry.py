"""When a message to a platform is tried again, and when its platform is left in peace (DESIGN 6).

Two clocks: each message has its own schedule; a platform that does not answer pauses as a whole, so
that ten thousand messages to it cost a probe now and then and not ten thousand time-outs.
"""

from __future__ import annotations

from datetime import timedelta

SCHEDULE = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
"""Waits after the first, second … failed attempt; the last one repeats."""
PATIENCE = timedelta(days=3)
"""From promise to giving up."""
JITTER = 0.2
"""Waits grow by up to this share, so that what failed together does not come back together."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)


def wait_after(attempts: int, chance: float, retry_after: timedelta | None = None) -> timedelta:
    """Return how long a message waits after ``attempts`` (≥ 1) failed ones.

    ``chance`` is from 0 to 1 and decides the jitter. What the platform asked for is honoured: it
    replaces the schedule, and jitter only adds to it.
    """
    if attempts < 1 or not 0 <= chance <= 1:
        raise ValueError("attempts from 1, chance from 0 to 1")
    wait = SCHEDULE[min(attempts, len(SCHEDULE)) - 1]
    if retry_after is not None:
        wait = max(retry_after, timedelta(seconds=1))
    return wait * (1 + JITTER * chance)


def gives_up(age: timedelta, wait: timedelta) -> bool:
    """Return whether a message that was promised ``age`` ago should not wait for ``wait`` more."""
    return age + wait > PATIENCE


def pause_after(failures: int, retry_after: timedelta | None = None) -> timedelta:
    """Return how long a platform is left in peace after ``failures`` (≥ 1) in a row."""
    if retry_after is not None:
        return retry_after
    doubled: timedelta = FIRST_PAUSE * 2 ** min(failures - 1, 10)
    return min(doubled, LONGEST_PAUSE)
