"""Rules of scores that each family of platforms makes its own."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.lti.line_items import READ_SCOPE
from lti_tool.models.activities import ResourceLink
from lti_tool.models.grades import LineItem
from lti_tool.models.people import Membership
from lti_tool.models.platforms import Registration
from lti_tool.rules.vocabulary import OutboxState, Role
from tests.functional.outbox.conftest import Lms, Stage

CLAIM = "https://canvas.instructure.com/lti/submission"


def last_body(lms: Lms) -> dict[str, object]:
    """Return the last score as the LMS received it."""
    body = lms.posts()[-1]["request"]["body"]
    assert isinstance(body, dict)
    return body


@pytest.mark.parametrize(
    "personality", ["moodle", "canvas", "openedx", "blackboard", "d2l", "sakai"]
)
def test_each_score_is_fully_graded_with_a_comment(stage: Stage, personality: str) -> None:
    lms = stage.lms(personality)
    lms.promise(points=40, comment="one\ntwo")
    assert stage.outbox().deliver_due() == {"sent": 1}
    body = last_body(lms)
    assert body["gradingProgress"] == "FullyGraded" and body["scoreMaximum"] == 100
    assert body["comment"] == ("one<br/>two" if personality == "blackboard" else "one\ntwo")
    assert body.get(CLAIM) == ({"new_submission": False} if personality == "canvas" else None)
    assert str(body["timestamp"]).endswith(".000+00:00")


@pytest.mark.parametrize("personality", ["openedx", "moodle"])
def test_a_zero_that_the_platform_does_not_show_is_told(stage: Stage, personality: str) -> None:
    lms = stage.lms(personality)
    lms.promise(points=0)
    assert stage.outbox().deliver_due() == {"sent": 1}
    expected = "zero_not_shown" if personality == "openedx" else ""
    assert (lms.state().state, lms.state().reason) == (OutboxState.SENT, expected)


def test_who_turned_staff_after_the_promise_is_not_graded(stage: Stage) -> None:
    lms, outbox = stage.lms(learners=2), stage.outbox()
    lms.promise(0)
    lms.promise(1)
    with lms.database.write() as session:
        membership = session.get_one(Membership, lms.pupils[0].membership_id)
        membership.granted_role = Role.TUTOR
    assert outbox.deliver_due() == {"superseded": 1, "sent": 1}
    assert list(lms.grades()) == [lms.sub(1)]
    dropped = next(m for m in lms.messages() if m.user_id == lms.pupils[0].user_id)
    assert (dropped.state, dropped.reason) == (OutboxState.SUPERSEDED, "now_staff")
    with lms.database.write() as session:
        session.get_one(Membership, lms.pupils[0].membership_id).granted_role = None
    lms.promise(0)
    assert outbox.deliver_due() == {"sent": 1}


def gone(lms: Lms) -> str:
    """Let the LMS have deleted the column and made it anew; return the new one's URL."""
    old = lms.line_item().url
    sandbox = lms.sandbox.extensions["sandbox"]
    item = sandbox.store.line_items.get(lms.item_id)
    sandbox.store.line_items.pop(item.id)
    item.id = lms.item_id = "4711"
    sandbox.store.line_items.put(item.id, item)
    return old.replace(
        f"/lineitems/{old.split('/lineitems/')[1].split('/')[0]}/", "/lineitems/4711/"
    )


@pytest.mark.parametrize("personality", ["moodle", "canvas", "openedx", "sakai"])
def test_a_column_that_moved_is_found_and_adopted(stage: Stage, personality: str) -> None:
    lms, outbox = stage.lms(personality), stage.outbox()
    link_with(lms)
    lms.tell_course([READ_SCOPE])
    new = gone(lms)
    lms.promise(points=60)
    assert outbox.deliver_due() == {"sent": 1}
    assert lms.grade() == (6.0, "Well done") and lms.line_item().url == new
    lms.promise(points=70)
    assert outbox.deliver_due() == {"sent": 1}
    assert [entry["status"] for entry in lms.posts()][:1] == [404] and len(lms.posts()) == 3


def link_with(lms: Lms) -> None:
    """Let our link be the LMS's link of the column."""
    item = lms.sandbox.extensions["sandbox"].store.line_items.get(lms.item_id)
    with lms.database.write() as session:
        session.get_one(ResourceLink, lms.world.resource_link_id).lti_id = item.link_id


def test_a_column_is_found_by_our_own_id_where_the_link_has_none(stage: Stage) -> None:
    lms = stage.lms("moodle")
    lms.tell_course([READ_SCOPE])
    item = lms.sandbox.extensions["sandbox"].store.line_items.get(lms.item_id)
    item.resource_id, item.link_id = f"act:{lms.world.activity_id}", ""
    new = gone(lms)
    lms.promise()
    assert stage.outbox().deliver_due() == {"sent": 1}
    assert lms.line_item().url == new


def test_the_column_of_a_duplicate_is_never_taken_for_ours(stage: Stage) -> None:
    lms = stage.lms("moodle")
    lms.tell_course([READ_SCOPE])
    item = lms.sandbox.extensions["sandbox"].store.line_items.get(lms.item_id)
    item.resource_id, item.link_id = f"act:{lms.world.activity_id}", "the duplicate"
    gone(lms)
    lms.promise()
    assert stage.outbox().deliver_due() == {"refused": 1}
    assert lms.state().reason == "line_item_gone" and lms.grade() is None


@pytest.mark.parametrize("told", [True, False])
def test_a_column_that_is_nowhere_is_explained_to_the_teacher(stage: Stage, told: bool) -> None:
    lms = stage.lms()
    if told:
        lms.tell_course([READ_SCOPE])
    lms.sandbox.extensions["sandbox"].store.line_items.pop(lms.item_id)
    lms.promise()
    assert stage.outbox().deliver_due() == {"refused": 1}
    state = lms.state()
    assert (state.reason, state.who_can_fix) == ("line_item_gone", "teacher") and state.can_retry


def test_two_columns_that_may_be_it_are_not_guessed_between(stage: Stage) -> None:
    lms = stage.lms("canvas")
    link_with(lms)
    lms.tell_course([READ_SCOPE])
    store = lms.sandbox.extensions["sandbox"].store
    gone(lms)
    twin = type(store.line_items.get("4711"))(**vars(store.line_items.get("4711")) | {"id": "4712"})
    store.line_items.put(twin.id, twin)
    lms.promise()
    assert stage.outbox().deliver_due() == {"refused": 1}
    assert lms.state().reason == "line_item_gone"


def test_every_message_of_a_registration_names_it(stage: Stage) -> None:
    lms = stage.lms()
    lms.promise()
    with lms.database.read() as session:
        registration = session.scalars(select(Registration)).one()
        item = session.scalars(select(LineItem)).one()
    (message,) = lms.messages()
    assert message.kind == "score" and message.registration_id == registration.id
    assert message.key == f"score:{item.id.hex}:{lms.pupils[0].user_id.hex}"
