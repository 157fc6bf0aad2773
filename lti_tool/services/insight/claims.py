"""Counting what learners say of their competencies, and what tutors confirmed and did."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, distinct, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.interventions import Intervention
from lti_tool.models.levels import DepthRating
from lti_tool.models.participations import ConfirmedLevel, SelfRating
from lti_tool.models.reflections import Reflection
from lti_tool.rules.spreads import Band
from lti_tool.rules.vocabulary import DepthRubric, Moment, Step
from lti_tool.services.insight.counting import Tally
from lti_tool.services.insight.lengths import WholeHours

CALLS = (Step.HOLD, Step.FLAG, Step.APPEAL)
"""What asks for a tutor's decision."""
ANSWERS = (Step.RELEASE, Step.RETURN, Step.WITHHOLD, Step.LEAVE, Step.UPHOLD, Step.REJECT)
"""What answers it."""


@dataclass(slots=True)
class Rated:
    """Self-ratings of one competency: how many learners, and the sum of their levels."""

    before: int = 0
    before_sum: int = 0
    after: int = 0
    after_sum: int = 0
    both: int = 0
    change_sum: int = 0
    """Of those who rated twice: the sum of the second level minus the first."""


@dataclass(slots=True)
class Decided:
    """How long work waited for a tutor's decision: by whole hours, and by band with its people."""

    hours: Counter[int] = field(default_factory=Counter)
    bands: dict[Band, Tally] = field(default_factory=dict)


def ratings(session: Session, begun: Subquery) -> dict[uuid.UUID, Rated]:
    """Add up the self-ratings by competency."""

    def level(moment: Moment) -> ColumnElement[int]:
        return func.max(case((SelfRating.moment == moment, SelfRating.level)))

    each = (
        select(
            SelfRating.competency_id,
            level(Moment.BEFORE).label("before"),
            level(Moment.AFTER).label("after"),
        )
        .join(begun, SelfRating.participation_id == begun.c.id)
        .group_by(SelfRating.competency_id, SelfRating.participation_id)
        .subquery()
    )
    change = each.c.after - each.c.before
    columns = [
        part
        for column in (each.c.before, each.c.after, change)
        for part in (func.count(column), func.coalesce(func.sum(column), 0))
    ]
    query = select(each.c.competency_id, *columns).group_by(each.c.competency_id)
    return {row[0]: Rated(*map(int, row[1:])) for row in session.execute(query)}


def confirmed(session: Session, begun: Subquery) -> dict[uuid.UUID, Counter[int]]:
    """Count the learners by competency and confirmed level."""
    query = (
        select(ConfirmedLevel.competency_id, ConfirmedLevel.level, func.count())
        .join(begun, ConfirmedLevel.participation_id == begun.c.id)
        .group_by(ConfirmedLevel.competency_id, ConfirmedLevel.level)
    )
    found: defaultdict[uuid.UUID, Counter[int]] = defaultdict(Counter)
    for competency_id, level, number in session.execute(query):
        found[competency_id][level] += number
    return found


def depths(session: Session, begun: Subquery, rubric: DepthRubric) -> Counter[int]:
    """Count the learners by how deep a tutor found the last version that was marked."""
    latest = func.row_number().over(
        partition_by=DepthRating.reflection_id, order_by=DepthRating.revision.desc()
    )
    each = (
        select(DepthRating.level, latest.label("latest"))
        .join(Reflection, Reflection.id == DepthRating.reflection_id)
        .join(begun, begun.c.id == Reflection.participation_id)
        .where(DepthRating.rubric == rubric)
        .subquery()
    )
    query = select(each.c.level, func.count()).where(each.c.latest == 1).group_by(each.c.level)
    found = Counter[int]()
    for level, number in session.execute(query):
        found[level] += number
    return found


def decisions(session: Session, begun: Subquery, activity_id: uuid.UUID) -> Decided:
    """Count tutors' decisions by how long the work had waited for them; two statements.

    Waiting begins when the work was held, flagged or appealed first since the decision before.
    """
    each = _decided(begun, activity_id)
    known = each.c.hours.is_not(None)
    found = Decided()
    by_hours = select(each.c.hours, func.count()).where(known).group_by(each.c.hours)
    for length, number in session.execute(by_hours):
        found.hours[length] += number
    band = case(
        *((each.c.hours < one.value, one.name) for one in Band if one.value is not None),
        else_=Band.LONGER.name,
    ).label("band")
    banded = select(band, each.c.about_id).where(known).subquery()
    by_band = select(banded.c.band, func.count(), func.count(distinct(banded.c.about_id))).group_by(
        banded.c.band
    )
    for name, number, people in session.execute(by_band):
        found.bands[Band[name]] = Tally(number, people)
    return found


def interventions(
    session: Session,
    activity_ids: Sequence[uuid.UUID],
    concerned: ColumnElement[bool],
    by: InstrumentedAttribute[Any],
) -> dict[uuid.UUID, dict[Any, Tally]]:
    """Count what tutors did for those who are ``concerned``, by activity and by a column."""
    row = Intervention
    query = (
        select(row.activity_id, by, func.count(), func.count(distinct(row.user_id)))
        .where(row.activity_id.in_(activity_ids), concerned)
        .group_by(row.activity_id, by)
    )
    found: defaultdict[uuid.UUID, dict[Any, Tally]] = defaultdict(dict)
    for activity_id, value, number, people in session.execute(query):
        found[activity_id][value] = Tally(number, people)
    return found


def _decided(begun: Subquery, activity_id: uuid.UUID) -> Subquery:
    """Select tutors' decisions about the learners' work, with the hours that it had waited."""
    decision = ModerationDecision
    call, between = aliased(ModerationDecision), aliased(ModerationDecision)
    answered_before = (
        exists()
        .where(
            _same_work(between, decision),
            between.step.in_(ANSWERS),
            between.at >= call.at,
            between.at < decision.at,
        )
        .correlate_except(between)
    )
    called_at = (
        select(func.min(call.at))
        .where(
            _same_work(call, decision),
            call.step.in_(CALLS),
            call.at <= decision.at,
            ~answered_before,
        )
        .correlate(decision)
        .scalar_subquery()
    )
    return (
        select(decision.about_id, WholeHours(called_at, decision.at).label("hours"))
        .where(
            decision.activity_id == activity_id,
            decision.about_id.in_(select(begun.c.user_id)),
            decision.actor_id.is_not(None),
            decision.step.in_(ANSWERS),
        )
        .subquery()
    )


def _same_work(
    one: type[ModerationDecision], other: type[ModerationDecision]
) -> ColumnElement[bool]:
    return or_(one.reflection_id == other.reflection_id, one.response_id == other.response_id)
