"""Flags on a work, inside somebody else's transaction: raising, answering, reopening, telling."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import IllegalTransition
from lti_tool.models.activities import Activity
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.flags import Flag
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.rules.flagging import FlagReason, Ruling
from lti_tool.rules.vocabulary import Step
from lti_tool.services.engine.anonymity import staff_name_of
from lti_tool.services.engine.concerned import Work, refresh_concerned

UPHOLDS = (Step.RETURN, Step.WITHHOLD, Step.REDACT)
"""Decisions that agree with a flag."""


@dataclass(frozen=True, slots=True)
class FlagView:
    """A flag as staff read it; ``by`` is empty where a rule raised it."""

    reason: FlagReason
    words: str
    by: str
    at: datetime
    ruling: Ruling | None


@dataclass(frozen=True, slots=True)
class FlagOutcome:
    """A flag as its author, or the author of what was flagged, reads it; nobody is named."""

    reason: FlagReason
    words: str
    """What the flagger added; empty for anybody else."""
    at: datetime
    ruling: Ruling | None
    answer: str
    """The tutor's reason."""
    answered_at: datetime | None


def on(work: Work) -> ColumnElement[bool]:
    """Tell the flags on a work."""
    if isinstance(work, Reflection):
        return Flag.reflection_id == work.id
    return Flag.response_id == work.id


def open_on(session: Session, work: Work) -> Sequence[Flag]:
    """Return the flags that wait for an answer, oldest first."""
    query = select(Flag).where(on(work), Flag.outcome.is_(None)).order_by(Flag.created_at, Flag.id)
    return session.scalars(query).all()


def raise_flag(
    session: Session, work: Work, flagger_id: uuid.UUID | None, reason: FlagReason, words: str
) -> Flag:
    """Flag a work; where its activity's mode says so, it is held.

    Raises IllegalTransition for work that nobody but its author reads, and for a second flag of the
    same reader on the same text.
    """
    if flagger_id is not None and not may_flag(session, work, flagger_id):
        raise IllegalTransition(work.SUBJECT, "flagged", Step.FLAG)
    activity = session.get_one(Activity, work.activity_id)
    is_reflection = isinstance(work, Reflection)
    mode = activity.reflection_moderation if is_reflection else activity.response_moderation
    noted = work.flag(flagger_id, "", mode)
    noted.detail = reason.value
    flag = Flag(
        activity_id=work.activity_id,
        reflection_id=work.id if is_reflection else None,
        response_id=None if is_reflection else work.id,
        flagger_id=flagger_id,
        reason=reason,
        words=words,
    )
    session.add_all([noted, flag])
    session.flush()
    refresh_concerned(session, work)
    return flag


def may_flag(session: Session, work: Work, flagger_id: uuid.UUID) -> bool:
    """Return whether a reader has not flagged this text yet (one handed in again is another)."""
    query = select(Flag).where(on(work), Flag.flagger_id == flagger_id)
    last = session.scalars(query.order_by(Flag.created_at.desc(), Flag.id.desc()).limit(1)).first()
    if last is None:
        return True
    handed_in_since = work.submitted_at is not None and work.submitted_at > last.created_at
    return last.outcome is not None and handed_in_since


def answer(session: Session, work: Work, decision: ModerationDecision) -> None:
    """Let a tutor's decision be the answer to the flags that wait."""
    waiting = open_on(session, work)
    if not waiting:
        return
    since = waiting[0].created_at
    upheld = decision.step in UPHOLDS or _redacted_since(session, decision, since)
    for flag in waiting:
        flag.outcome = Ruling.UPHELD if upheld else Ruling.DISMISSED
        flag.decision = decision
    session.flush()


def reopen(session: Session, work: Work, decision: ModerationDecision) -> None:
    """Let flags wait again whose answer was taken back."""
    flags = session.scalars(select(Flag).where(Flag.decision_id == decision.id)).all()
    for flag in flags:
        flag.outcome, flag.decision = None, None
    if flags:
        session.flush()
        work.flagged_again(min(flag.created_at for flag in flags))


def told_to_staff(session: Session, activity: Activity, work: Work) -> tuple[FlagView, ...]:
    """Return the flags on a work, newest first, with names as staff may know them."""
    query = (
        select(Flag, Participation.id)
        .outerjoin(
            Participation,
            (Participation.user_id == Flag.flagger_id)
            & (Participation.activity_id == Flag.activity_id),
        )
        .where(on(work))
        .order_by(Flag.created_at.desc(), Flag.id.desc())
        .options(joinedload(Flag.flagger))
    )
    return tuple(
        FlagView(
            flag.reason,
            flag.words,
            staff_name_of(session, activity, flag.flagger, participation_id)
            if flag.flagger
            else "",
            flag.created_at,
            flag.outcome,
        )
        for flag, participation_id in session.execute(query)
    )


def outcomes(
    session: Session, which: ColumnElement[bool], with_words: bool = False
) -> tuple[FlagOutcome, ...]:
    """Return flags as learners read them, newest first."""
    query = (
        select(Flag)
        .where(which)
        .order_by(Flag.created_at.desc(), Flag.id.desc())
        .options(joinedload(Flag.decision))
    )
    return tuple(outcome_of(flag, with_words) for flag in session.scalars(query))


def outcome_of(flag: Flag, with_words: bool) -> FlagOutcome:
    """Return one flag as a learner reads it."""
    decision = flag.decision
    return FlagOutcome(
        flag.reason,
        flag.words if with_words else "",
        flag.created_at,
        flag.outcome,
        decision.reason if decision else "",
        decision.at if decision else None,
    )


def _redacted_since(session: Session, decision: ModerationDecision, since: datetime) -> bool:
    """Return whether a passage was taken out between the flag and the decision."""
    query = select(ModerationDecision.id).where(
        ModerationDecision.step == Step.REDACT,
        ModerationDecision.at >= since,
        ModerationDecision.reflection_id == decision.reflection_id
        if decision.reflection_id
        else ModerationDecision.response_id == decision.response_id,
    )
    return session.scalar(query.limit(1)) is not None
