"""Counting how far learners are and what they exchanged; the database adds up, whatever the size.

Every function is one statement. Of several activities the figures come by activity.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Subquery,
    and_,
    case,
    distinct,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Session

from lti_tool.models.grades import OutboxMessage
from lti_tool.models.participations import NextStep
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.stages import Stage
from lti_tool.rules.vocabulary import OutboxState, WorkState
from lti_tool.services.engine.completion import IN_HAND
from lti_tool.services.insight.lengths import WholeHours
from lti_tool.services.outbox import scores


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something happened, and how many people stand behind it."""

    number: int = 0
    people: int = 0


@dataclass(slots=True)
class Begun:
    """Who has begun, by the furthest stage; ``here`` counts those still in the course."""

    stages: Counter[Stage] = field(default_factory=Counter)
    here: int = 0


@dataclass(slots=True)
class Waits:
    """How long something took, by whole hours, and of how many it is not known yet."""

    hours: Counter[int] = field(default_factory=Counter)
    open: int = 0


def stages(session: Session, begun: Subquery, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Begun]:
    """Count who has begun by the furthest stage that they have come to."""
    given = _given(ids)
    handed_in = exists().where(
        Reflection.participation_id == begun.c.id, Reflection.state.in_(IN_HAND)
    )
    stage = case(
        (begun.c.completed_at.is_not(None), Stage.COMPLETE.place),
        (exists().where(NextStep.participation_id == begun.c.id), Stage.NEXT.place),
        (given.c.number.is_not(None), Stage.NEW.place),
        (handed_in, Stage.SUBMITTED.place),
        else_=Stage.NOW.place,
    )
    each = (
        select(begun.c.activity_id, begun.c.is_here, stage.label("stage"))
        .outerjoin(given, _by(begun, given))
        .subquery()
    )
    query = select(each.c.activity_id, each.c.stage, each.c.is_here, func.count()).group_by(
        each.c.activity_id, each.c.stage, each.c.is_here
    )
    found: defaultdict[uuid.UUID, Begun] = defaultdict(Begun)
    for activity_id, place, is_here, number in session.execute(query):
        found[activity_id].stages[list(Stage)[place]] += number
        found[activity_id].here += number if is_here else 0
    return found


def exchanges(
    session: Session, begun: Subquery, ids: Sequence[uuid.UUID]
) -> Counter[tuple[int, int]]:
    """Count learners by how many responses they gave, and how many they received."""
    given, received = _given(ids), _received(ids)
    each = (
        select(
            func.coalesce(given.c.number, 0).label("given"),
            func.coalesce(received.c.number, 0).label("received"),
        )
        .select_from(begun)
        .outerjoin(given, _by(begun, given))
        .outerjoin(received, received.c.participation_id == begun.c.id)
        .subquery()
    )
    query = select(each.c.given, each.c.received, func.count()).group_by(
        each.c.given, each.c.received
    )
    return Counter({(gave, got): number for gave, got, number in session.execute(query)})


def first_responses(session: Session, begun: Subquery) -> dict[uuid.UUID, Waits]:
    """Count shared reflections by the hours from being shared to the first response."""
    hours = WholeHours(Reflection.released_at, _first_response())
    each = (
        select(begun.c.activity_id, hours.label("hours"))
        .join(Reflection, Reflection.participation_id == begun.c.id)
        .where(Reflection.released_at.is_not(None))
        .subquery()
    )
    query = select(each.c.activity_id, each.c.hours, func.count()).group_by(
        each.c.activity_id, each.c.hours
    )
    found: defaultdict[uuid.UUID, Waits] = defaultdict(Waits)
    for activity_id, length, number in session.execute(query):
        if length is None:
            found[activity_id].open += number
        else:
            found[activity_id].hours[length] += number
    return found


def helpfulness(session: Session, begun: Subquery) -> dict[uuid.UUID, dict[int | None, Tally]]:
    """Count the responses that learners received by how helpful they found them, None unsaid."""
    query = (
        select(
            begun.c.activity_id,
            Response.helpfulness,
            func.count(),
            func.count(distinct(begun.c.user_id)),
        )
        .join(Reflection, Reflection.participation_id == begun.c.id)
        .join(Response, Response.reflection_id == Reflection.id)
        .where(Response.state == WorkState.RELEASED)
        .group_by(begun.c.activity_id, Response.helpfulness)
    )
    found: defaultdict[uuid.UUID, dict[int | None, Tally]] = defaultdict(dict)
    for activity_id, said, number, people in session.execute(query):
        found[activity_id][said] = Tally(number, people)
    return found


def syncs(session: Session, begun: Subquery) -> dict[uuid.UUID, Counter[OutboxState]]:
    """Count learners by the state of the score that was promised last; who has none, nowhere."""
    latest = func.row_number().over(
        partition_by=OutboxMessage.participation_id,
        order_by=(OutboxMessage.created_at.desc(), OutboxMessage.id.desc()),
    )
    each = (
        select(begun.c.activity_id, OutboxMessage.state, latest.label("latest"))
        .join(OutboxMessage, OutboxMessage.participation_id == begun.c.id)
        .where(OutboxMessage.kind == scores.KIND, OutboxMessage.state != OutboxState.SUPERSEDED)
        .subquery()
    )
    query = (
        select(each.c.activity_id, each.c.state, func.count())
        .where(each.c.latest == 1)
        .group_by(each.c.activity_id, each.c.state)
    )
    found: defaultdict[uuid.UUID, Counter[OutboxState]] = defaultdict(Counter)
    for activity_id, state, number in session.execute(query):
        found[activity_id][state] += number
    return found


def _given(ids: Sequence[uuid.UUID]) -> Subquery:
    """Count the responses to peers that count, as ``engine.completion`` does, by who gave them.

    Counted at once and joined: looked up for each learner, the database reads all of an activity's.
    """
    return (
        select(Response.activity_id, Response.author_id, func.count().label("number"))
        .where(
            Response.activity_id.in_(ids),
            Response.allocation_id.is_not(None),
            Response.state.in_(IN_HAND),
        )
        .group_by(Response.activity_id, Response.author_id)
        .subquery("given")
    )


def _by(begun: Subquery, given: Subquery) -> ColumnElement[bool]:
    return and_(given.c.author_id == begun.c.user_id, given.c.activity_id == begun.c.activity_id)


def _received(ids: Sequence[uuid.UUID]) -> Subquery:
    """Count the responses that authors can read, by their participation."""
    return (
        select(Reflection.participation_id, func.count().label("number"))
        .join(Response, Response.reflection_id == Reflection.id)
        .where(
            Reflection.activity_id.in_(ids),
            Response.state == WorkState.RELEASED,
        )
        .group_by(Reflection.participation_id)
        .subquery("received")
    )


def _first_response() -> ScalarSelect[datetime | None]:
    return (
        select(func.min(Response.released_at))
        .where(Response.reflection_id == Reflection.id, Response.state == WorkState.RELEASED)
        .correlate(Reflection)
        .scalar_subquery()
    )
