"""When a learner is asked what became of their next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

AFTER_DAYS = (30, 90)
"""Days after a step was committed to; but never before the day on which it was to be done."""


def due_days(committed_on: date, by_date: date) -> dict[int, date]:
    """Return the days on which the questions are due, by ``AFTER_DAYS``.

    A step that lies far ahead is asked about on the day after its own day; the second question
    always keeps its distance from the first.
    """
    first_after, second_after = AFTER_DAYS
    first = max(committed_on + timedelta(first_after), by_date + timedelta(1))
    second = max(
        committed_on + timedelta(second_after), first + timedelta(second_after - first_after)
    )
    return {first_after: first, second_after: second}


def asked_now(days: Mapping[int, date], answered: Iterable[int], today: date) -> int | None:
    """Return which question to ask today: the last one due, unless it or a later one is answered.

    Who comes back after the second is due is not asked the first as well.
    """
    due = [after for after, day in days.items() if day <= today]
    last = max(due, default=None)
    return None if last is None or any(after >= last for after in answered) else last
