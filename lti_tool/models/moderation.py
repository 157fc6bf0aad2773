"""Moderation: the states that reflections and responses share, and the history of decisions."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.errors import IllegalTransition
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.models.people import User
from lti_tool.rules.vocabulary import ModerationMode, Step, WorkState

ALLOWED: dict[Step, tuple[set[WorkState], WorkState]] = {
    Step.SUBMIT: ({WorkState.DRAFT, WorkState.RETURNED}, WorkState.SUBMITTED),
    Step.TAKE_BACK: ({WorkState.SUBMITTED}, WorkState.DRAFT),
    Step.HOLD: ({WorkState.SUBMITTED, WorkState.RELEASED}, WorkState.HELD),
    Step.RELEASE: ({WorkState.SUBMITTED, WorkState.HELD, WorkState.WITHHELD}, WorkState.RELEASED),
    Step.RETURN: ({WorkState.HELD, WorkState.RELEASED, WorkState.WITHHELD}, WorkState.RETURNED),
    Step.WITHHOLD: ({WorkState.HELD, WorkState.RELEASED}, WorkState.WITHHELD),
}
"""Each step: the states it may start from, and the state it leads to. Undo is apart."""


class Moderated:
    """State of a reflection or a response; every change returns its row for the history.

    DESIGN 3: ``draft → submitted (→ held) → released | returned → … | withheld``; nothing is
    deleted by moderation and everything can be undone.
    """

    SUBJECT: ClassVar[str]
    """``reflection`` or ``response``."""

    id: Mapped[uuid.UUID]
    activity_id: Mapped[uuid.UUID]
    state: Mapped[WorkState] = mapped_column(one_of(WorkState, "state"), default=WorkState.DRAFT)
    submitted_at: Mapped[datetime | None]
    visible_at: Mapped[datetime | None]
    """End of the grace window of the last submission."""
    released_at: Mapped[datetime | None]
    """When the work was first released."""
    return_reason: Mapped[str] = mapped_column(default="")
    """The tutor's reason of the last return or withholding, shown to the author."""

    def submit(self, actor_id: uuid.UUID, grace: timedelta) -> ModerationDecision:
        """Hand the work in; its author can take it back until the grace window ends."""
        now = clock.now()
        decision = self._step(Step.SUBMIT, actor_id)
        self.submitted_at, self.visible_at = now, now + grace
        return decision

    def take_back(self, actor_id: uuid.UUID) -> ModerationDecision:
        """Reopen the draft; only before the grace window ends."""
        if self.visible_at is None or clock.now() >= self.visible_at:
            raise IllegalTransition(self.SUBJECT, self.state, Step.TAKE_BACK)
        return self._step(Step.TAKE_BACK, actor_id)

    def settle(self, mode: ModerationMode) -> ModerationDecision:
        """End the grace window: hold the work for a tutor, or release it, as ``mode`` says."""
        if self.visible_at is None or clock.now() < self.visible_at:
            raise IllegalTransition(self.SUBJECT, self.state, "settle")
        return self.hold() if mode is ModerationMode.BEFORE else self.release(None)

    def hold(self, actor_id: uuid.UUID | None = None, reason: str = "") -> ModerationDecision:
        """Keep the work from peers until a tutor decides."""
        return self._step(Step.HOLD, actor_id, reason)

    def release(self, actor_id: uuid.UUID | None, reason: str = "") -> ModerationDecision:
        """Let peers (of a response: its addressee) see the work."""
        decision = self._step(Step.RELEASE, actor_id, reason)
        self.released_at = self.released_at or clock.now()
        return decision

    def send_back(self, actor_id: uuid.UUID, reason: str) -> ModerationDecision:
        """Return the work to its author with a reason; it can be changed and submitted again."""
        decision = self._step(Step.RETURN, actor_id, reason)
        self.return_reason = reason
        return decision

    def withhold(self, actor_id: uuid.UUID, reason: str) -> ModerationDecision:
        """Keep the work from everybody but its author and the tutors."""
        decision = self._step(Step.WITHHOLD, actor_id, reason)
        self.return_reason = reason
        return decision

    def undo(self, decision: ModerationDecision, actor_id: uuid.UUID) -> ModerationDecision:
        """Take back a tutor's ``decision``, if the work still stands where it put it."""
        tutor_steps = {Step.RELEASE, Step.RETURN, Step.WITHHOLD, Step.HOLD}
        if decision.step not in tutor_steps or self.state is not decision.to_state:
            raise IllegalTransition(self.SUBJECT, self.state, Step.UNDO)
        undone = self._record(Step.UNDO, decision.from_state, actor_id, "")
        self.state = decision.from_state
        return undone

    def _step(self, step: Step, actor_id: uuid.UUID | None, reason: str = "") -> ModerationDecision:
        starts, target = ALLOWED[step]
        if self.state not in starts:
            raise IllegalTransition(self.SUBJECT, self.state, step)
        decision = self._record(step, target, actor_id, reason)
        self.state = target
        return decision

    def _record(
        self, step: Step, target: WorkState, actor_id: uuid.UUID | None, reason: str
    ) -> ModerationDecision:
        decision = ModerationDecision(
            activity_id=self.activity_id,
            actor_id=actor_id,
            step=step,
            from_state=self.state,
            to_state=target,
            reason=reason,
        )
        if self.SUBJECT == "reflection":
            decision.reflection_id = self.id
        else:
            decision.response_id = self.id
        return decision


class ModerationDecision(Identified, Base):
    """One line of the moderation history: who, when, from, to, why. Never changed or deleted."""

    __tablename__ = "moderation_decisions"
    __table_args__ = (
        CheckConstraint("(reflection_id IS NULL) <> (response_id IS NULL)", name="one_subject"),
        Index("ix_moderation_decisions_reflection_id", "reflection_id"),
        Index("ix_moderation_decisions_response_id", "response_id"),
        Index("ix_moderation_decisions_activity_id", "activity_id", "at"),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"))
    reflection_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reflections.id"))
    response_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("responses.id"))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    """Empty when a rule did it, not a person (end of a grace window, three marks)."""
    step: Mapped[Step] = mapped_column(one_of(Step, "step"))
    from_state: Mapped[WorkState] = mapped_column(one_of(WorkState, "from_state"))
    to_state: Mapped[WorkState] = mapped_column(one_of(WorkState, "to_state"))
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)

    actor: Mapped[User | None] = relationship()
