"""Appeals inside somebody else's transaction: who may decide, deciding, withdrawing, telling."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import Forbidden, NotFound
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.flags import Appeal
from lti_tool.models.people import Membership
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.flagging import Ruling
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Role, Step
from lti_tool.services.cohort_scope import scope_of
from lti_tool.services.engine import redacting
from lti_tool.services.engine.concerned import Work, refresh_concerned

STAFF = (Role.TUTOR, Role.EDUCATOR)
RULINGS = {
    Step.UPHOLD: Ruling.UPHELD,
    Step.REJECT: Ruling.DISMISSED,
    Step.WITHDRAW: Ruling.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class AppealView:
    """An appeal that waits, as staff read it."""

    id: uuid.UUID
    words: str
    at: datetime
    step: Step
    """What it is against."""
    reason: str
    decided_by: str
    decided_at: datetime
    may_decide: bool
    """Whether the viewer may; not who decided before, as long as somebody else is there."""
    alone: bool
    """Whether the viewer decided before, and nobody else is there."""


@dataclass(frozen=True, slots=True)
class AppealOutcome:
    """An appeal as its author reads it."""

    words: str
    at: datetime
    ruling: Ruling | None
    answer: str
    answered_at: datetime | None
    alone: bool


def open_on(session: Session, work: Work) -> Appeal | None:
    """Return the appeal that waits for an answer."""
    if work.appealed_at is None:
        return None
    is_reflection = isinstance(work, Reflection)
    column = Appeal.reflection_id if is_reflection else Appeal.response_id
    query = select(Appeal).where(column == work.id, Appeal.outcome.is_(None))
    return session.scalar(query.options(joinedload(Appeal.decision)))


def view(session: Session, viewer: Viewer, work: Work) -> AppealView | None:
    """Return the appeal that waits on a work, as the viewer of the staff sees it."""
    appeal = open_on(session, work)
    if appeal is None:
        return None
    decision = appeal.decision
    own = decision.actor_id == viewer.user_id
    others = own and somebody_else(session, viewer, work)
    return AppealView(
        id=appeal.id,
        words=appeal.words,
        at=appeal.created_at,
        step=decision.step,
        reason=decision.reason,
        decided_by=decision.actor.display_name if decision.actor else "",
        decided_at=decision.at,
        may_decide=not own or not others,
        alone=own and not others,
    )


def outcome_of(appeal: Appeal) -> AppealOutcome:
    """Return an appeal as its author reads it."""
    answer = appeal.answer
    return AppealOutcome(
        appeal.words,
        appeal.created_at,
        appeal.outcome,
        answer.reason if answer else "",
        answer.at if answer else None,
        appeal.alone,
    )


def somebody_else(session: Session, viewer: Viewer, work: Work) -> bool:
    """Return whether anybody but the viewer moderates the work: an educator, or another tutor."""
    role = func.coalesce(Membership.granted_role, Membership.role)
    query = select(Membership.user_id, role).where(
        Membership.context_id == viewer.context_id,
        Membership.user_id != viewer.user_id,
        Membership.left_at.is_(None),
        role.in_([one.value for one in STAFF]),
    )
    for user_id, found in session.execute(query):
        other = replace(viewer, user_id=user_id, role=Role(found))
        scope = scope_of(session, other)
        model = Reflection if isinstance(work, Reflection) else Response
        holds = scope.holds_reflection() if model is Reflection else scope.holds_response()
        if scope.is_whole or session.scalar(select(model.id).where(model.id == work.id, holds)):
            return True
    return False


def decide(session: Session, viewer: Viewer, work: Work, step: Step, reason: str) -> Appeal:
    """Uphold or reject the appeal that waits on ``work``.

    Raises NotFound where none waits, Forbidden for who decided before while somebody else is there.
    """
    appeal = open_on(session, work)
    if appeal is None:
        raise NotFound("appeal")
    appeal.alone = appeal.decision.actor_id == viewer.user_id
    if appeal.alone and somebody_else(session, viewer, work):
        raise Forbidden("appeal")
    _close(session, work, appeal, step, viewer.user_id, reason)
    return appeal


def withdraw(session: Session, work: Work, author_id: uuid.UUID) -> None:
    """Take the appeal back that waits on ``work``, if there is one."""
    appeal = open_on(session, work)
    if appeal is not None:
        _close(session, work, appeal, Step.WITHDRAW, author_id, "")


def close_undone(
    session: Session, decision: ModerationDecision, undone: ModerationDecision
) -> None:
    """End the appeal against a decision that was taken back: its author was right."""
    appeal = session.scalar(
        select(Appeal).where(Appeal.decision_id == decision.id, Appeal.outcome.is_(None))
    )
    if appeal is not None:
        appeal.outcome, appeal.answer = Ruling.UPHELD, undone
        session.flush()


def _close(
    session: Session, work: Work, appeal: Appeal, step: Step, actor_id: uuid.UUID, reason: str
) -> None:
    noted = work.answer_appeal(appeal.decision, step, actor_id, reason)
    session.add(noted)
    session.flush()
    appeal.outcome, appeal.answer = RULINGS[step], noted
    if step is Step.UPHOLD:
        redacting.put_back(session, appeal.decision_id)
    session.flush()
    refresh_concerned(session, work)
