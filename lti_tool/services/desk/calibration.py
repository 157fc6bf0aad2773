"""Where learners read exemplars differently from the tutor, criterion by criterion."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.criteria import CalibrationReading
from lti_tool.models.participations import Participation
from lti_tool.rules.calibration import Spread, spread
from lti_tool.rules.viewer import Viewer
from lti_tool.services.activities import criteria, exemplars
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.activities.exemplars import ExemplarView
from lti_tool.services.cohort_scope import scope_of
from lti_tool.services.engine.readings import CriterionView, criterion_view


@dataclass(frozen=True, slots=True)
class CriterionSpread:
    """One criterion of an exemplar; ``spread`` is None where too few have read it to tell."""

    criterion: CriterionView
    tutors: int
    reason: str
    spread: Spread | None


@dataclass(frozen=True, slots=True)
class ExemplarSpread:
    """One exemplar, the criterion that most read differently first."""

    title: str
    lines: tuple[CriterionSpread, ...]


@dataclass(frozen=True, slots=True)
class CalibrationPage:
    """What a tutor sees of the practice; of their own learners only."""

    title: str
    is_on: bool
    exemplars: tuple[ExemplarSpread, ...]


@dataclass(frozen=True, slots=True)
class CalibrationResults:
    """The use case of looking at how learners read exemplars."""

    db: Database

    def of(self, viewer: Viewer, activity_id: uuid.UUID) -> CalibrationPage:
        """Return how the learners whom the viewer looks after read each exemplar."""
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            found = [
                _spread(session, viewer, activity, one)
                for one in exemplars.ready(session, activity.id)
            ]
            return CalibrationPage(
                activity.title, activity.calibration_minimum > 0 and bool(found), tuple(found)
            )


def _spread(
    session: Session, viewer: Viewer, activity: Activity, exemplar: ExemplarView
) -> ExemplarSpread:
    rows = session.execute(
        select(CalibrationReading.criterion_id, CalibrationReading.level)
        .join(Participation, CalibrationReading.participation_id == Participation.id)
        .where(
            CalibrationReading.exemplar_id == exemplar.id,
            Participation.activity_id == activity.id,
            scope_of(session, viewer).holds(Participation.user_id),
        )
    )
    levels: dict[uuid.UUID, list[int]] = defaultdict(list)
    for criterion_id, level in rows:
        levels[criterion_id].append(level)
    lines = [
        CriterionSpread(
            criterion_view(one, activity.locale),
            told.level,
            told.reason,
            spread(levels[one.id], told.level),
        )
        for one in criteria.current(session, activity.id)
        if (told := exemplar.readings.get(one.id))
    ]
    lines.sort(key=lambda line: -line.spread.apart if line.spread else 0)
    return ExemplarSpread(exemplar.title, tuple(lines))
