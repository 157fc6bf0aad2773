"""Scores on their way to a Moodle-like LMS, over real HTTP, with everything that goes wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from lti_tool import clock
from lti_tool.lti.ags import SCORE_SCOPE
from lti_tool.models.grades import LineItem
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.outbox.shown import Drift
from tests.functional.outbox.conftest import Lms, Stage


def test_a_promised_score_arrives_with_its_comment(stage: Stage) -> None:
    lms = stage.lms()
    lms.promise(points=60, comment="Reflection 40 of 40")
    assert stage.outbox().deliver_due() == {"sent": 1}
    assert lms.grade() == (6.0, "Reflection 40 of 40")
    state = lms.state()
    assert (state.state, state.points, state.http_status) == (OutboxState.SENT, 60, 200)
    assert state.sent_at is not None and not state.can_retry


def test_the_same_score_is_not_sent_twice_a_new_comment_is(stage: Stage) -> None:
    lms, outbox = stage.lms(), stage.outbox()
    for comment in ("one", "one", "two"):
        lms.promise(comment=comment)
        outbox.deliver_due()
    assert [message.payload["comment"] for message in lms.messages()] == ["one", "two"]
    assert lms.grade() == (6.0, "two")


def test_two_scores_within_a_second_both_arrive(stage: Stage) -> None:
    lms, outbox = stage.lms(), stage.outbox()
    with time_machine.travel(datetime(2026, 3, 1, 12, 0, 0, 900_000, UTC), tick=False):
        for points in (10, 20, 30):
            lms.promise(points=points)
            outbox.deliver_due()
    stamps = [message.score_timestamp for message in lms.messages()]
    first = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
    assert stamps == [first + timedelta(seconds=number) for number in range(3)]
    assert lms.grade() == (3.0, "Well done")


def test_a_newer_score_takes_the_place_of_a_queued_one(stage: Stage) -> None:
    lms = stage.lms()
    lms.promise(points=10)
    lms.promise(points=90)
    assert stage.outbox().deliver_due() == {"sent": 1}
    assert [m.state for m in lms.messages()] == [OutboxState.SUPERSEDED, OutboxState.SENT]
    assert lms.grade() == (9.0, "Well done")


@pytest.mark.parametrize("fault", ["rate_limit", "error", "down", "html"])
def test_a_platform_in_trouble_delays_and_then_gets_it(stage: Stage, fault: str) -> None:
    lms, outbox = stage.lms(), stage.outbox()
    lms.promise()
    lms.switch("ags", fault, remaining=1, retry_after=7)
    assert outbox.deliver_due() == {"queued": 1}
    state = lms.state()
    assert state.reason and state.who_can_fix == "lms_admin" and state.next_attempt_at
    wait = state.next_attempt_at - clock.now()
    least = timedelta(seconds=6) if fault == "rate_limit" else timedelta(seconds=55)
    assert least < wait < timedelta(seconds=75)
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert outbox.deliver_due() == {"sent": 1}
    assert lms.grade() == (6.0, "Well done")


def test_an_answer_that_was_lost_is_found_in_the_results(stage: Stage) -> None:
    lms, outbox = stage.lms(), stage.outbox()
    lms.promise()
    lms.switch("ags", "lose_answer", remaining=1)
    assert outbox.deliver_due() == {"queued": 1}
    assert lms.grade() == (6.0, "Well done")
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert outbox.deliver_due() == {"sent": 1}


def test_a_409_that_shows_our_value_is_success(stage: Stage) -> None:
    lms = stage.lms()
    lms.promise()
    # The LMS's clock is ahead: it already has this grade, from the future.
    ahead = {"line_item_id": lms.item_id, "person": lms.sub(0), "value": 6.0}
    lms.walker.control("scores", ahead)
    with time_machine.travel(clock.now() - timedelta(minutes=10)):
        lms.make_due(clock.now())
        assert stage.outbox().deliver_due() == {"sent": 1}
    assert lms.state().http_status == 409


def grade_by_hand(lms: Lms, value: float) -> None:
    """Let a teacher set a grade in the LMS, now."""
    lms.walker.control(
        "scores", {"line_item_id": lms.item_id, "person": lms.sub(0), "value": value}
    )


def test_a_grade_set_by_hand_after_our_moment_is_not_overruled_but_told(stage: Stage) -> None:
    lms, outbox = stage.lms(), stage.outbox()
    lms.promise()
    grade_by_hand(lms, 2.0)
    with time_machine.travel(clock.now() - timedelta(minutes=10)):
        lms.make_due(clock.now())
        assert outbox.deliver_due() == {"refused": 1}
    state = lms.state()
    assert (state.reason, state.attempts, state.who_can_fix) == ("changed_in_lms", 1, "teacher")
    assert state.shown is not None and state.can_retry
    assert (state.shown.points, state.shown.of, state.shown.drift) == (20, 100, Drift.CHANGED)
    assert lms.grade() == (2.0, "")


def test_a_409_that_cannot_be_looked_into_is_given_up_after_three_tries(stage: Stage) -> None:
    lms, outbox = stage.lms(), stage.outbox()
    with lms.database.write() as session:
        session.execute(update(LineItem).values(scopes=[SCORE_SCOPE]))
    lms.promise()
    grade_by_hand(lms, 2.0)
    with time_machine.travel(clock.now() - timedelta(minutes=10)):
        for _ in range(3):
            lms.make_due(clock.now())
            outbox.deliver_due()
    state = lms.state()
    assert (state.state, state.reason) == (OutboxState.REFUSED, "newer_in_lms")
    assert (state.attempts, state.who_can_fix) == (3, "teacher")


def test_somebody_who_is_no_student_is_refused_for_good_and_others_go_on(stage: Stage) -> None:
    lms = stage.lms(learners=3)
    lms.enrol(1, "none")
    for number in range(3):
        lms.promise(number)
    assert stage.outbox().deliver_due() == {"sent": 2, "refused": 1}
    state = lms.state(1)
    assert (state.reason, state.who_can_fix, state.attempts) == ("not_a_student", "teacher", 1)
    assert "Incorrect score received" in state.detail and state.can_retry


def test_a_tutor_retries_after_the_cause_is_gone(stage: Stage) -> None:
    lms, outbox = stage.lms(), stage.outbox()
    lms.enrol(0, "none")
    lms.promise()
    outbox.deliver_due()
    lms.enrol(0, "learner")
    outbox.retry(lms.world.viewer(lms.world.tutor), lms.state().message_id)
    assert lms.state().state is OutboxState.QUEUED
    assert outbox.deliver_due() == {"sent": 1}
    assert lms.grade() == (6.0, "Well done")


def test_an_expired_token_is_renewed_once(stage: Stage) -> None:
    lms, outbox = stage.lms(), stage.outbox()
    lms.promise()
    outbox.deliver_due()
    lms.walker.control("expire-tokens", {})
    lms.promise(points=70)
    assert outbox.deliver_due() == {"sent": 1}
    assert [entry["status"] for entry in lms.posts()] == [200, 401, 200]


def test_tokens_that_are_never_accepted_wait_for_the_administrator(stage: Stage) -> None:
    lms = stage.lms()
    lms.promise()
    lms.switch("ags", "reject_token")
    assert stage.outbox().deliver_due() == {"queued": 1}
    assert (lms.state().reason, lms.state().who_can_fix) == ("unauthorized", "lms_admin")
    assert len(lms.posts()) == 2


@pytest.mark.parametrize("fault", ["error", "down", "html", "rate_limit"])
def test_a_broken_token_endpoint_delays(stage: Stage, fault: str) -> None:
    lms = stage.lms()
    lms.promise()
    lms.switch("token", fault)
    assert stage.outbox().deliver_due() == {"queued": 1}
    assert lms.posts() == []


def test_no_scope_for_scores_is_explained_and_not_tried(stage: Stage) -> None:
    lms = stage.lms()
    with lms.database.write() as session:
        session.execute(update(LineItem).values(scopes=[]))
    lms.promise()
    assert stage.outbox().deliver_due() == {"refused": 1}
    assert (lms.state().reason, lms.state().who_can_fix) == ("scope_missing", "lms_admin")


def test_after_three_days_it_is_given_up_and_says_why(stage: Stage) -> None:
    lms, outbox = stage.lms(), stage.outbox()
    lms.promise()
    lms.switch("ags", "error")
    with time_machine.travel(clock.now() + timedelta(days=2, hours=23, minutes=59, seconds=30)):
        assert outbox.deliver_due() == {"refused": 1}
    state = lms.state()
    assert (state.reason, state.detail[:13]) == ("gave_up", "server_error:")
    outbox.retry(lms.world.viewer(lms.world.tutor), state.message_id)
    lms.switch("ags")
    assert outbox.deliver_due() == {"sent": 1}


@pytest.mark.parametrize(
    "personality", ["moodle", "canvas", "openedx", "blackboard", "d2l", "sakai"]
)
def test_every_family_takes_our_scores_and_refuses_the_same_person(
    stage: Stage, personality: str
) -> None:
    lms, outbox = stage.lms(personality, learners=2), stage.outbox()
    lms.enrol(1, "none")
    lms.promise(0, points=40)
    lms.promise(1)
    outbox.deliver_due()
    lms.promise(0, points=80)
    assert outbox.deliver_due() == {"sent": 1}
    grade = lms.grade(0)
    assert grade is not None and grade[0] == 8.0
    if personality != "openedx":  # there, an unknown person is a fault of the server's
        assert lms.state(1).state is OutboxState.REFUSED
