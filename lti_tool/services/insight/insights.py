"""Figures of an activity and of a course, for staff: as many statements at any number of learners.

Only learners whom the viewer sees count; nobody is named, and groups of fewer than five are kept
back (``rules.suppression``).
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Subquery
from sqlalchemy.orm import Session

from lti_tool.errors import Forbidden
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.interventions import Intervention
from lti_tool.rules.suppression import Cell
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import ActivityState, DepthRubric
from lti_tool.services.activities.activities import find_activity, scoped
from lti_tool.services.cohort_scope import scope_of
from lti_tool.services.insight import claims, counting, tables
from lti_tool.services.insight.competency_tables import depth_table, levels_table, ratings_table
from lti_tool.services.insight.counting import Begun, Waits
from lti_tool.services.insight.crowds import Crowd, Wanted
from lti_tool.services.insight.figures import (
    COURSE,
    CourseLine,
    Glance,
    Insight,
    Row,
    Table,
    TableKey,
)
from lti_tool.services.insight.tables import Counted


@dataclass(frozen=True, slots=True)
class Insights:
    """Use cases of staff who look how an activity goes, as a whole."""

    db: Database

    def activity(self, viewer: Viewer, activity_id: uuid.UUID, wanted: Wanted) -> Insight:
        """Return the figures of an activity; raise NotFound, and Forbidden for who is no staff."""
        with self.db.read() as session:
            activity = find_activity(session, _staff(viewer), activity_id)
            scope = scope_of(session, viewer, wanted.cohort_id)
            crowd = Crowd(activity.context_id, [activity.id], scope, wanted)
            counted = _counted(session, crowd)[activity.id]
            if not counted.is_enough:
                return Insight(counted.whole, ())
            return Insight(counted.whole, tuple(_tables(session, activity, crowd, counted)))

    def course(self, viewer: Viewer, cohort_id: uuid.UUID | None = None) -> tuple[CourseLine, ...]:
        """Return the few figures of each activity that the course uses, the newest first."""
        query = scoped(_staff(viewer)).where(Activity.state == ActivityState.PUBLISHED)
        with self.db.read() as session:
            scope = scope_of(session, viewer, cohort_id)
            order = (Activity.created_at.desc(), Activity.id)
            found = {one.id: one for one in session.scalars(query.order_by(*order))}
            counted = _counted(session, Crowd(viewer.context_id, list(found), scope))
            return tuple(_line(one, counted[one.id]) for one in found.values())


def _staff(viewer: Viewer) -> Viewer:
    if not viewer.role.moderates:
        raise Forbidden("insight")
    return viewer


def _counted(session: Session, crowd: Crowd) -> dict[uuid.UUID, Counted]:
    """Count what all activities of a crowd are compared by: six statements."""
    begun, ids = crowd.begun(), crowd.activity_ids
    members = None if crowd.wanted.is_dated else crowd.members(session)
    stages = counting.stages(session, begun, ids)
    waits = counting.first_responses(session, begun)
    helpful = counting.helpfulness(session, begun)
    states = counting.syncs(session, begun)
    initiative = claims.interventions(session, ids, crowd.concerned(), Intervention.is_proactive)
    return {
        one: Counted(
            not_started=None if members is None else members - stages.get(one, Begun()).here,
            begun=stages.get(one, Begun()),
            waits=waits.get(one, Waits()),
            helpful=helpful.get(one, {}),
            initiative=initiative.get(one, {}),
            states=states.get(one, Counter()),
        )
        for one in ids
    }


def _tables(
    session: Session, activity: Activity, crowd: Crowd, counted: Counted
) -> Sequence[Table]:
    begun, whole = crowd.begun(), counted.whole
    exchanged = counting.exchanges(session, begun, crowd.activity_ids)
    decided = claims.decisions(session, begun, activity.id)
    support = claims.interventions(session, [activity.id], crowd.concerned(), Intervention.kind)
    few = {
        **tables.glance(counted),
        Glance.DECISIONS: tables.median_wait(decided),
        **tables.mean_responses(exchanged, whole),
    }
    return (
        Table(TableKey.GLANCE, tuple(Row(key, (few[key],)) for key in Glance)),
        tables.stages_table(counted),
        tables.first_response_table(counted.waits),
        tables.responses_table(exchanged, whole, activity.responses_required),
        tables.helpfulness_table(counted.helpful),
        *_competency_tables(session, activity, begun, whole),
        *_depth_table(session, activity, begun, whole),
        tables.decisions_table(decided),
        tables.support_table(support.get(activity.id, {})),
        tables.initiative_table(counted.initiative),
        tables.scores_table(counted),
    )


def _competency_tables(
    session: Session, activity: Activity, begun: Subquery, whole: int
) -> tuple[Table, ...]:
    """Return what learners claim and what tutors confirmed, where the activity has competencies."""
    if not activity.competencies or activity.framework is None:
        return ()
    rated, confirmed = claims.ratings(session, begun), claims.confirmed(session, begun)
    return (
        ratings_table(activity.competencies, rated, whole),
        levels_table(activity.competencies, activity.framework.levels, confirmed, whole),
    )


def _depth_table(
    session: Session, activity: Activity, begun: Subquery, whole: int
) -> tuple[Table, ...]:
    rubric = activity.depth_rubric
    if rubric is DepthRubric.NONE:
        return ()
    return (depth_table(rubric, claims.depths(session, begun, rubric), whole),)


def _line(activity: Activity, counted: Counted) -> CourseLine:
    cells: tuple[Cell, ...] = ()
    if counted.is_enough:
        few = tables.glance(counted)
        cells = tuple(few[key] for key in COURSE)
    return CourseLine(activity.id, activity.title, cells)
