"""The tutor's list of today, and the page of dates, over HTTP."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.rules.flagging import FlagReason
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.engine import completion, flagging
from tests.factories.activities import activity_values
from tests.factories.work import add_participation, add_reflection, add_response
from tests.factories.world import World, make_world
from tests.support.tables import in_csv
from tests.support.visitor import Visitor, visit

DAY = timedelta(days=1)


@pytest.fixture
def world(app: Flask) -> World:
    now = clock.now()
    due = {"now_due_at": now + 6 * DAY, "new_due_at": now + 9 * DAY, "next_due_at": now + 14 * DAY}
    return make_world(services_of(app).db, opens_at=now - 5 * DAY, **due)


@pytest.fixture
def tutor(app: Flask, world: World) -> Visitor:
    return visit(app, world, world.tutor)


def path(world: World, page: str) -> str:
    return f"/activities/{world.activity_id}/{page}"


def measure_all(world: World) -> None:
    with world.database.write() as session:
        for participation in session.scalars(select(Participation)):
            completion.refresh(session, participation)


def in_days(days: int) -> str:
    return (clock.now() + days * DAY).strftime("%Y-%m-%dT%H:%M")


def test_a_launch_leads_a_tutor_to_who_needs_them(app: Flask, world: World) -> None:
    page = visit(app, world, world.tutor).get("/")
    assert page.status == 200
    assert "Nobody needs you just now" in page.text
    with time_machine.travel(clock.now() + 4 * DAY):
        tutor = visit(app, world, world.tutor)
        page = tutor.get("/")
        assert "Has not opened the activity" in page.text
        assert "Not started 3" in page.text
        assert "Remind them" in page.text
        reminder = tutor.follow("Remind them")
        assert "Mail is not set up on this server" in reminder.text


def test_the_course_says_what_waits_in_each_activity(app: Flask, world: World) -> None:
    services = services_of(app)
    values = activity_values(title="Another activity")
    services.activities.create(world.viewer(world.educator), values)
    shown = add_reflection(world, world.learners[0], state=WorkState.RELEASED, age=4 * DAY)
    add_response(world, shown, world.learners[1], state=WorkState.HELD)
    with world.database.write() as session:
        work, reader = session.get_one(Reflection, shown), world.learners[2].user_id
        flagging.raise_flag(session, work, reader, FlagReason.HURTFUL, "")
    with time_machine.travel(clock.now() + 4 * DAY):
        measure_all(world)
        tutor = visit(app, world, world.tutor)
        tutor.get(path(world, "today"))
        page = tutor.follow("Activities of this course")
        listed = page.text.partition("Another activity")[2]  # the newest first
        other, here = listed.split("What I take from this month")
        assert "3 learners may need you" in other and "decision" not in other
        need = re.search(r"(\d) learners? may need you", here)
        assert need is not None and "2 texts wait for your decision" in here
        page = tutor.follow("may need you", part=str(world.activity_id))
        assert f"All {need[1]} " in page.text
        assert "2 texts wait for your decision" in page.text, "flags are counted, too"
        file = in_csv(tutor.client.get(page.link("CSV")).data)
        assert len(file) == int(need[1]) + 1
        assert file[1][:2] == ["Learner 3", "Has not opened the activity"]


def test_each_row_says_why_and_offers_what_can_be_done(world: World, tutor: Visitor) -> None:
    add_reflection(world, world.learners[0], state=WorkState.RELEASED, age=4 * DAY)
    measure_all(world)
    page = tutor.get(path(world, "today"))
    assert "Their reflection has had no response" in page.text
    page = tutor.follow(part="#respond")
    page = tutor.send("resonates", resonates="I know that well.")
    assert "Your response is shared." in page.text
    assert "Answered their reflection" in page.text and "before they asked" in page.text
    assert "Their reflection has had no response" not in tutor.get(path(world, "today")).text


def test_a_note_is_kept_and_its_reason_rests(app: Flask, world: World) -> None:
    with time_machine.travel(clock.now() + 4 * DAY):
        tutor = visit(app, world, world.tutor)
        tutor.get(path(world, "today"))
        page = tutor.send("note", note="", kind="motivational")
        assert page.status == 422 and "Write a word or two." in page.text
        tutor.get(path(world, "today"))
        page = tutor.send("note", note="Rang them up.", kind="socio_affective")
        assert "Noted." in page.text and "Not started 2" in page.text


def test_a_week_more_in_one_click_and_undone(app: Flask, world: World) -> None:
    with time_machine.travel(clock.now() + 5 * DAY):
        tutor = visit(app, world, world.tutor)
        tutor.get(path(world, "today"))
        page = tutor.send(action="/week")
        assert "They have a week more." in page.text
        page = tutor.get(path(world, "more-time"))
        assert "A week more" in page.text
        page = tutor.send(action="/undo")
        assert "Undone: the dates are as they were without it." in page.text


def test_more_time_for_all_who_have_not_handed_in(app: Flask, world: World, tutor: Visitor) -> None:
    add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    page = tutor.get(path(world, "more-time"))
    page = tutor.send("reason", now_due_at=in_days(20), new_due_at="", next_due_at="", reason="")
    assert page.status == 422 and "Please fill this in." in page.text
    page = tutor.send("reason", reason="The library moved", now_due_at=in_days(20))
    assert page.status == 422 and "Move this one as well." in page.text
    dates = {"new_due_at": in_days(25), "next_due_at": in_days(30)}
    page = tutor.send("reason", **dates)
    assert page.status == 200 and "2 learners would have more time" in page.text
    assert "Learner 2" in page.text and "Learner 1" not in page.text
    page = tutor.send("seen")
    assert "The time is given." in page.text and "The library moved" in page.text
    assert "Your date:" in visit(app, world, world.learners[1]).get("/").text
    assert "Your date:" not in visit(app, world, world.learners[0]).get("/").text


def test_dates_that_are_over_are_refused_beside_their_field(world: World, tutor: Visitor) -> None:
    tutor.get(path(world, "more-time"))
    page = tutor.send("reason", now_due_at=in_days(-2), reason="Ill")
    assert page.status == 422 and "This is over already." in page.text
    assert "f-now_due_at-error" in tutor.page.html


def test_who_was_faster_is_told_before_anything_is_given(world: World, tutor: Visitor) -> None:
    tutor.get(path(world, "more-time"))
    dates = {"now_due_at": in_days(20), "new_due_at": in_days(25), "next_due_at": in_days(30)}
    tutor.send("reason", reason="Ill", **dates)
    add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    page = tutor.send("seen")
    assert page.status == 409 and "It concerns others by now" in page.text
    assert "What was given" not in page.text
    assert "The time is given." in tutor.send("seen").text


def test_counted_as_complete_with_a_reason_and_undone(
    app: Flask, world: World, tutor: Visitor
) -> None:
    participation_id = add_participation(world, world.learners[0])
    tutor.get(path(world, f"people/{participation_id}"))
    page = tutor.send("override_points", override_points="101", override_reason="")
    assert page.status == 422
    page = tutor.send("override_points", override_points="70", override_reason="Told me all of it")
    assert "It counts as complete now" in page.text and "with 70 of 100" in page.text
    learner = visit(app, world, world.learners[0])
    assert "Told me all of it" in learner.get("/").text
    page = tutor.send(action="/complete/undo")
    assert "what is done counts again" in page.text
    assert "Told me all of it" not in learner.get("/").text


def test_a_learner_cannot_open_it_and_a_stranger_finds_nothing(app: Flask, world: World) -> None:
    learner = visit(app, world, world.learners[0])
    other = make_world(world.database)
    stranger = visit(app, other, other.tutor)
    for page in ("today", "more-time"):
        assert learner.get(path(world, page)).status == 403
        assert stranger.get(path(world, page)).status == 404
    assert tutor_nonsense(visit(app, world, world.tutor), world) == [404, 404]


def tutor_nonsense(tutor: Visitor, world: World) -> list[int]:
    return [
        tutor.get(path(world, "today"), show="nobody").status,
        tutor.get(path(world, "today"), after=str(uuid.uuid4())).status,
    ]
