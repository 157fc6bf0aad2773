"""Moderation: the states that reflections and responses share, and the steps between them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.errors import IllegalTransition
from lti_tool.models.base import one_of
from lti_tool.models.decisions import ModerationDecision
from lti_tool.rules.flagging import Urgency
from lti_tool.rules.vocabulary import ModerationMode, Step, WorkState

__all__ = ["ABOUT_IT", "ALLOWED", "CONTESTABLE", "TUTOR_STEPS", "Moderated", "ModerationDecision"]

ALLOWED: dict[Step, tuple[set[WorkState], WorkState]] = {
    Step.SUBMIT: ({WorkState.DRAFT, WorkState.RETURNED}, WorkState.SUBMITTED),
    Step.TAKE_BACK: ({WorkState.SUBMITTED}, WorkState.DRAFT),
    Step.HOLD: ({WorkState.SUBMITTED, WorkState.RELEASED}, WorkState.HELD),
    Step.RELEASE: ({WorkState.SUBMITTED, WorkState.HELD, WorkState.WITHHELD}, WorkState.RELEASED),
    Step.RETURN: ({WorkState.HELD, WorkState.RELEASED, WorkState.WITHHELD}, WorkState.RETURNED),
    Step.WITHHOLD: ({WorkState.HELD, WorkState.RELEASED}, WorkState.WITHHELD),
}
"""Each step: the states it may start from, and the state it leads to. Undo is apart."""
ABOUT_IT: dict[Step, set[WorkState]] = {
    Step.FLAG: {WorkState.HELD, WorkState.RELEASED},
    Step.LEAVE: {WorkState.HELD, WorkState.RELEASED},
    Step.REDACT: {WorkState.HELD, WorkState.RELEASED},
    Step.APPEAL: {WorkState.HELD, WorkState.RELEASED, WorkState.RETURNED, WorkState.WITHHELD},
    Step.COMMENT: {WorkState.HELD, WorkState.RELEASED, WorkState.RETURNED, WorkState.WITHHELD},
}
"""Steps that leave the state as it is (but for a flag that holds): where they may be taken."""
CONTESTABLE = frozenset({Step.RETURN, Step.WITHHOLD, Step.REDACT})
"""Decisions that an author can appeal."""
TUTOR_STEPS = frozenset({Step.HOLD, Step.RELEASE, Step.RETURN, Step.WITHHOLD})
"""Steps that a tutor takes, and can take back."""


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
    flagged_at: Mapped[datetime | None]
    """Since when a flag waits for an answer."""
    appealed_at: Mapped[datetime | None]
    """Since when an appeal of its author waits for an answer."""
    urgency: Mapped[int] = mapped_column(default=Urgency.NONE.value, server_default=text("0"))
    """How it waits for a tutor (``Urgency``); kept by the steps below, read by the queue."""
    waits_since: Mapped[datetime | None]

    @property
    def author_user_id(self) -> uuid.UUID | None:
        """The person who wrote it."""
        raise NotImplementedError

    @property
    def editable(self) -> bool:
        """Whether it is in its author's hands."""
        return self.state in (WorkState.DRAFT, WorkState.RETURNED)

    def submit(self, actor_id: uuid.UUID, grace: timedelta) -> ModerationDecision:
        """Hand the work in; its author can take it back until the grace window ends."""
        now = clock.now()
        self._refuse_within_appeal(Step.SUBMIT)
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
        """Let peers (of a response: its addressee) see the work; answers its flags."""
        self._refuse_within_appeal(Step.RELEASE)
        decision = self._step(Step.RELEASE, actor_id, reason)
        self.released_at = self.released_at or clock.now()
        return decision

    def send_back(self, actor_id: uuid.UUID, reason: str) -> ModerationDecision:
        """Return the work to its author with a reason; it can be changed and submitted again."""
        self._refuse_within_appeal(Step.RETURN)
        decision = self._step(Step.RETURN, actor_id, reason)
        self.return_reason = reason
        return decision

    def withhold(self, actor_id: uuid.UUID, reason: str) -> ModerationDecision:
        """Keep the work from everybody but its author and the tutors."""
        self._refuse_within_appeal(Step.WITHHOLD)
        decision = self._step(Step.WITHHOLD, actor_id, reason)
        self.return_reason = reason
        return decision

    def undo(self, decision: ModerationDecision, actor_id: uuid.UUID) -> ModerationDecision:
        """Take back a tutor's ``decision``, if the work still stands where it put it.

        An appeal against it is over with that.
        """
        if (
            decision.step not in TUTOR_STEPS
            or decision.from_state is None
            or self.state is not decision.to_state
        ):
            raise IllegalTransition(self.SUBJECT, self.state, Step.UNDO)
        undone = self._record(Step.UNDO, decision.from_state, actor_id, "")
        self.appealed_at = None
        self._stand(decision.from_state)
        return undone

    def flag(
        self, actor_id: uuid.UUID | None, reason: str, mode: ModerationMode
    ) -> ModerationDecision:
        """Ask a tutor to look at it; where ``mode`` says so, it is held until one has."""
        target = WorkState.HELD if mode.holds_flagged else None
        decision = self._note(Step.FLAG, actor_id, reason, target)
        self.flagged_at = self.flagged_at or clock.now()
        self._stand(decision.to_state or self.state)
        return decision

    def flagged_again(self, since: datetime | None) -> None:
        """Say since when flags wait, after the decision that answered them was taken back."""
        self.flagged_at = since
        self._stand(self.state)

    def leave(self, actor_id: uuid.UUID, reason: str) -> ModerationDecision:
        """Answer its flags without changing anything; only for work that peers see."""
        if self.flagged_at is None or self.state is not WorkState.RELEASED:
            raise IllegalTransition(self.SUBJECT, self.state, Step.LEAVE)
        decision = self._note(Step.LEAVE, actor_id, reason)
        self.flagged_at = None
        self._stand(self.state)
        return decision

    def redact(self, actor_id: uuid.UUID, reason: str) -> ModerationDecision:
        """Note that a passage was taken out; of work that peers see, that answers its flags."""
        self._refuse_within_appeal(Step.REDACT)
        decision = self._note(Step.REDACT, actor_id, reason)
        if self.state is WorkState.RELEASED:
            self.flagged_at = None
        self._stand(self.state)
        return decision

    def lift(self, actor_id: uuid.UUID) -> ModerationDecision:
        """Note that a tutor put a passage back; an appeal against taking it out is over."""
        noted = self._record(Step.UNDO, self.state, actor_id, "")
        self.appealed_at = None
        self._stand(self.state)
        return noted

    def appeal(
        self, decision: ModerationDecision, actor_id: uuid.UUID, words: str
    ) -> ModerationDecision:
        """Let the author ask another tutor to look at a ``decision`` that still stands."""
        stands = decision.to_state is self.state or decision.step is Step.REDACT
        if decision.step not in CONTESTABLE or not stands or self.appealed_at is not None:
            raise IllegalTransition(self.SUBJECT, self.state, Step.APPEAL)
        noted = self._note(Step.APPEAL, actor_id, words)
        self.appealed_at = clock.now()
        self._stand(self.state)
        return noted

    def answer_appeal(
        self, decision: ModerationDecision, step: Step, actor_id: uuid.UUID, reason: str
    ) -> ModerationDecision:
        """End the appeal against ``decision``: UPHOLD, REJECT, or WITHDRAW by its author.

        Upheld, returned or withheld work is released; a redaction is lifted by the caller.
        """
        ends = step in (Step.UPHOLD, Step.REJECT, Step.WITHDRAW)
        if self.appealed_at is None or not ends:
            raise IllegalTransition(self.SUBJECT, self.state, step)
        releases = step is Step.UPHOLD and decision.step is not Step.REDACT
        target = WorkState.RELEASED if releases else self.state
        noted = self._record(step, target, actor_id, reason)
        self.appealed_at = None
        self._stand(target)
        if releases:
            self.released_at = self.released_at or clock.now()
        return noted

    def comment(self, actor_id: uuid.UUID) -> ModerationDecision:
        """Note that a tutor commented on it."""
        return self._note(Step.COMMENT, actor_id, "")

    def _refuse_within_appeal(self, step: Step) -> None:
        if self.appealed_at is not None:
            raise IllegalTransition(self.SUBJECT, "appealed", step)

    def _step(self, step: Step, actor_id: uuid.UUID | None, reason: str = "") -> ModerationDecision:
        starts, target = ALLOWED[step]
        if self.state not in starts:
            raise IllegalTransition(self.SUBJECT, self.state, step)
        decision = self._record(step, target, actor_id, reason)
        if step is not Step.HOLD:
            self.flagged_at = None
        self._stand(target)
        return decision

    def _note(
        self,
        step: Step,
        actor_id: uuid.UUID | None,
        reason: str,
        target: WorkState | None = None,
    ) -> ModerationDecision:
        if self.state not in ABOUT_IT[step]:
            raise IllegalTransition(self.SUBJECT, self.state, step)
        return self._record(step, target or self.state, actor_id, reason)

    def _stand(self, state: WorkState) -> None:
        """Stand in ``state``, and in the queue by what waits for a tutor."""
        self.state = state
        if self.appealed_at is not None:
            self.urgency, self.waits_since = Urgency.APPEALED.value, self.appealed_at
        elif self.flagged_at is not None:
            self.urgency, self.waits_since = Urgency.FLAGGED.value, self.flagged_at
        elif state is WorkState.HELD:
            since = self.visible_at or clock.now()
            self.urgency, self.waits_since = Urgency.WAITING.value, since
        else:
            self.urgency, self.waits_since = Urgency.NONE.value, None

    def _record(
        self, step: Step, target: WorkState, actor_id: uuid.UUID | None, reason: str
    ) -> ModerationDecision:
        decision = ModerationDecision(
            id=uuid.uuid4(),
            activity_id=self.activity_id,
            about_id=self.author_user_id,
            actor_id=actor_id,
            step=step,
            from_state=self.state,
            to_state=target,
            reason=reason,
            at=clock.now(),
        )
        if self.SUBJECT == "reflection":
            decision.reflection_id = self.id
        else:
            decision.response_id = self.id
        return decision
