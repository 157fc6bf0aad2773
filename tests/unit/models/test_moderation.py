from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine

from lti_tool import clock
from lti_tool.errors import IllegalTransition
from lti_tool.models.moderation import ALLOWED
from lti_tool.models.reflections import Reflection
from lti_tool.rules.vocabulary import ModerationMode, Step, WorkState

SOMEBODY = uuid.uuid4()


def reflection(state: WorkState = WorkState.DRAFT) -> Reflection:
    return Reflection(id=uuid.uuid4(), activity_id=uuid.uuid4(), state=state)


@pytest.mark.parametrize("state", WorkState)
@pytest.mark.parametrize("step", ALLOWED)
def test_every_step_is_allowed_from_its_states_only(step: Step, state: WorkState) -> None:
    work = reflection(state)
    work.visible_at = clock.now() + timedelta(minutes=1)
    take = {
        Step.SUBMIT: lambda: work.submit(SOMEBODY, timedelta()),
        Step.TAKE_BACK: lambda: work.take_back(SOMEBODY),
        Step.HOLD: lambda: work.hold(SOMEBODY),
        Step.RELEASE: lambda: work.release(SOMEBODY),
        Step.RETURN: lambda: work.send_back(SOMEBODY, "why"),
        Step.WITHHOLD: lambda: work.withhold(SOMEBODY, "why"),
    }[step]
    starts, target = ALLOWED[step]
    if state in starts:
        decision = take()
        assert (work.state, decision.from_state, decision.to_state) == (target, state, target)
    else:
        with pytest.raises(IllegalTransition):
            take()
        assert work.state is state


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (ModerationMode.BEFORE, WorkState.HELD),
        (ModerationMode.AFTER, WorkState.RELEASED),
        (ModerationMode.FLAGGED, WorkState.RELEASED),
    ],
)
def test_the_end_of_grace_follows_the_mode(mode: ModerationMode, expected: WorkState) -> None:
    work = reflection()
    work.submit(SOMEBODY, timedelta(minutes=15))
    with pytest.raises(IllegalTransition):
        work.settle(mode)
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        work.settle(mode)
    assert work.state is expected


def test_take_back_ends_with_the_grace_window() -> None:
    work = reflection()
    work.submit(SOMEBODY, timedelta(minutes=15))
    with (
        time_machine.travel(clock.now() + timedelta(minutes=15)),
        pytest.raises(IllegalTransition),
    ):
        work.take_back(SOMEBODY)
    work.take_back(SOMEBODY)
    assert work.state is WorkState.DRAFT


def test_undo_returns_to_where_the_decision_started() -> None:
    work = reflection(WorkState.HELD)
    decision = work.withhold(SOMEBODY, "names a patron")
    undone = work.undo(decision, SOMEBODY)
    assert (work.state, undone.step) == (WorkState.HELD, Step.UNDO)


def test_undo_refuses_when_somebody_moved_on() -> None:
    work = reflection(WorkState.HELD)
    decision = work.send_back(SOMEBODY, "too short")
    work.submit(SOMEBODY, timedelta())
    with pytest.raises(IllegalTransition):
        work.undo(decision, SOMEBODY)
