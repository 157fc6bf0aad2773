"""What an educator decides about criteria and exemplars of an activity."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import InvalidInput, Stale
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.criteria import Exemplar
from lti_tool.rules.criteria import CriteriaValues
from lti_tool.rules.rubrics import RubricSet, sets_in
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import ExemplarOrigin
from lti_tool.services.activities import criteria, exemplars
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.activities.exemplars import ExemplarView, TutorsReading
from lti_tool.services.engine.readings import CriterionView, criterion_view
from lti_tool.services.frameworks.case_server import is_served
from lti_tool.services.frameworks.frameworks import CompetencyView, competency_view
from lti_tool.services.locking import lock_activity


@dataclass(frozen=True, slots=True)
class CriteriaView:
    """The criteria of an activity as its educator sees them; ``seen`` tells which state it was."""

    activity_id: uuid.UUID
    title: str
    locale: str
    values: CriteriaValues
    is_published: bool
    can_publish: bool
    """Whether the activity has a framework that everybody may read."""
    answered: int
    """How many responses answer them already."""
    competencies: tuple[CompetencyView, ...]
    rubrics: tuple[RubricSet, ...]
    """Rubrics that came with the activity's framework."""
    seen: str
    lacks_exemplar: bool
    """Whether learners shall practise, and there is nothing to practise with."""


@dataclass(frozen=True, slots=True)
class ExemplarsView:
    """The exemplars of an activity, and the criteria to read them by."""

    activity_id: uuid.UUID
    title: str
    is_on: bool
    criteria: tuple[CriterionView, ...]
    exemplars: tuple[ExemplarView, ...]

    @property
    def is_full(self) -> bool:
        """Whether there are as many exemplars as can be."""
        return len(self.exemplars) >= exemplars.MOST_EXEMPLARS


@dataclass(frozen=True, slots=True)
class ExemplarValues:
    """An exemplar as an educator writes it; ``text`` is sanitised HTML."""

    title: str
    text: str
    origin: ExemplarOrigin
    readings: Mapping[uuid.UUID, TutorsReading]
    """By the criterion's id."""


@dataclass(frozen=True, slots=True)
class CriteriaStudio:
    """Use cases of educators on criteria and exemplars; all within the viewer's context."""

    db: Database

    def look(self, viewer: Viewer, activity_id: uuid.UUID) -> CriteriaView:
        """Return the criteria of an activity; raise NotFound."""
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            framework = activity.framework
            return CriteriaView(
                activity.id,
                activity.title,
                activity.locale,
                criteria.values_of(session, activity),
                activity.criteria_published,
                framework is not None and is_served(framework),
                criteria.answered_by(session, activity.id),
                tuple(competency_view(one) for one in activity.competencies),
                sets_in(_kept_rubrics(activity), _identifiers(activity)),
                activity.updated_at.isoformat(),
                activity.calibration_minimum > 0 and not exemplars.ready(session, activity.id),
            )

    def rubrics(
        self, viewer: Viewer, activity_id: uuid.UUID, document: Any
    ) -> tuple[RubricSet, ...]:
        """Return the sets of criteria in a CASE document: a rubric, several, or a package."""
        with self.db.read() as session:
            return sets_in(document, _identifiers(find_activity(session, viewer, activity_id)))

    def save(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        values: CriteriaValues,
        seen: str,
        corrections_only: bool = False,
        published: bool = False,
    ) -> bool:
        """Save the criteria; return whether responses that were begun keep the earlier ones.

        Raises Stale if somebody else saved the activity since ``seen``.
        """
        with self.db.write() as session:
            lock_activity(session, activity_id)
            activity = find_activity(session, viewer, activity_id)
            if activity.updated_at.isoformat() != seen:
                raise Stale("activity")
            activity.criteria_published = published
            activity.updated_at = clock.now()
            return criteria.save(session, activity, values, corrections_only)

    def exemplars(self, viewer: Viewer, activity_id: uuid.UUID) -> ExemplarsView:
        """Return the exemplars of an activity; raise NotFound."""
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            found = criteria.current(session, activity.id)
            views = exemplars.exemplars_of(session, activity.id, [one.id for one in found])
            return ExemplarsView(
                activity.id,
                activity.title,
                activity.calibration_minimum > 0,
                tuple(criterion_view(one, activity.locale) for one in found),
                tuple(views),
            )

    def add(self, viewer: Viewer, activity_id: uuid.UUID, values: ExemplarValues) -> None:
        """Add an exemplar; raise InvalidInput where there are as many as can be."""
        with self.db.write() as session:
            lock_activity(session, activity_id)
            activity = find_activity(session, viewer, activity_id)
            if len(exemplars.exemplars_of(session, activity.id, ())) >= exemplars.MOST_EXEMPLARS:
                message = _("At most %(most)s exemplars.", most=exemplars.MOST_EXEMPLARS)
                raise InvalidInput({"title": [message]})
            exemplar = Exemplar(
                activity_id=activity.id,
                position=exemplars.next_position(session, activity.id),
                title=values.title,
                text=values.text,
                origin=values.origin,
                created_by_id=viewer.user_id,
            )
            session.add(exemplar)
            session.flush()
            _write_readings(session, activity, exemplar.id, values)

    def change(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        exemplar_id: uuid.UUID,
        values: ExemplarValues,
    ) -> None:
        """Change an exemplar and how the tutor reads it; raise NotFound."""
        with self.db.write() as session:
            activity = find_activity(session, viewer, activity_id)
            exemplar = exemplars.find(session, activity.id, exemplar_id)
            exemplar.title, exemplar.text = values.title, values.text
            exemplar.origin = values.origin
            _write_readings(session, activity, exemplar.id, values)

    def remove(self, viewer: Viewer, activity_id: uuid.UUID, exemplar_id: uuid.UUID) -> None:
        """Take an exemplar out; what learners read in it stays with them. Raises NotFound."""
        with self.db.write() as session:
            activity = find_activity(session, viewer, activity_id)
            exemplar = exemplars.find(session, activity.id, exemplar_id)
            if exemplars.is_used(session, exemplar.id):
                exemplar.retired_at = clock.now()
            else:
                session.delete(exemplar)


def _kept_rubrics(activity: Activity) -> Any:
    """Return the rubrics that came with the activity's framework."""
    extra = activity.framework.extra if activity.framework else {}
    return ((extra or {}).get("case") or {}).get("rubrics") or []


def _identifiers(activity: Activity) -> dict[str, uuid.UUID]:
    return {one.identifier: one.id for one in activity.competencies}


def _write_readings(
    session: Session, activity: Activity, exemplar_id: uuid.UUID, values: ExemplarValues
) -> None:
    """Keep readings by the criteria in force; of levels that there are."""
    levels = {one.id: len(one.levels) for one in criteria.current(session, activity.id)}
    told = {
        key: one
        for key, one in values.readings.items()
        if key in levels and 1 <= one.level <= levels[key]
    }
    exemplars.write_readings(session, exemplar_id, told)
