"""What tutors see of grades that somebody changed in the LMS."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.grades import LineItem, OutboxMessage, Result
from lti_tool.models.platforms import Registration
from lti_tool.rules.vocabulary import OutboxState, PlatformFamily
from tests.factories.work import add_participation
from tests.factories.world import World, make_world
from tests.support.visitor import Visitor, visit


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db)


@pytest.fixture
def tutor(app: Flask, world: World) -> Visitor:
    return visit(app, world, world.tutor)


def sent(
    world: World, ours: float, theirs: float | None, state: OutboxState = OutboxState.SENT
) -> uuid.UUID:
    """Let a score of the first learner have ended, and the LMS show ``theirs`` of 10."""
    participation_id, now = add_participation(world, world.learners[0]), clock.now()
    with world.database.write() as session:
        item = session.scalars(select(LineItem)).one()
        about = {"line_item_id": item.id, "user_id": world.learners[0].user_id}
        session.add(
            OutboxMessage(
                **about,
                registration_id=world.registration_id,
                participation_id=participation_id,
                payload={"scoreGiven": ours, "scoreMaximum": 100},
                state=state,
                reason="changed_in_lms" if state is OutboxState.REFUSED else "",
                who_can_fix="teacher" if state is OutboxState.REFUSED else "",
                finished_at=now - timedelta(hours=1),
            )
        )
        session.add(Result(**about, points=theirs, maximum=10.0, read_at=now))
    return participation_id


@pytest.mark.parametrize("place", ["person", "people"])
def test_a_changed_grade_is_told_and_ours_sent_again(
    world: World, tutor: Visitor, place: str
) -> None:
    participation_id = sent(world, 80, 6)
    path = f"/activities/{world.activity_id}/people"
    page = tutor.get(path if place == "people" else f"{path}/{participation_id}")
    assert "The LMS shows 60, Miroir sent 80: somebody changed it there." in page.text
    assert "Send ours again" in page.text
    page = tutor.send(action="/retry/")
    assert "The score is on its way again." in page.text
    assert "80 waits to be sent" in page.text and "The LMS shows" not in page.text


def test_a_grade_that_is_the_same_needs_no_button(world: World, tutor: Visitor) -> None:
    sent(world, 80, 8)
    page = tutor.get(f"/activities/{world.activity_id}/people")
    assert "The LMS shows it too" in page.text and "Send ours again" not in page.text


def test_a_missing_grade_and_a_zero_that_is_never_shown(world: World, tutor: Visitor) -> None:
    sent(world, 0, None)
    with world.database.write() as session:
        session.get_one(Registration, world.registration_id).family = PlatformFamily.OPENEDX
    page = tutor.get(f"/activities/{world.activity_id}/people")
    assert "this LMS does not show it in its gradebook" in page.text
    with world.database.write() as session:
        session.get_one(Registration, world.registration_id).family = PlatformFamily.CANVAS
    page = tutor.get(f"/activities/{world.activity_id}/people")
    assert "The LMS shows no grade, Miroir sent 0." in page.text


def test_a_refusal_because_of_a_change_tells_both_grades(world: World, tutor: Visitor) -> None:
    sent(world, 80, 6, OutboxState.REFUSED)
    page = tutor.get(f"/activities/{world.activity_id}/people")
    assert "Refused: Somebody changed the grade in the LMS." in page.text
    assert "The LMS shows 60, Miroir sent 80" in page.text and "Send ours again" in page.text
