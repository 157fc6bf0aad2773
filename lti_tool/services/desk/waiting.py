"""How many texts and people wait for staff in the activities of a course, and who these people are.

The tutor's list of an activity (``signal_rows``) and the list of the course's activities count by
the same conditions, so that they agree.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, Uuid, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.activities import Activity
from lti_tool.models.clocks import LearnerClock
from lti_tool.models.interventions import Intervention
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.flagging import Urgency
from lti_tool.rules.signals import REST, joined_before
from lti_tool.rules.vocabulary import Role
from lti_tool.services.cohort_scope import Scope
from lti_tool.services.engine import attention, clocks

TAKES_PART = [role.value for role in Role if role.takes_part]


def texts(
    session: Session, activity_ids: Collection[uuid.UUID], scope: Scope
) -> dict[uuid.UUID, int]:
    """Count by activity what waits for a decision, as the queue lists it: with flags and appeals.

    Activities where nothing waits are left out.
    """
    reflections = _grouped(Reflection, activity_ids).where(scope.holds_reflection())
    responses = _grouped(Response, activity_ids).where(scope.holds_response())
    return _summed(session, [reflections, responses])


def people(
    session: Session, activities: Collection[Activity], scope: Scope
) -> dict[uuid.UUID, int]:
    """Count by activity the learners on the tutor's list; those with none are left out."""
    counts = [_count(one, in_need(one, scope), Participation) for one in activities]
    for one in activities:
        wanted = unbegun(one, scope)
        if wanted is not None:
            counts.append(_count(one, wanted))
    return _summed(session, counts)


def _grouped(model: Any, activity_ids: Collection[uuid.UUID]) -> Select[Any]:
    return (
        select(model.activity_id, func.count().label("number"))
        .where(model.activity_id.in_(activity_ids), model.urgency > Urgency.NONE.value)
        .group_by(model.activity_id)
    )


def _count(
    activity: Activity, conditions: tuple[ColumnElement[bool], ...], *models: Any
) -> Select[Any]:
    key = literal(activity.id, Uuid).label("activity_id")
    counted = select(key, func.count().label("number"))
    return counted.select_from(Membership, *models).where(*conditions)


def _summed(session: Session, counts: Collection[Select[Any]]) -> dict[uuid.UUID, int]:
    if not counts:
        return {}
    found: dict[uuid.UUID, int] = {}
    for key, number in session.execute(union_all(*counts)):
        if number:
            found[key] = found.get(key, 0) + number
    return found


def in_need(activity: Activity, scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Tell who has begun, needs a tutor and takes part; in a query with Membership."""
    return (
        Participation.activity_id == activity.id,
        Participation.attention.is_not(None),
        Membership.user_id == Participation.user_id,
        *_here(activity, scope),
    )


def _here(activity: Activity, scope: Scope) -> tuple[ColumnElement[bool], ...]:
    role = func.coalesce(Membership.granted_role, Membership.role)
    return (
        Membership.context_id == activity.context_id,
        Membership.left_at.is_(None),
        role.in_(TAKES_PART),
        scope.holds(Membership.user_id),
    )


def unbegun(activity: Activity, scope: Scope) -> tuple[ColumnElement[bool], ...] | None:
    """Tell who ought to have begun and was not spoken to lately; None while nobody is."""
    now = clock.now()
    joined = joined_before(clocks.opened_at(activity), activity.now_due_at, now)
    if joined is None or activity.is_being_prepared:
        return None
    begun = exists().where(
        Participation.activity_id == activity.id, Participation.user_id == Membership.user_id
    )
    handled = exists().where(
        Intervention.activity_id == activity.id,
        Intervention.user_id == Membership.user_id,
        Intervention.act.in_(attention.HELPED),
        Intervention.at > now - REST,
    )
    extended = exists().where(
        LearnerClock.activity_id == activity.id,
        LearnerClock.user_id == Membership.user_id,
        LearnerClock.now_due_at > now,
        literal(activity.now_due_at is not None and activity.now_due_at <= now),
    )
    return (
        *_here(activity, scope),
        Membership.first_seen_at <= joined,
        ~begun,
        ~handled,
        ~extended,
        *clocks.had_time(activity, now),
    )
