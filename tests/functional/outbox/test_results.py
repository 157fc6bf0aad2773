"""Results read back from real (sandbox) gradebooks, and what somebody changed there."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.errors import IllegalTransition
from lti_tool.lti.ags import SCORE_SCOPE
from lti_tool.models.grades import Result
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.outbox.outbox import Outbox
from lti_tool.services.outbox.results import Results
from lti_tool.services.outbox.shown import Drift
from tests.functional.outbox.conftest import Lms, Stage

ALL = ["moodle", "canvas", "openedx", "blackboard", "d2l", "sakai"]


def read(lms: Lms, outbox: Outbox) -> Counter[str]:
    return Results(lms.database, outbox.calls).read_due()


def drift(lms: Lms, number: int = 0) -> Drift | None:
    shown = lms.state(number).shown
    return shown.drift if shown else None


def by_hand(lms: Lms, value: float | None, number: int = 0) -> None:
    """Let a teacher set a grade in the LMS."""
    order = {"line_item_id": lms.item_id, "person": lms.accounts[number], "value": value}
    lms.walker.control("scores", order)


def reads(lms: Lms) -> int:
    return len(lms.walker.control("log?area=ags&title=Results"))


@pytest.mark.parametrize("personality", ALL)
def test_what_the_lms_shows_is_kept_and_a_change_is_seen(stage: Stage, personality: str) -> None:
    lms, outbox = stage.lms(personality, learners=2), stage.outbox()
    lms.promise(0, points=80)
    lms.promise(1, points=30)
    outbox.deliver_due()
    assert drift(lms) is None
    by_hand(lms, 6.0)
    assert read(lms, outbox) == {"read": 1}
    assert (drift(lms, 0), drift(lms, 1)) == (Drift.CHANGED, Drift.SAME)
    state = lms.state()
    assert state.shown is not None and (state.shown.points, state.shown.of) == (60, 100)
    assert state.state is OutboxState.SENT and state.can_retry and not lms.state(1).can_retry


@pytest.mark.parametrize(
    ("personality", "expected"),
    [("moodle", Drift.SAME), ("openedx", Drift.ZERO_NOT_SHOWN), ("canvas", Drift.SAME)],
)
def test_a_zero_is_compared_as_the_platform_shows_it(
    stage: Stage, personality: str, expected: Drift
) -> None:
    lms, outbox = stage.lms(personality), stage.outbox()
    lms.promise(points=0)
    outbox.deliver_due()
    if personality == "openedx":  # stored, but no result tells it
        lms.sandbox.extensions["sandbox"].store.scores.clear()
    read(lms, outbox)
    assert drift(lms) is expected and not lms.state().can_retry


def test_a_grade_that_was_taken_away_is_missing(stage: Stage) -> None:
    lms, outbox = stage.lms("canvas"), stage.outbox()
    lms.promise()
    outbox.deliver_due()
    by_hand(lms, None)
    read(lms, outbox)
    assert drift(lms) is Drift.MISSING and lms.state().can_retry


def test_a_tutor_sends_ours_again(stage: Stage) -> None:
    lms, outbox = stage.lms("canvas"), stage.outbox()
    lms.promise(points=80)
    outbox.deliver_due()
    # A grade set by hand in a coupled column is overridden there: ours would not be shown.
    lms.walker.control(f"line-items/{lms.item_id}", {"coupled": False})
    viewer = lms.world.viewer(lms.world.tutor)
    with pytest.raises(IllegalTransition):
        outbox.retry(viewer, lms.state().message_id)
    by_hand(lms, 6.0)
    read(lms, outbox)
    with time_machine.travel(clock.now() + timedelta(seconds=2)):
        outbox.retry(viewer, lms.state().message_id)
        assert outbox.deliver_due() == {"sent": 1}
    assert lms.grade() is not None and lms.grades()[lms.sub(0)][0] == 8.0
    assert drift(lms) is None, "what was read before says nothing any more"


def test_a_whole_column_is_read_once_a_day_and_not_per_person(stage: Stage) -> None:
    lms, outbox = stage.lms("moodle", learners=5), stage.outbox()
    assert read(lms, outbox) == {}
    for number in range(5):
        lms.promise(number)
    outbox.deliver_due()
    assert read(lms, outbox) == {"read": 1} and reads(lms) == 1
    assert read(lms, outbox) == {}
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1)):
        assert read(lms, outbox) == {"read": 1}
    assert reads(lms) == 2
    with time_machine.travel(clock.now() + timedelta(days=200)):
        assert read(lms, outbox) == {}, "the course is over"


def test_many_pages_become_one_row_for_each_whom_we_graded(stage: Stage) -> None:
    lms, outbox = stage.lms("canvas", learners=13), stage.outbox()
    for number in range(12):
        lms.promise(number)
    outbox.deliver_due()
    by_hand(lms, 1.0, 12)
    assert read(lms, outbox) == {"read": 1} and reads(lms) == 2
    with lms.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Result)) == 12
    assert {drift(lms, number) for number in range(12)} == {Drift.SAME}


def test_without_the_scope_nothing_is_read(stage: Stage) -> None:
    lms, outbox = stage.lms(), stage.outbox()
    lms.column(scopes=[SCORE_SCOPE])
    lms.promise()
    outbox.deliver_due()
    assert read(lms, outbox) == {} and reads(lms) == 0


@pytest.mark.parametrize("fault", ["rate_limit", "error", "html", "nonsense", "down", "redirect"])
def test_a_platform_in_trouble_is_read_later_and_delays_no_other(stage: Stage, fault: str) -> None:
    bad, well = stage.lms(), stage.lms("canvas")
    outbox = stage.outbox()
    for lms in (bad, well):
        lms.promise()
    outbox.deliver_due()
    bad.switch("ags", fault, retry_after=7200)
    assert read(bad, outbox) == {"read": 1, "failed": 1}
    assert drift(well) is Drift.SAME and drift(bad) is None
    bad.switch("ags")
    later = timedelta(hours=1, minutes=1)
    with time_machine.travel(clock.now() + later):
        assert read(bad, outbox) == ({} if fault == "rate_limit" else {"read": 1})
    with time_machine.travel(clock.now() + 2 * later):
        assert read(bad, outbox) == ({"read": 1} if fault == "rate_limit" else {})
    assert drift(bad) is Drift.SAME
