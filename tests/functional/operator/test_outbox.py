"""The outbox in the console: by platform and reason, tried again one by one or together."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.app import services_of
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.operator import outbox as operator_outbox
from tests.factories.work import add_participation
from tests.factories.world import World, make_world
from tests.functional.operator.conftest import Operator

REFUSED = {"state": OutboxState.REFUSED, "who_can_fix": "teacher", "detail": "Learner 1 is gone"}


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db)


def add_message(world: World, number: int, **fields: object) -> uuid.UUID:
    learner = world.learners[number]
    participation_id = add_participation(world, learner)
    with world.database.write() as session:
        column = session.scalars(
            select(LineItem).where(LineItem.resource_link_id == world.resource_link_id)
        ).one()
        message = OutboxMessage(
            registration_id=world.registration_id,
            line_item_id=column.id,
            user_id=learner.user_id,
            participation_id=participation_id,
            payload={"scoreGiven": 80, "scoreMaximum": 100, "comment": "a comment"},
            **fields,
        )
        session.add(message)
        session.flush()
        return message.id


def states(world: World) -> list[str]:
    with world.database.read() as session:
        return sorted(one.value for one in session.scalars(select(OutboxMessage.state)))


def test_what_waits_and_what_was_refused_is_grouped(operator: Operator, world: World) -> None:
    add_message(world, 0, reason="not_a_student", **REFUSED)
    add_message(world, 1, reason="not_a_student", **REFUSED)
    add_message(world, 2)
    text = operator.get("/operator/outbox").text
    assert "The LMS does not know this person as a learner of the course." in text
    assert "2 messages" in text and "1 messages" in text and "The teacher of the course" in text
    assert "2 scores were refused by LMSs" in operator.get("/operator/").text


def test_a_reason_is_tried_again(operator: Operator, world: World) -> None:
    add_message(world, 0, reason="not_a_student", **REFUSED)
    add_message(world, 1, reason="not_a_student", **REFUSED)
    add_message(world, 2, reason="line_item_gone", **REFUSED)
    operator.get("/operator/outbox")
    page = operator.send("reason", action="/retry")
    assert "All of them are on their way again." in page.text
    assert states(world) == ["queued", "queued", "refused", "superseded", "superseded"]


def test_many_are_tried_again_in_steps(
    operator: Operator, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operator_outbox, "RETRIED_AT_ONCE", 2)
    for number in range(3):
        add_message(world, number, reason="forbidden", **REFUSED)
    operator.get("/operator/outbox")
    assert "press once more" in operator.send("reason", action="/retry").text
    assert "All of them" in operator.send("reason", action="/retry").text
    assert states(world).count("queued") == 3


def test_one_message_is_tried_again(operator: Operator, world: World) -> None:
    message_id = add_message(world, 0, reason="forbidden", **REFUSED)
    page = operator.get(
        f"/operator/outbox/{world.registration_id}/messages", state="refused", reason="forbidden"
    )
    assert str(message_id) in page.text
    assert "on its way again" in operator.send("reason", action="/retry").text
    assert states(world) == ["queued", "superseded"]
    assert "None are left here" in operator.page.text


def test_no_person_and_no_text_is_shown(operator: Operator, world: World) -> None:
    add_message(world, 0, reason="forbidden", **REFUSED)
    group = {"state": "refused", "reason": "forbidden"}
    for path, query in (
        ("/operator/outbox", {}),
        (f"/operator/outbox/{world.registration_id}/messages", group),
    ):
        html = operator.get(path, **query).html
        assert not [word for word in ("Learner 1", "sub-", "a comment") if word in html]


def test_another_platform_has_its_own(operator: Operator, world: World) -> None:
    other = make_world(world.database)
    add_message(world, 0, reason="forbidden", **REFUSED)
    page = operator.get("/operator/outbox", platform=str(other.registration_id))
    assert "No message of the platform is in this state" in page.text
    assert operator.get("/operator/outbox", platform="nonsense").status == 404


def test_the_outbox_is_shown_by_platform_and_state(operator: Operator, world: World) -> None:
    add_message(world, 0, reason="forbidden", **REFUSED)
    add_message(world, 1)
    operator.get("/operator/outbox")
    text = operator.send("platform", "state", platform=str(world.registration_id)).text
    assert "1 messages" in text and text.count("Send all again") == 1
    text = operator.send("platform", "state", platform="", state="queued").text
    assert "Not tried yet" in text and "Send all again" not in text
    assert "Send all again" in operator.get("/operator/outbox", state="nonsense").text


def test_each_kind_of_message_has_its_word(operator: Operator, world: World) -> None:
    """What is asked for again is asked for by kind: a column's name is no score."""
    add_message(world, 0, reason="forbidden", **REFUSED)
    rename = {"kind": "rename_line_item", "key": "rename_line_item:1"}
    add_message(world, 1, reason="forbidden", **REFUSED, **rename)
    text = operator.get("/operator/outbox").text
    assert "New name of a gradebook column" in text and "Score" in text
    assert "All of them" in operator.send("reason", action="/retry", kind="score").text
    assert states(world) == ["queued", "refused", "superseded"]
    group = {"state": "refused", "reason": "forbidden", "kind": "rename_line_item"}
    page = operator.get(f"/operator/outbox/{world.registration_id}/messages", **group)
    assert "New name of a gradebook column" in page.text
