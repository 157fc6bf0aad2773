from __future__ import annotations

import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.app import services_of
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.rules.vocabulary import OutboxState, WorkState
from tests.factories.work import add_participation, add_reflection
from tests.factories.world import World, make_world
from tests.support.visitor import Visitor, visit


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db)


@pytest.fixture
def tutor(app: Flask, world: World) -> Visitor:
    return visit(app, world, world.tutor)


def open_person(world: World, tutor: Visitor, number: int = 0) -> uuid.UUID:
    participation_id = add_participation(world, world.learners[number])
    page = tutor.get(f"/activities/{world.activity_id}/people/{participation_id}")
    assert page.status == 200
    return participation_id


def test_who_has_not_started_stands_beside_who_has(world: World, tutor: Visitor) -> None:
    add_reflection(world, world.learners[0])
    page = tutor.get(f"/activities/{world.activity_id}/people")
    assert "Not started 2" in page.text
    assert "Has not opened this activity" in page.text
    assert "Waits for your decision" in page.text
    page = tutor.get(f"/activities/{world.activity_id}/people", show="not_started")
    assert "Learner 2" in page.text and "Learner 1" not in page.text


def test_a_learner_without_a_name_has_a_word_instead(world: World, tutor: Visitor) -> None:
    world.add_learner("")
    page = tutor.get(f"/activities/{world.activity_id}/people")
    assert "Somebody without a name" in page.text


def test_a_level_is_confirmed_and_changed_later(world: World, tutor: Visitor) -> None:
    open_person(world, tutor)
    page = tutor.send("levels.0.competency", levels__0__level="3", levels__0__note="Seen at work")
    assert "The levels are saved." in page.text
    form = page.form("levels.0.competency")
    assert ("levels.0.level", "3") in form.fields
    assert ("levels.0.note", "\nSeen at work") in form.fields
    page = tutor.send("levels.0.competency", levels__0__level="4")
    assert ("levels.0.level", "4") in page.form("levels.0.competency").fields


def test_of_two_tutors_who_confirm_the_slower_is_told(
    app: Flask, world: World, tutor: Visitor
) -> None:
    slow = visit(app, world, world.educator)
    open_person(world, slow)
    open_person(world, tutor)
    tutor.send("levels.0.competency", levels__0__level="3")
    page = slow.send("levels.0.competency", levels__0__level="1")
    assert page.status == 409
    assert "Another tutor changed a level meanwhile" in page.text
    assert ("levels.0.level", "1") in page.form("levels.0.competency").fields
    page = slow.send("levels.0.competency")
    assert "The levels are saved." in page.text


def test_a_tutor_responds_where_no_peer_has(world: World, tutor: Visitor) -> None:
    add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    open_person(world, tutor)
    page = tutor.send("resonates", resonates="Asking first: yes.\n\nGo on.")
    assert "Your response is shared." in page.text
    assert "Asking first: yes." in page.text and "Responses received 1" in page.text
    page = tutor.send("resonates", question="What came of it?")
    assert "Responses received 1" in page.text and "What came of it?" in page.text


def test_an_empty_response_is_told_beside_its_field(world: World, tutor: Visitor) -> None:
    add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    open_person(world, tutor)
    page = tutor.send("resonates")
    assert page.status == 422
    assert "Write something in at least one of the parts." in page.text


def refuse_score(world: World, participation_id: uuid.UUID) -> None:
    with world.database.write() as session:
        session.add(
            OutboxMessage(
                registration_id=world.registration_id,
                line_item_id=session.scalars(select(LineItem.id)).one(),
                user_id=world.learners[0].user_id,
                participation_id=participation_id,
                payload={"scoreGiven": 40.0, "scoreMaximum": 100},
                state=OutboxState.REFUSED,
                reason="not_a_student",
                who_can_fix="teacher",
            )
        )


@pytest.mark.parametrize("place", ["person", "people"])
def test_a_refused_score_says_why_and_who_and_is_sent_again(
    world: World, tutor: Visitor, place: str
) -> None:
    participation_id = open_person(world, tutor)
    refuse_score(world, participation_id)
    path = f"/activities/{world.activity_id}/people"
    page = tutor.get(path if place == "people" else f"{path}/{participation_id}")
    assert "The LMS does not know this person as a learner of the course." in page.text
    assert "The teacher of the course can change that in the LMS." in page.text
    page = tutor.send(action="/retry/")
    assert "The score is on its way again." in page.text
    assert "40 waits to be sent" in page.text


def test_a_draft_stays_its_authors(world: World, tutor: Visitor) -> None:
    add_reflection(world, world.learners[0], "<p>Not yet</p>", state=WorkState.DRAFT)
    open_person(world, tutor)
    assert "Not yet" not in tutor.page.html
    assert "Drafts are their author" in tutor.page.text


def test_another_courses_tutor_cannot_change_anything(app: Flask, world: World) -> None:
    other = make_world(world.database)
    stranger = visit(app, other, other.tutor)
    mine, theirs = add_participation(world, world.learners[0]), other.activity_id
    for activity_id in (world.activity_id, theirs):
        assert stranger.get(f"/activities/{activity_id}/people/{mine}").status == 404
