"""A renamed activity renames its column, where the platform lets us."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lti_tool.lti.line_items import READ_SCOPE, WRITE_SCOPE
from lti_tool.models.activities import Activity
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.activities.activities import Activities
from lti_tool.services.outbox import renaming
from tests.functional.outbox.conftest import SCOPES, Lms, Stage


def rename(lms: Lms, title: str) -> None:
    """Let the educator save the activity under another title."""
    activities, viewer = Activities(lms.database), lms.world.viewer(lms.world.educator)
    now = activities.get(viewer, lms.world.activity_id)
    activities.update(viewer, lms.world.activity_id, replace(now.values, title=title), now.seen)


def column(lms: Lms) -> dict[str, Any]:
    """Return the column as the LMS has it."""
    return dict(vars(lms.sandbox.extensions["sandbox"].store.line_items.get(lms.item_id)))


@pytest.mark.parametrize("personality", ["canvas", "openedx", "blackboard", "d2l", "sakai"])
def test_the_column_follows_the_title_and_keeps_the_rest(stage: Stage, personality: str) -> None:
    lms, outbox = stage.lms(personality), stage.outbox()
    lms.column(scopes=[*SCOPES, WRITE_SCOPE])
    before = column(lms)
    rename(lms, "Second thoughts")
    assert column(lms)["label"] == "R"
    assert outbox.deliver_due() == {"sent": 1}
    assert column(lms) == {**before, "label": "Second thoughts"}
    rename(lms, "Second thoughts")
    assert outbox.deliver_due() == {}


def test_of_two_names_only_the_last_is_sent(stage: Stage) -> None:
    lms = stage.lms("canvas")
    lms.column(scopes=[*SCOPES, WRITE_SCOPE])
    for title in ("One", "Two"):
        rename(lms, title)
    assert stage.outbox().deliver_due() == {"sent": 1}
    assert column(lms)["label"] == "Two"
    states = [message.state for message in lms.messages()]
    assert states == [OutboxState.SUPERSEDED, OutboxState.SENT]


@pytest.mark.parametrize(
    ("personality", "scope"), [("moodle", WRITE_SCOPE), ("canvas", READ_SCOPE)]
)
def test_nothing_is_promised_where_it_is_not_ours_to_name(
    stage: Stage, personality: str, scope: str
) -> None:
    lms = stage.lms(personality)
    lms.column(scopes=[*SCOPES, scope])
    rename(lms, "Second thoughts")
    assert lms.messages() == [] and column(lms)["label"] == "R"


@pytest.mark.parametrize(
    ("fault", "reason"), [("error", "server_error"), ("html", "not_json"), ("down", "no_answer")]
)
def test_a_name_waits_for_a_platform_in_trouble(stage: Stage, fault: str, reason: str) -> None:
    lms = stage.lms("canvas")
    lms.column(scopes=[*SCOPES, WRITE_SCOPE])
    lms.switch("ags", fault)
    rename(lms, "Second thoughts")
    assert stage.outbox().deliver_due() == {"queued": 1}
    (message,) = lms.messages()
    assert (message.reason, message.user_id, message.participation_id) == (reason, None, None)
    lms.switch("ags")
    lms.make_due(message.created_at)
    assert stage.outbox().deliver_due() == {"sent": 1}
    assert column(lms)["label"] == "Second thoughts"


def test_a_name_and_a_score_are_listed_for_the_operator(stage: Stage) -> None:
    lms, outbox = stage.lms("canvas"), stage.outbox()
    lms.column(scopes=[*SCOPES, WRITE_SCOPE])
    lms.promise()
    with lms.database.write() as session:
        activity = session.get_one(Activity, lms.world.activity_id)
        assert renaming.promise(session, activity) == 1
    assert outbox.deliver_due() == {"sent": 2}
    found = {line.kind: line for line in outbox.listing()}
    assert found["score"].points == 60 and found["rename_line_item"].points is None


def test_a_column_that_is_gone_refuses_its_name_for_good(stage: Stage) -> None:
    lms, outbox = stage.lms("canvas"), stage.outbox()
    lms.column(scopes=[*SCOPES, WRITE_SCOPE])
    lms.sandbox.extensions["sandbox"].store.line_items.pop(lms.item_id)
    rename(lms, "Second thoughts")
    assert outbox.deliver_due() == {"refused": 1}
    (message,) = lms.messages()
    assert (message.reason, message.who_can_fix) == ("line_item_gone", "teacher")
    assert outbox.retry_all() == 1
