from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lti_tool.rules.readiness import Code, Facts, Weight, findings

NOW = datetime(2030, 1, 15, 12, tzinfo=UTC)
GOOD = Facts(
    now=NOW,
    opens_at=None,
    now_due_at=NOW + timedelta(days=7),
    new_due_at=NOW + timedelta(days=14),
    next_due_at=NOW + timedelta(days=21),
    responses_required=2,
    weight_responses=30,
    checked_first=False,
    hides_names=False,
    tutor_confirms=True,
    competencies=1,
    levels=4,
    shared_questions=3,
    shared_feelings=0,
    least_words=105,
    learners=20,
    tutors=1,
    placed=True,
)


def test_a_sound_activity_has_nothing_to_look_at() -> None:
    assert findings(GOOD) == ()


@pytest.mark.parametrize(
    ("changes", "code", "weight"),
    [
        ({"now_due_at": NOW - timedelta(days=1)}, Code.DATES_OVER, Weight.WARN),
        ({"now_due_at": NOW + timedelta(hours=30)}, Code.SHORT_NOW, Weight.WARN),
        ({"new_due_at": NOW + timedelta(days=8)}, Code.SHORT_NEW, Weight.WARN),
        ({"next_due_at": NOW + timedelta(days=15)}, Code.SHORT_NEXT, Weight.WARN),
        ({"opens_at": NOW + timedelta(days=6)}, Code.SHORT_NOW, Weight.WARN),
        ({"opens_at": NOW + timedelta(days=1)}, Code.OPENS_LATE, Weight.INFO),
        ({"new_due_at": None}, Code.NO_NEW_DATE, Weight.INFO),
        ({"shared_questions": 0}, Code.NOTHING_TO_READ, Weight.STOP),
        ({"learners": 2}, Code.TOO_MANY_RESPONSES, Weight.WARN),
        ({"responses_required": 0}, Code.POINTS_FOR_NOTHING, Weight.WARN),
        ({"hides_names": True, "learners": 4}, Code.SMALL_FOR_ANONYMITY, Weight.WARN),
        ({"levels": 0}, Code.NO_LEVELS, Weight.STOP),
        ({"competencies": 0}, Code.NOBODY_CONFIRMS, Weight.INFO),
        ({"competencies": 0, "tutor_confirms": False}, Code.NO_COMPETENCIES, Weight.INFO),
        ({"tutors": 0}, Code.NO_TUTOR, Weight.INFO),
        ({"tutors": 0, "checked_first": True}, Code.NO_TUTOR_BEFORE, Weight.WARN),
        ({"shared_feelings": 1}, Code.FEELINGS_SHARED, Weight.WARN),
        ({"least_words": 900}, Code.LONG_WRITING, Weight.WARN),
        ({"retired": 1}, Code.RETIRED, Weight.INFO),
        ({"placed": False}, Code.NOT_PLACED, Weight.INFO),
    ],
)
def test_what_is_missing_or_risky_is_found(
    changes: dict[str, Any], code: Code, weight: Weight
) -> None:
    found = {one.code: one.weight for one in findings(replace(GOOD, **changes))}
    assert found[code] is weight


def test_dates_that_are_all_over_cannot_work_and_come_first() -> None:
    over = {name: NOW - timedelta(days=1) for name in ("now_due_at", "new_due_at", "next_due_at")}
    first, *_rest = findings(replace(GOOD, **over, tutors=0))
    assert (first.code, first.weight, first.number) == (Code.DATES_OVER, Weight.STOP, 3)


def test_an_unknown_number_of_learners_worries_nobody() -> None:
    assert findings(replace(GOOD, learners=0, hides_names=True)) == ()
