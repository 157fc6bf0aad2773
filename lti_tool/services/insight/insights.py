"""Figures of an activity and of a course, for staff: as many statements at any number of learners.

Only learners whom the viewer sees count; nobody is named, and groups of fewer than five are kept
back (``rules.suppression``). In a large course figures are kept until something changes
(``services.keeping``); what is kept is found by the learners whom the viewer sees now.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.errors import Forbidden
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import ActivityState
from lti_tool.services.activities.activities import find_activity, scoped
from lti_tool.services.cohort_scope import Scope, scope_of
from lti_tool.services.insight import written
from lti_tool.services.insight.crowds import Crowd, Span, Wanted
from lti_tool.services.insight.figures import (
    COURSE,
    CourseFigures,
    CourseLine,
    Glance,
    Insight,
    Moment,
    TableKey,
)
from lti_tool.services.insight.making import counted_of, insight_of, line_of
from lti_tool.services.keeping import kept
from lti_tool.services.keeping.kept import Asked, Kept, Outdated

PATIENCE = timedelta(minutes=2)
"""Figures of a large course that are younger are shown, although something changed since."""
ACTIVITY, ALL = "activity", "course"
"""Kinds of kept figures."""


@dataclass(frozen=True, slots=True)
class Insights:
    """Use cases of staff who look how an activity goes, as a whole."""

    db: Database

    def activity(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        wanted: Wanted,
        kept_id: uuid.UUID | None = None,
        is_anew: bool = False,
    ) -> Insight:
        """Return the figures of an activity; raise NotFound, and Forbidden for who is no staff.

        With ``kept_id`` those that a page showed, as long as they are kept; ``is_anew`` counts in
        any case.
        """

        def ask(session: Session) -> tuple[Activity, Crowd]:
            activity = find_activity(session, _staff(viewer), activity_id)
            return activity, _crowd(session, viewer, activity, wanted)

        with self.db.read() as session:
            activity, crowd = ask(session)
            if not kept.is_large(session, crowd.context_id):
                return insight_of(session, activity, crowd)
            asked = _asked(activity, crowd)
            found = None if is_anew else kept.recall(session, asked, PATIENCE, kept_id)
        found = found or kept.keep(self.db, asked, lambda again: _told(again, *ask(again)))
        kept.note_look(self.db, found)
        return replace(written.read(found.figures), kept=_moment(found))

    def course(
        self,
        viewer: Viewer,
        cohort_id: uuid.UUID | None = None,
        kept_id: uuid.UUID | None = None,
        is_anew: bool = False,
    ) -> CourseFigures:
        """Return the few figures of each activity that the course uses, the newest first.

        ``kept_id`` and ``is_anew`` as of an activity.
        """

        def ask(session: Session) -> tuple[list[Activity], Scope]:
            order = (Activity.created_at.desc(), Activity.id)
            of_course = scoped(_staff(viewer)).where(Activity.state == ActivityState.PUBLISHED)
            activities = list(session.scalars(of_course.order_by(*order)))
            return activities, scope_of(session, viewer, cohort_id)

        with self.db.read() as session:
            activities, scope = ask(session)
            if not kept.is_large(session, scope.context_id):
                return CourseFigures(tuple(_lines(session, activities, scope)))
            asked = _asked_of_course(activities, scope)
            found = None if is_anew else kept.recall(session, asked, PATIENCE, kept_id)
        found = found or kept.keep(self.db, asked, lambda again: _told_of(again, *ask(again)))
        kept.note_look(self.db, found)
        cells = {key: written.read_cells(told) for key, told in found.figures.items()}
        lines = [CourseLine(one.id, one.title, cells.get(str(one.id), ())) for one in activities]
        return CourseFigures(tuple(lines), _moment(found))

    def make_ahead(self) -> int:
        """Count again what changed since somebody looked lately; return how much it was.

        The worker does so every minute, and forgets what nobody looks at any more.
        """
        kept.tidy(self.db)
        with self.db.read() as session:
            found = kept.outdated(session, ACTIVITY, PATIENCE)
        for one in found:
            self._make(one)
        return len(found)

    def _make(self, old: Outdated) -> None:
        """Count figures again, of the same learners: nobody in particular looks."""

        def count(session: Session) -> tuple[Asked, dict[str, Any]]:
            activity = session.get_one(Activity, asked.activity_id)
            span = Span(asked.since, asked.before)
            crowd = Crowd(activity.context_id, [activity.id], asked.scope, span)
            return _told(session, activity, crowd)

        asked = old.asked
        kept.keep(self.db, asked, count, old.looked_at)


def _staff(viewer: Viewer) -> Viewer:
    if not viewer.role.moderates:
        raise Forbidden("insight")
    return viewer


def _crowd(session: Session, viewer: Viewer, activity: Activity, wanted: Wanted) -> Crowd:
    scope = scope_of(session, viewer, wanted.cohort_id)
    return Crowd(activity.context_id, [activity.id], scope, wanted.span())


def _asked(activity: Activity, crowd: Crowd) -> Asked:
    """Return what decides an activity's figures; its own words and numbers, and ours, among it."""
    framework = activity.framework if activity.competencies else None
    settings = [
        activity.responses_required,
        activity.depth_rubric,
        [[one.id.hex, one.code, one.statement] for one in activity.competencies],
        [[one.position, one.label] for one in framework.levels] if framework else [],
        [*TableKey, *Glance],
    ]
    return Asked(
        ACTIVITY,
        crowd.scope,
        activity.id,
        crowd.span.since,
        crowd.span.before,
        json.dumps(settings, sort_keys=True),
    )


def _told(session: Session, activity: Activity, crowd: Crowd) -> tuple[Asked, dict[str, Any]]:
    return _asked(activity, crowd), written.written(insight_of(session, activity, crowd))


def _asked_of_course(activities: Sequence[Activity], scope: Scope) -> Asked:
    settings = ",".join([*COURSE, *(one.id.hex for one in activities)])
    return Asked(ALL, scope, settings=settings)


def _told_of(
    session: Session, activities: Sequence[Activity], scope: Scope
) -> tuple[Asked, dict[str, Any]]:
    lines = _lines(session, activities, scope)
    figures = {str(one.activity_id): written.write_cells(one.cells) for one in lines}
    return _asked_of_course(activities, scope), figures


def _lines(session: Session, activities: Sequence[Activity], scope: Scope) -> list[CourseLine]:
    counted = counted_of(session, Crowd(scope.context_id, [one.id for one in activities], scope))
    return [line_of(one, counted[one.id]) for one in activities]


def _moment(found: Kept) -> Moment:
    return Moment(found.id, found.made_at)
