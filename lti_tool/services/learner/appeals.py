"""What was decided about a learner's texts, as they see it; and appealing, once per decision."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import IllegalTransition, InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.desk import Redaction
from lti_tool.models.flags import Appeal, Flag
from lti_tool.models.moderation import CONTESTABLE
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Step, WorkState
from lti_tool.services.engine import appealing, confirmations, flagging
from lti_tool.services.engine.anonymity import peer_name
from lti_tool.services.engine.appealing import AppealOutcome
from lti_tool.services.engine.concerned import Work
from lti_tool.services.engine.flagging import FlagOutcome
from lti_tool.services.learner.standing import Standing, act, own_participation, standing_of

MAX_WORDS = 2_000
"""Characters of an appeal."""


@dataclass(frozen=True, slots=True)
class OwnDecision:
    """A decision about a text of the learner's own."""

    id: uuid.UUID
    is_reflection: bool
    allocation_id: uuid.UUID | None
    """Of a response: where its author finds it."""
    addressee: str
    """Of a response: whom it answers."""
    step: Step
    at: datetime
    reason: str
    passage: str
    """What was taken out, if that was the decision; of a file its name."""
    is_file: bool
    stands: bool
    can_appeal: bool
    rewritten: bool
    """Whether only that keeps it from being appealed: its author has begun to change the text."""
    appeal: AppealOutcome | None


@dataclass(frozen=True, slots=True)
class DecisionsPage:
    """All that was decided about a learner's texts and flags in one activity."""

    standing: Standing
    decisions: tuple[OwnDecision, ...]
    flags_on_mine: tuple[FlagOutcome, ...]
    raised: tuple[FlagOutcome, ...]
    asked: tuple[tuple[datetime, str], ...] = ()
    """When tutors asked for more before confirming levels, and what they would like to see."""


@dataclass(frozen=True, slots=True)
class Appeals:
    """Use cases of an author about whose text something was decided."""

    db: Database

    def page(self, viewer: Viewer, activity_id: uuid.UUID) -> DecisionsPage:
        """Return what was decided, newest first; raise NotFound."""
        standing = standing_of(self.db, viewer, activity_id)
        with self.db.read() as session:
            participation = own_participation(session, viewer, activity_id)
            activity = session.get_one(Activity, activity_id)
            of_mine = _on_mine(session, viewer, activity_id)
            raised = (Flag.activity_id == activity_id) & (Flag.flagger_id == viewer.user_id)
            return DecisionsPage(
                standing,
                _decisions(session, viewer, activity),
                flagging.outcomes(session, of_mine),
                flagging.outcomes(session, raised, with_words=True),
                confirmations.asked_of(session, participation.id),
            )

    def appeal(
        self, viewer: Viewer, activity_id: uuid.UUID, decision_id: uuid.UUID, words: str
    ) -> None:
        """Ask another tutor to look at a decision.

        Raises NotFound for a decision that is not about the viewer's text, IllegalTransition for
        one that does not stand any more or was appealed before, InvalidInput without words.
        """
        words = words.strip()[:MAX_WORDS]
        if not words:
            raise InvalidInput({"words": [_("Say why you see it differently.")]})
        with self.db.write() as session:
            act(session, viewer, activity_id)
            decision, work = _mine(session, viewer, activity_id, decision_id)
            if not _stands(session, decision, work) or _appealed(session, decision.id):
                raise IllegalTransition(work.SUBJECT, work.state, Step.APPEAL)
            if _rewritten(decision, work):
                raise InvalidInput({"words": [_("You have begun to change it: send it again.")]})
            noted = work.appeal(decision, viewer.user_id, words)
            session.add_all([noted, _new(decision, viewer.user_id, words)])

    def withdraw(self, viewer: Viewer, activity_id: uuid.UUID, decision_id: uuid.UUID) -> None:
        """Take an appeal back; raise NotFound."""
        with self.db.write() as session:
            act(session, viewer, activity_id)
            _decision, work = _mine(session, viewer, activity_id, decision_id)
            waiting = appealing.open_on(session, work)
            if waiting is None or waiting.decision_id != decision_id:
                raise NotFound("appeal")
            appealing.withdraw(session, work, viewer.user_id)


def _new(decision: ModerationDecision, author_id: uuid.UUID, words: str) -> Appeal:
    return Appeal(
        activity_id=decision.activity_id,
        reflection_id=decision.reflection_id,
        response_id=decision.response_id,
        decision_id=decision.id,
        author_id=author_id,
        words=words,
    )


def _decisions(session: Session, viewer: Viewer, activity: Activity) -> tuple[OwnDecision, ...]:
    rows = session.scalars(
        select(ModerationDecision)
        .where(
            ModerationDecision.activity_id == activity.id,
            ModerationDecision.about_id == viewer.user_id,
            ModerationDecision.step.in_(CONTESTABLE),
        )
        .order_by(ModerationDecision.at.desc(), ModerationDecision.id.desc())
    ).all()
    appeals = {
        one.decision_id: one
        for one in session.scalars(
            select(Appeal)
            .where(Appeal.author_id == viewer.user_id, Appeal.activity_id == activity.id)
            .options(joinedload(Appeal.answer))
        )
    }
    return tuple(_own(session, activity, row, appeals.get(row.id)) for row in rows)


def _own(
    session: Session, activity: Activity, row: ModerationDecision, appeal: Appeal | None
) -> OwnDecision:
    work = _work_of(session, row)
    redaction = session.scalar(select(Redaction).where(Redaction.decision_id == row.id))
    stands = _stands(session, row, work)
    rewritten = _rewritten(row, work)
    free = stands and appeal is None and work.appealed_at is None
    addressee = ""
    if isinstance(work, Response):
        addressee = peer_name(activity, work.reflection.participation)
    return OwnDecision(
        id=row.id,
        is_reflection=isinstance(work, Reflection),
        allocation_id=work.allocation_id if isinstance(work, Response) else None,
        addressee=addressee,
        step=row.step,
        at=row.at,
        reason=row.reason,
        passage=redaction.passage if redaction else "",
        is_file=redaction is not None and redaction.attachment_id is not None,
        stands=stands,
        can_appeal=free and not rewritten,
        rewritten=free and rewritten,
        appeal=appealing.outcome_of(appeal) if appeal else None,
    )


def _mine(
    session: Session, viewer: Viewer, activity_id: uuid.UUID, decision_id: uuid.UUID
) -> tuple[ModerationDecision, Work]:
    decision = session.scalar(
        select(ModerationDecision).where(
            ModerationDecision.id == decision_id,
            ModerationDecision.activity_id == activity_id,
            ModerationDecision.about_id == viewer.user_id,
            ModerationDecision.step.in_(CONTESTABLE),
        )
    )
    if decision is None:
        raise NotFound("decision")
    return decision, _work_of(session, decision)


def _work_of(session: Session, decision: ModerationDecision) -> Work:
    if decision.reflection_id is not None:
        return session.get_one(Reflection, decision.reflection_id)
    if decision.response_id is not None:
        return session.get_one(Response, decision.response_id)
    raise NotFound("decision")


def _stands(session: Session, decision: ModerationDecision, work: Work) -> bool:
    """Return whether the work is still as the decision put it."""
    if decision.step is Step.REDACT:
        out = select(Redaction.id).where(
            Redaction.decision_id == decision.id, Redaction.lifted_at.is_(None)
        )
        return session.scalar(out) is not None
    if work.state is not decision.to_state:
        return False
    last = select(func.max(ModerationDecision.at)).where(
        _same(decision), ModerationDecision.step.in_((Step.RETURN, Step.WITHHOLD))
    )
    return session.scalar(last) == decision.at


def _same(decision: ModerationDecision) -> ColumnElement[bool]:
    if decision.reflection_id is not None:
        return ModerationDecision.reflection_id == decision.reflection_id
    return ModerationDecision.response_id == decision.response_id


def _appealed(session: Session, decision_id: uuid.UUID) -> bool:
    return session.scalar(select(Appeal.id).where(Appeal.decision_id == decision_id)) is not None


def _rewritten(decision: ModerationDecision, work: Work) -> bool:
    """Return whether a returned response was changed since: it cannot be shared as it was sent."""
    if isinstance(work, Reflection) or work.saved_at is None:
        return False
    return work.state is WorkState.RETURNED and work.saved_at > decision.at


def _on_mine(session: Session, viewer: Viewer, activity_id: uuid.UUID) -> ColumnElement[bool]:
    """Tell the flags on the viewer's own texts."""
    participation = own_participation(session, viewer, activity_id)
    reflections = select(Reflection.id).where(Reflection.participation_id == participation.id)
    responses = select(Response.id).where(
        Response.author_id == viewer.user_id, Response.activity_id == activity_id
    )
    return Flag.reflection_id.in_(reflections) | Flag.response_id.in_(responses)
