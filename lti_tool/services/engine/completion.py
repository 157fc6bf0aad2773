"""Measuring how far a learner is, and promising the score that this earns.

Every use case that changes what counts calls ``refresh`` for the learners concerned, in the same
transaction; ``rules.completion`` does the arithmetic.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.activities import ActivityCompetency
from lti_tool.models.participations import ConfirmedLevel, NextStep, Participation, SelfRating
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.completion import ItemKey, Override, Progress, Weights, progress
from lti_tool.rules.requirements import Facts, enough_date
from lti_tool.rules.vocabulary import ModerationMode, Moment, Phase, WorkState
from lti_tool.services.engine import attention, clocks
from lti_tool.services.engine.allocating import Expression
from lti_tool.services.engine.leases import counted
from lti_tool.services.engine.reach import Reader, answerable
from lti_tool.services.engine.rows import AnyActivity, AnyParticipation, AnyReflection
from lti_tool.services.engine.score_comments import comment_for
from lti_tool.services.learning_records import noting
from lti_tool.services.locking import lock_activity
from lti_tool.services.outbox import scores

IN_HAND = (WorkState.SUBMITTED, WorkState.HELD, WorkState.RELEASED)
"""States of work that its author has done; returned or withheld work does not count."""
OUT_OF_HAND = (*IN_HAND, WorkState.WITHHELD)
"""States of work that its author can do nothing about now."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the database counts for one learner."""

    competencies: int
    rated_before: int
    rated_after: int
    given: int
    handed_in: int
    """Responses that were handed in at any time, whatever became of them."""
    received: int
    rated_helpful: int
    served: int
    next_steps: int
    confirmed: int


def measure(session: Session, participation: Participation) -> Progress:
    """Return checklist and score of a learner as they stand now."""
    reflection = reflection_of(session, participation.id)
    return measured(session, participation, reflection, _count(session, participation, reflection))


def measured(
    reader: Reader,
    participation: AnyParticipation,
    reflection: AnyReflection | None,
    counts: Counts,
) -> Progress:
    """Return checklist and score of a learner whose reflection and ``counts`` are read already."""
    activity = participation.activity
    weights = Weights(
        activity.weight_reflection,
        activity.weight_responses,
        activity.weight_helpfulness,
        activity.weight_next_step,
    )
    facts = _facts(reader, participation, reflection, counts)
    return progress(facts, weights, override_of(participation))


def override_of(participation: AnyParticipation) -> Override | None:
    """Return a tutor's word that the learner has completed, if there is one."""
    if participation.override_points is None:
        return None
    return Override(participation.override_points, participation.override_reason)


def refresh(session: Session, participation: Participation) -> Progress:
    """Measure, note whether the learner has completed, and promise the score if it is due.

    A score is due from completion on, for everybody once their Next date is over, and for whom the
    LMS was told of another one. Also counts anew what allocation needs to know of the learner's
    reflection, and notes whether they need a tutor and when time alone may change any of this.
    """
    lock_activity(session, participation.activity_id)
    was_complete = participation.completed_at is not None
    reflection = reflection_of(session, participation.id)
    counts = _count(session, participation, reflection)
    result = measured(session, participation, reflection, counts)
    now = clock.now()
    participation.measured_at = now
    if result.complete is not was_complete:
        participation.completed_at = now if result.complete else None
        noting.note_completion(session, participation, result.score)
    if reflection is not None:
        _note_service(reflection, counts, result)
    if (
        result.complete
        or was_complete
        or clocks.is_over(participation)
        or _told_otherwise(session, participation, result)
    ):
        scores.promise(session, participation, result, comment_for(session, participation, result))
    dates = clocks.dates_of(participation)
    moments = [waits_until(participation, reflection), dates.now_due_at, dates.next_due_at]
    attention.note(session, participation, reflection, result, moments)
    return result


def refresh_after_override(
    session: Session, participation: Participation, of_their_own: bool
) -> Progress:
    """Measure a learner whose completion was a tutor's word, as if it had never been said.

    ``of_their_own`` says that they had completed before: then nothing more is asked of them. The
    score is promised in any case: the LMS was told of the tutor's.
    """
    if not of_their_own:
        participation.completed_at = None
    result = refresh(session, participation)
    scores.promise(session, participation, result, comment_for(session, participation, result))
    return result


def is_noted(reader: Reader, participation: AnyParticipation, result: Progress) -> bool:
    """Return whether ``result`` is what was noted, and what the LMS was told.

    The latter is looked at for who is not complete when all is over: what peers do goes on
    changing how much there is to answer, and so what is asked of them.
    """
    if result.complete is not (participation.completed_at is not None):
        return False
    may_differ = clocks.is_over(participation) and not result.complete
    return not (may_differ and _told_otherwise(reader, participation, result))


def _told_otherwise(reader: Reader, participation: AnyParticipation, result: Progress) -> bool:
    link_id = participation.resource_link_id
    return scores.tells_otherwise(reader, participation.id, link_id, result)


def waits_until(
    participation: AnyParticipation, reflection: AnyReflection | None
) -> datetime | None:
    """Return the date from which this learner need not wait for others (enough or date)."""
    own = clocks.dates_of(participation).new_due_at
    return enough_date(own, reflection.submitted_at if reflection else None)


def reflection_of(session: Session, participation_id: uuid.UUID) -> Reflection | None:
    """Return the learner's reflection as it stands in the database."""
    return session.scalar(_REFLECTION, {"me": participation_id})


def _facts(
    reader: Reader,
    participation: AnyParticipation,
    reflection: AnyReflection | None,
    counts: Counts,
) -> Facts:
    activity = participation.activity
    state = reflection.state if reflection else WorkState.DRAFT
    ends = waits_until(participation, reflection)
    submitted, date_passed = state in OUT_OF_HAND, ends is not None and ends <= clock.now()
    lacking = max(0, activity.responses_required - counts.given)
    # What there is to answer is looked for only where it matters.
    is_asked = lacking > 0 and (submitted or date_passed)
    closed = clocks.closed_for(participation)
    if state is WorkState.RETURNED:
        closed -= {Phase.NOW}  # a tutor asked for a change
    return Facts(
        has_competencies=counts.competencies > 0,
        rated_before=counts.rated_before > 0,
        rated_after=counts.rated_after > 0,
        reflection_submitted=submitted,
        reflection_accepted=_accepted(activity, state),
        responses_given=counts.given,
        responses_required=activity.responses_required,
        responses_received=counts.received,
        received_required=activity.responses_required,
        date_passed=date_passed,
        responses_rated=counts.rated_helpful,
        next_step_set=counts.next_steps > 0,
        confirmation_required=activity.tutor_confirms and counts.competencies > 0,
        confirmed=counts.confirmed > 0,
        answerable=answerable(reader, participation, lacking) if is_asked else 0,
        handed_in=counts.handed_in,
        completed=participation.completed_at is not None and override_of(participation) is None,
        closed=closed,
    )


def _accepted(activity: AnyActivity, state: WorkState) -> bool:
    """Return whether the reflection is released, or waits for nothing but its grace window."""
    decided_before = activity.reflection_moderation is ModerationMode.BEFORE
    return state is WorkState.RELEASED or (state is WorkState.SUBMITTED and not decided_before)


def _count(session: Session, participation: Participation, reflection: Reflection | None) -> Counts:
    values = {
        "me": participation.id,
        "user_id": participation.user_id,
        "activity_id": participation.activity_id,
        "reflection_id": reflection.id if reflection else None,
    }
    return Counts(*session.execute(_COUNTS, values).one())


def counts_of(
    me: Expression, user_id: Expression, activity_id: Expression, reflection_id: Expression
) -> tuple[ScalarSelect[int], ...]:
    """Return subqueries for the fields of Counts, in their order.

    The expressions stand for one learner's participation, user, activity and reflection: bound
    parameters, or columns of the select around them.
    """
    mine = (
        Response.author_id == user_id,
        Response.activity_id == activity_id,
        Response.allocation_id.is_not(None),
    )
    to_me = Response.reflection_id == reflection_id
    released = Response.state == WorkState.RELEASED
    rated = SelfRating.participation_id == me
    # Not ``in_``: a list is put into the statement again by each execution.
    in_hand = or_(*(Response.state == state for state in IN_HAND))
    return (
        _number(ActivityCompetency.activity_id == activity_id),
        _number(rated, SelfRating.moment == Moment.BEFORE),
        _number(rated, SelfRating.moment == Moment.AFTER),
        _number(*mine, in_hand),
        _number(*mine, Response.submitted_at.is_not(None)),
        _number(to_me, released),
        _number(to_me, released, Response.helpfulness.is_not(None)),
        _number(to_me, in_hand),
        _number(NextStep.participation_id == me),
        _number(ConfirmedLevel.participation_id == me),
    )


def _number(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(*conditions).scalar_subquery()


# Built once, since that costs more than running it.
_COUNTS: Select[*tuple[int, ...]] = select(
    *counts_of(
        bindparam("me"),
        bindparam("user_id"),
        bindparam("activity_id"),
        bindparam("reflection_id"),
    )
)
_REFLECTION = (
    select(Reflection)
    .where(Reflection.participation_id == bindparam("me"))
    .execution_options(populate_existing=True)
)


def _note_service(reflection: Reflection, counts: Counts, result: Progress) -> None:
    """Write down for allocation how well the learner is served, and whether they did their part."""
    if reflection.served != counts.served:
        reflection.served = counts.served
        reflection.service = counts.served + counted(reflection.id).scalar_subquery()
    reflection.author_done = all(
        term.done >= term.of for term in result.terms if term.key is ItemKey.RESPONSES_GIVEN
    )
