"""The course list on the tutor's page of learners."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.platforms import Registration
from lti_tool.models.roster import RosterSync
from lti_tool.rules.vocabulary import PlatformFamily, Role, RosterState, WorkState
from lti_tool.services.roster import states
from tests.factories.work import add_reflection
from tests.factories.world import World, make_world
from tests.support.queries import counted
from tests.support.visitor import Visitor, visit


@pytest.fixture
def world(app: Flask) -> World:
    made = make_world(services_of(app).db)
    with made.database.write() as session:
        session.execute(update(Context).values(memberships_url="https://lms.example/members"))
        states.expect(session, made.context_id)
    set_state(made, RosterState.DONE, updated_at=clock.now() - timedelta(hours=2))
    return made


@pytest.fixture
def tutor(app: Flask, world: World) -> Visitor:
    return visit(app, world, world.tutor)


def set_state(world: World, state: RosterState, **values: object) -> None:
    with world.database.write() as session:
        later = clock.now() + timedelta(hours=20)
        session.execute(update(RosterSync).values(state=state, next_at=later, **values))


def list_only(world: World, number: int = 1, role: Role = Role.LEARNER) -> None:
    """Add people whom only the course list names."""
    with world.database.write() as session:
        for one in range(number):
            user = User(registration_id=world.registration_id, sub=f"l{one}", name=f"Listed {one}")
            session.add(user)
            session.flush()
            row = Membership(context_id=world.context_id, user_id=user.id, role=role)
            row.listed_role = role
            session.add(row)


def leave(world: World, number: int) -> None:
    with world.database.write() as session:
        membership = session.get_one(Membership, world.learners[number].membership_id)
        membership.left_at = clock.now()


def people(world: World, tutor: Visitor, show: str = "all") -> str:
    return tutor.get(f"/activities/{world.activity_id}/people", show=show).text


def test_who_never_launched_is_listed_as_not_started(world: World, tutor: Visitor) -> None:
    list_only(world)
    text = people(world, tutor, "not_started")
    assert "Listed 0" in text and "Not started 4" in text
    assert "Has not opened any Miroir activity of this course yet" in text
    assert "updated 2 hours ago" in text


def test_in_moodle_a_tutor_may_stand_among_those_who_never_launched(
    world: World, tutor: Visitor
) -> None:
    hint = "Moodle lists tutors (non-editing teachers) like learners"
    list_only(world)
    assert hint in people(world, tutor)
    with world.database.write() as session:
        session.get_one(Registration, world.registration_id).family = PlatformFamily.CANVAS
    assert hint not in people(world, tutor)
    with world.database.write() as session:
        session.get_one(Registration, world.registration_id).family = PlatformFamily.MOODLE
        session.execute(update(Membership).values(launched_role=Role.LEARNER))
    assert hint not in people(world, tutor)


def test_staff_by_listing_are_no_learners(world: World, tutor: Visitor) -> None:
    list_only(world, role=Role.TUTOR)
    assert "Listed 0" not in people(world, tutor)


def test_who_left_is_shown_by_their_work_alone(world: World, tutor: Visitor) -> None:
    add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    leave(world, 0)
    leave(world, 1)
    text = people(world, tutor)
    assert "Learner 1" in text and "Learner 2" not in text and "first self-rating" not in text
    assert "No longer in the course 1" in text and "Levels to confirm 0" in text
    assert "Learner 1" in people(world, tutor, "gone")


def test_the_button_asks_for_the_list_and_asking_twice_asks_once(
    world: World, tutor: Visitor
) -> None:
    people(world, tutor)
    page = tutor.send(action="/roster")
    assert "The course list is asked for." in page.text
    assert "The course list is being read. Last updated 2 hours ago" in page.text
    with world.database.read() as session:
        row = session.get_one(RosterSync, world.context_id)
    assert row.state is RosterState.DUE and row.next_at <= clock.now() and row.wanted


def test_a_part_of_the_page_asks_how_it_went(app: Flask, world: World, tutor: Visitor) -> None:
    path = f"/s/{tutor.handle}/activities/{world.activity_id}/roster"
    set_state(world, RosterState.RUNNING)
    part = tutor.client.get(path, headers={"HX-Request": "true"})
    assert b"every 3s" in part.data and b"<html" not in part.data
    set_state(world, RosterState.DONE)
    part = tutor.client.get(path, headers={"HX-Request": "true"})
    assert b"every 3s" not in part.data and b"Show the list anew" in part.data
    assert tutor.client.get(path).status_code == 303


def test_a_failure_says_why_and_who_can_change_it(world: World, tutor: Visitor) -> None:
    set_state(world, RosterState.FAILED, reason="forbidden", who_can_fix="lms_admin")
    text = people(world, tutor)
    assert "does not let Miroir read this course’s list" in text
    assert "The LMS's administrator can change that." in text
    assert "Last updated 2 hours ago" in text


def test_a_course_without_a_list_says_so(app: Flask, world: World) -> None:
    other = make_world(world.database)
    tutor = visit(app, other, other.tutor)
    text = people(other, tutor)
    assert "has not shared a list of this course" in text
    path = f"/s/{tutor.handle}/activities/{other.activity_id}/roster"
    assert tutor.client.get(path, headers={"HX-Request": "true"}).status_code == 200


def test_learners_and_other_courses_are_kept_out(app: Flask, world: World) -> None:
    learner = visit(app, world, world.learners[0])
    stranger = make_world(world.database)
    foreign = visit(app, stranger, stranger.tutor)
    for visitor, status in ((learner, 403), (foreign, 404)):
        path = f"/s/{visitor.handle}/activities/{world.activity_id}/roster"
        answer = visitor.client.get(path, headers={"HX-Request": "true"})
        assert answer.status_code == status


def test_the_page_costs_the_same_with_many_listed(world: World, tutor: Visitor) -> None:
    with counted(services_of(tutor.client.application).db) as few:
        people(world, tutor)
    list_only(world, 20)
    with counted(services_of(tutor.client.application).db) as many:
        people(world, tutor)
    assert len(many) == len(few)
