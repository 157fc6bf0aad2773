"""Every sequence of steps on a work: what is not allowed is refused, and nothing is half done."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import time_machine
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.strategies import booleans, sampled_from

from lti_tool import clock
from lti_tool.errors import IllegalTransition
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.moderation import CONTESTABLE, TUTOR_STEPS, Moderated
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.flagging import Urgency
from lti_tool.rules.vocabulary import ModerationMode, Step, WorkState

AUTHOR, TUTOR, READER = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
GRACE = timedelta(minutes=15)
READ = (WorkState.HELD, WorkState.RELEASED)


class Works(RuleBasedStateMachine):
    """A work, its history, and a plain account of what must be true of it."""

    @initialize(is_reflection=booleans(), mode=sampled_from(ModerationMode))
    def begin(self, is_reflection: bool, mode: ModerationMode) -> None:
        kind = Reflection if is_reflection else Response
        self.work: Moderated = kind(
            id=uuid.uuid4(), activity_id=uuid.uuid4(), state=WorkState.DRAFT, urgency=0
        )
        self.mode = mode
        self.now = clock.now()
        self.history: list[ModerationDecision] = []
        self.against: ModerationDecision | None = None

    def attempt(self, may: bool, take: Callable[[], ModerationDecision]) -> bool:
        """Take a step that may or may not be taken now; check that it says which."""
        before = dict(vars(self.work))
        before.pop("_sa_instance_state")
        self.now += timedelta(seconds=1)
        with time_machine.travel(self.now, tick=False):
            try:
                line = take()
            except IllegalTransition:
                after = dict(vars(self.work))
                after.pop("_sa_instance_state")
                assert not may and before == after
                return False
        assert may
        assert (line.from_state, line.to_state) == (before["state"], self.work.state)
        assert (line.reflection_id is None) is not (line.response_id is None)
        self.history.append(line)
        return True

    @property
    def free(self) -> bool:
        return self.work.appealed_at is None

    @rule()
    def submit(self) -> None:
        may = self.free and self.work.state in (WorkState.DRAFT, WorkState.RETURNED)
        self.attempt(may, lambda: self.work.submit(AUTHOR, GRACE))

    @rule()
    def take_back(self) -> None:
        visible = self.work.visible_at
        early = visible is not None and self.now + timedelta(seconds=1) < visible
        may = self.work.state is WorkState.SUBMITTED and early
        self.attempt(may, lambda: self.work.take_back(AUTHOR))

    @rule(late=booleans())
    def settle(self, late: bool) -> None:
        if late:
            self.now += GRACE
        visible = self.work.visible_at
        over = visible is not None and self.now + timedelta(seconds=1) >= visible
        may = self.work.state is WorkState.SUBMITTED and over
        if over and not may:
            return  # ends windows of submitted work only: its callers look for nothing else
        if self.attempt(may, lambda: self.work.settle(self.mode)):
            held = self.mode is ModerationMode.BEFORE
            assert self.work.state is (WorkState.HELD if held else WorkState.RELEASED)

    @rule(step=sampled_from([Step.RELEASE, Step.RETURN, Step.WITHHOLD]))
    def decide(self, step: Step) -> None:
        starts = {
            Step.RELEASE: (WorkState.SUBMITTED, WorkState.HELD, WorkState.WITHHELD),
            Step.RETURN: (WorkState.HELD, WorkState.RELEASED, WorkState.WITHHELD),
            Step.WITHHOLD: (WorkState.HELD, WorkState.RELEASED),
        }
        take = {
            Step.RELEASE: self.work.release,
            Step.RETURN: self.work.send_back,
            Step.WITHHOLD: self.work.withhold,
        }[step]
        may = self.free and self.work.state in starts[step]
        if self.attempt(may, lambda: take(TUTOR, "why")):
            assert self.work.flagged_at is None

    @rule()
    def flag(self) -> None:
        may = self.work.state in READ
        if self.attempt(may, lambda: self.work.flag(READER, "", self.mode)):
            held = self.mode is ModerationMode.FLAGGED
            assert not held or self.work.state is WorkState.HELD

    @rule()
    def leave(self) -> None:
        may = self.work.flagged_at is not None and self.work.state is WorkState.RELEASED
        self.attempt(may, lambda: self.work.leave(TUTOR, "fine"))

    @rule()
    def redact(self) -> None:
        may = self.free and self.work.state in READ
        self.attempt(may, lambda: self.work.redact(TUTOR, "a name"))

    @precondition(lambda self: self.history)
    @rule()
    def appeal(self) -> None:
        decision = self.history[-1]
        stands = decision.to_state is self.work.state or decision.step is Step.REDACT
        may = self.free and decision.step in CONTESTABLE and stands
        if self.attempt(may, lambda: self.work.appeal(decision, AUTHOR, "no")):
            self.against = decision

    @rule(step=sampled_from([Step.UPHOLD, Step.REJECT, Step.WITHDRAW, Step.RELEASE]))
    def answer(self, step: Step) -> None:
        decision = self.against or ModerationDecision(step=Step.RETURN)
        may = not self.free and step is not Step.RELEASE
        before = self.work.state
        if self.attempt(may, lambda: self.work.answer_appeal(decision, step, TUTOR, "because")):
            shared = step is Step.UPHOLD and decision.step is not Step.REDACT
            assert self.work.state is (WorkState.RELEASED if shared else before)

    @precondition(lambda self: self.history)
    @rule()
    def undo(self) -> None:
        decision = self.history[-1]
        may = decision.step in TUTOR_STEPS and decision.to_state is self.work.state
        if self.attempt(may, lambda: self.work.undo(decision, TUTOR)):
            assert self.work.state is decision.from_state

    @invariant()
    def stands_in_the_queue_by_what_waits(self) -> None:
        if not hasattr(self, "work"):
            return
        work = self.work
        expected = Urgency.NONE
        if work.appealed_at is not None:
            expected = Urgency.APPEALED
        elif work.flagged_at is not None:
            expected = Urgency.FLAGGED
        elif work.state is WorkState.HELD:
            expected = Urgency.WAITING
        assert work.urgency == expected
        assert (work.waits_since is None) is (expected is Urgency.NONE)
        if work.state is WorkState.RELEASED:
            assert work.released_at is not None or self.history[-1].step is Step.UNDO


Works.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
TestWorks = Works.TestCase
