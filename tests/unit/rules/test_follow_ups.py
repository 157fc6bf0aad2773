from __future__ import annotations

from datetime import date

from lti_tool.rules.follow_ups import asked_now, due_days

COMMITTED = date(2026, 3, 1)


def test_after_thirty_and_ninety_days() -> None:
    assert due_days(COMMITTED, date(2026, 3, 10)) == {30: date(2026, 3, 31), 90: date(2026, 5, 30)}


def test_never_before_the_day_of_the_step() -> None:
    far = due_days(COMMITTED, date(2026, 9, 1))
    assert far == {30: date(2026, 9, 2), 90: date(2026, 11, 1)}


def test_one_question_at_a_time() -> None:
    days = due_days(COMMITTED, date(2026, 3, 10))
    assert asked_now(days, [], date(2026, 3, 30)) is None
    assert asked_now(days, [], date(2026, 3, 31)) == 30
    assert asked_now(days, [30], date(2026, 4, 20)) is None
    assert asked_now(days, [30], date(2026, 6, 1)) == 90
    assert asked_now(days, [], date(2026, 6, 1)) == 90
    assert asked_now(days, [90], date(2026, 6, 1)) is None
