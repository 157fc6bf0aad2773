"""Counting an activity's figures and making its tables of them."""

from __future__ import annotations

import uuid
from collections import Counter

from sqlalchemy import Subquery
from sqlalchemy.orm import Session

from lti_tool.models.activities import Activity
from lti_tool.models.interventions import Intervention
from lti_tool.rules.suppression import Cell
from lti_tool.rules.vocabulary import DepthRubric
from lti_tool.services.insight import claims, counting, tables
from lti_tool.services.insight.competency_tables import depth_table, levels_table, ratings_table
from lti_tool.services.insight.counting import Begun, Waits
from lti_tool.services.insight.crowds import Crowd
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


def insight_of(session: Session, activity: Activity, crowd: Crowd) -> Insight:
    """Count the figures of one activity."""
    counted = counted_of(session, crowd)[activity.id]
    if not counted.is_enough:
        return Insight(counted.whole, ())
    return Insight(counted.whole, _tables(session, activity, crowd, counted))


def counted_of(session: Session, crowd: Crowd) -> dict[uuid.UUID, Counted]:
    """Count what all activities of a crowd are compared by: six statements."""
    begun, ids = crowd.begun(), crowd.activity_ids
    members = None if crowd.span.is_dated else crowd.members(session)
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
) -> tuple[Table, ...]:
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


def line_of(activity: Activity, counted: Counted) -> CourseLine:
    """Return an activity's line in the figures of its course."""
    cells: tuple[Cell, ...] = ()
    if counted.is_enough:
        few = tables.glance(counted)
        cells = tuple(few[key] for key in COURSE)
    return CourseLine(activity.id, activity.title, cells)
