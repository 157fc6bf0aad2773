"""Failures 9 to 12, 17, 19 and 20: grades on their way, and what the tutor reads of them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from lti_tool.rules.vocabulary import OutboxState
from tests.functional.outbox.conftest import Lms, Stage, private_pem, stage
from tests.support.visitor import visit

__all__ = ["private_pem", "stage"]

TEACHER = "The teacher of the course can change that in the LMS."
ADMIN = "The LMS's administrator can change that."
FAULTS: dict[str, tuple[str, str, dict[str, Any], str, str]] = {
    "09 a server that strips the Authorization header": (
        "moodle",
        "ags",
        {"fault": "reject_token"},
        "does not accept our key",
        ADMIN,
    ),
    "12 a throttle that says 429": (
        "canvas",
        "ags",
        {"fault": "rate_limit", "retry_after": 7},
        "asked us to slow down",
        "Next try in",
    ),
    "18 a login page instead of data": (
        "moodle",
        "ags",
        {"fault": "html"},
        "answered with a page instead of data",
        ADMIN,
    ),
    "19 a token that is not given": (
        "moodle",
        "token",
        {"fault": "html"},
        "does not let Miroir send grades",
        ADMIN,
    ),
}


def read_by_the_tutor(app: Flask, lms: Lms) -> str:
    """Return the text of the tutor's list of learners."""
    visitor = visit(app, lms.world, lms.world.tutor)
    page = visitor.get(f"/activities/{lms.world.activity_id}/people")
    assert page.status == 200
    return page.text


@pytest.mark.parametrize("name", FAULTS)
def test_what_may_pass_is_tried_again_and_told(app: Flask, stage: Stage, name: str) -> None:
    personality, area, how, words, who = FAULTS[name]
    lms = stage.lms(personality)
    lms.promise()
    lms.switch(area, **how)
    assert stage.outbox().deliver_due() == {"queued": 1}
    told = read_by_the_tutor(app, lms)
    assert words in told
    assert who in told


def test_10_17_one_person_who_is_no_student_stops_nobody_else(app: Flask, stage: Stage) -> None:
    lms = stage.lms(learners=4)
    lms.enrol(1, "none")
    lms.enrol(2, "educator")
    for number in range(4):
        lms.promise(number)
    assert stage.outbox().deliver_due() == {"sent": 2, "refused": 2}
    assert [lms.state(number).state for number in (0, 3)] == [OutboxState.SENT] * 2
    told = read_by_the_tutor(app, lms)
    assert told.count("does not know this person as a learner") == 2
    assert TEACHER in told
    assert stage.outbox().deliver_due() == {}


@pytest.mark.parametrize("personality", ["moodle", "canvas", "openedx", "blackboard", "d2l"])
def test_11_one_token_serves_all_grades(stage: Stage, personality: str) -> None:
    lms, outbox = stage.lms(personality, learners=3), stage.outbox()
    for points in (10, 20):
        for number in range(3):
            lms.promise(number, points=points)
        assert outbox.deliver_due() == {"sent": 3}
    assert len(lms.walker.control("log?area=token")) == 1


def test_12_the_platform_s_pause_is_kept(stage: Stage) -> None:
    lms = stage.lms("canvas", learners=3)
    for number in range(3):
        lms.promise(number)
    lms.switch("ags", "rate_limit", retry_after=600)
    stage.outbox().deliver_due()
    tried = len(lms.posts())
    lms.switch("ags")
    assert stage.outbox().deliver_due() == {}
    assert len(lms.posts()) == tried <= 3


def test_19_the_platform_s_own_words_on_a_client_it_refuses(app: Flask, stage: Stage) -> None:
    lms = stage.lms()
    (tool,) = lms.walker.control("tools")
    lms.walker.control(f"tools/{tool['client_id']}", {"active": False})
    lms.promise()
    assert stage.outbox().deliver_due() == {"queued": 1}
    state = lms.state()
    assert (state.reason, state.who_can_fix) == ("token_refused", "lms_admin")
    assert "invalid_client" in state.detail
    assert "does not let Miroir send grades" in read_by_the_tutor(app, lms)


def test_20_a_column_that_was_deleted_is_told_to_the_teacher(app: Flask, stage: Stage) -> None:
    lms = stage.lms()
    lms.sandbox.extensions["sandbox"].store.line_items.pop(lms.item_id)
    lms.promise()
    assert stage.outbox().deliver_due() == {"refused": 1}
    told = read_by_the_tutor(app, lms)
    assert "gradebook column does not exist any more" in told
    assert TEACHER in told
