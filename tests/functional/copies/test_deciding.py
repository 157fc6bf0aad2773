"""What staff and learners see of a copied activity, and what an educator decides about it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.participations import Participation
from lti_tool.models.people import Context
from lti_tool.rules.vocabulary import ActivityState, CopySign
from lti_tool.services.sweeps import Sweeps
from tests.factories.work import add_participation, add_reflection
from tests.factories.world import World, add_course, make_world
from tests.support.visitor import Visitor, visit

LAST_YEAR = datetime(2025, 9, 1, 9, tzinfo=UTC)
OVER = {
    "opens_at": LAST_YEAR,
    "now_due_at": LAST_YEAR + timedelta(days=14, hours=8),
    "next_due_at": LAST_YEAR + timedelta(days=42, hours=8),
}
BANNER = "nobody’s work came along"


@pytest.fixture
def world(app: Flask) -> World:
    """Return a course whose activity is a copy of another course's, with last year's dates."""
    world = make_world(services_of(app).db, **OVER)
    mark(world, add_course(world).activity_id)
    return world


@pytest.fixture
def educator(app: Flask, world: World) -> Visitor:
    return visit(app, world, world.educator)


def mark(world: World, original: uuid.UUID, **values: Any) -> None:
    """Let the activity of a world be a copy of another."""
    with world.database.write() as session:
        activity = session.get_one(Activity, world.activity_id)
        activity.copied_from_id, activity.copied_at = original, clock.now()
        activity.copied_by_sign = CopySign.ACTIVITY_ID
        for name, value in values.items():
            setattr(activity, name, value)


def activity(world: World) -> Activity:
    with world.database.read() as session:
        return session.get_one(Activity, world.activity_id)


def opened(world: World) -> uuid.UUID | None:
    with world.database.read() as session:
        return session.get_one(ResourceLink, world.resource_link_id).activity_id


def twin(world: World) -> uuid.UUID:
    """Let the copy be a duplicate in its own course; return the original's id."""
    original = add_course(world)
    with world.database.write() as session:
        session.get_one(Activity, original.activity_id).context_id = world.context_id
    mark(world, original.activity_id)
    return original.activity_id


def test_an_educator_is_told_and_has_the_choice(educator: Visitor) -> None:
    page = educator.get("/")
    assert "Copied from Library practice" in page.text and BANNER in page.text
    assert page.link("Shift the dates…")
    assert page.form(action="/copy/keep") and page.form(action="/copy/leave")
    assert not [form for form in page.forms if "/copy/original" in form.action]


@pytest.mark.parametrize("path", ["/people", "/settings"])
def test_the_banner_stands_on_every_page_of_the_activity(
    world: World, educator: Visitor, path: str
) -> None:
    assert BANNER in educator.get(f"/activities/{world.activity_id}{path}").text


def test_a_tutor_is_told_but_cannot_decide(app: Flask, world: World) -> None:
    tutor = visit(app, world, world.tutor)
    page = tutor.get("/")
    assert BANNER in page.text and "An educator of this course decides" in page.text
    assert not [form for form in page.forms if "/copy/" in form.action]
    assert tutor.get(f"/activities/{world.activity_id}/shift").status == 403


def test_who_keeps_the_dates_is_not_asked_again(world: World, educator: Visitor) -> None:
    educator.get("/")
    page = educator.send(action="/copy/keep")
    assert "The dates stay as they are." in page.text and BANNER not in page.text
    assert activity(world).copy_checked_at is not None
    assert activity(world).opens_at == LAST_YEAR


def test_dates_are_shown_before_they_are_moved(world: World, educator: Visitor) -> None:
    educator.get("/")
    page = educator.follow("Shift the dates…")
    assert "Monday, September 1, 2025" in page.text
    page = educator.send("day", day="2030-09-04", button=("do", "save"))
    assert "Wednesday, September 4, 2030" in page.text  # another day than was shown
    assert "Begin on Monday, September 2, 2030 to keep them." in page.text
    assert activity(world).opens_at == LAST_YEAR
    page = educator.send("day", button=("do", "save"))
    assert "The dates are moved." in page.text and BANNER not in page.text
    moved = activity(world)
    assert moved.opens_at == datetime(2030, 9, 4, 9, tzinfo=UTC)
    assert moved.next_due_at == datetime(2030, 10, 16, 17, tzinfo=UTC)


@pytest.mark.parametrize("day", ["", "soon", "0001-01-01", "9999-12-31", "2030-02-30"])
def test_a_day_that_is_none_is_told_beside_its_field(educator: Visitor, day: str) -> None:
    educator.get("/")
    educator.follow("Shift the dates…")
    page = educator.send("day", day=day, button=("do", "save"))
    assert page.status == 422 and "Write a date, like 2030-05-31." in page.text
    assert ("day", day) in page.form("day").fields


def test_of_two_educators_who_move_dates_one_is_told(
    app: Flask, world: World, educator: Visitor
) -> None:
    slow = visit(app, world, world.educator)
    for visitor in (slow, educator):
        visitor.get(f"/activities/{world.activity_id}/shift")
    educator.send("day", button=("do", "save"))
    page = slow.send("day", button=("do", "save"))
    assert page.status == 409 and "Somebody was faster" in page.text


def test_an_activity_without_dates_has_none_to_move(app: Flask) -> None:
    world = make_world(services_of(app).db)
    mark(world, add_course(world).activity_id)
    educator = visit(app, world, world.educator)
    page = educator.get("/")
    assert "It has no dates." in page.text
    assert educator.get(f"/activities/{world.activity_id}/shift").status == 404


def test_a_learner_waits_while_all_dates_are_those_of_last_year(app: Flask, world: World) -> None:
    learner = visit(app, world, world.learners[0])
    assert "Your educator is still preparing it" in learner.get("/").text
    Sweeps(world.database).run()
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    educator = visit(app, world, world.educator)
    educator.get("/")
    educator.send(action="/copy/keep")
    assert "still preparing" not in learner.get("/").text


def test_a_learner_begins_at_once_where_a_date_is_still_to_come(app: Flask, world: World) -> None:
    mark(world, uuid.uuid4(), next_due_at=clock.now() + timedelta(days=9))
    learner = visit(app, world, world.learners[0])
    assert "still preparing" not in learner.get("/").text


def test_a_copy_that_somebody_works_in_does_not_close_under_them(app: Flask, world: World) -> None:
    now = clock.now()
    mark(world, uuid.uuid4(), next_due_at=now - timedelta(days=1), copied_at=now - timedelta(9))
    learner = visit(app, world, world.learners[0])
    assert "still preparing" not in learner.get("/").text


def test_a_duplicate_can_open_the_original_after_all(world: World, educator: Visitor) -> None:
    original = twin(world)
    add_participation(world, world.learners[0])  # looked in, did nothing
    page = educator.get("/")
    assert "A copy of an activity of this course" in page.text
    page = educator.send(action="/copy/original")
    assert "This link opens the original again." in page.text
    assert opened(world) == original
    assert activity(world).state is ActivityState.ARCHIVED
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Participation)) == 0


@pytest.mark.parametrize("path", ["original", "leave"])
def test_a_copy_that_has_work_in_it_is_not_left(world: World, educator: Visitor, path: str) -> None:
    twin(world)
    educator.get("/")
    add_reflection(world, world.learners[0])
    page = educator.send(action=f"/copy/{path}")
    assert "a learner has begun in this copy" in page.text
    assert opened(world) == world.activity_id
    assert not [form for form in page.forms if "/copy/leave" in form.action]


def test_another_activity_can_be_chosen_instead(world: World, educator: Visitor) -> None:
    educator.get("/")
    page = educator.send(action="/copy/leave")
    assert "A new reflection activity" in page.text
    assert opened(world) is None
    assert activity(world).state is ActivityState.ARCHIVED


@pytest.mark.parametrize("path", ["keep", "original", "leave"])
def test_what_is_not_there_cannot_be_decided(world: World, educator: Visitor, path: str) -> None:
    foreign = make_world(world.database)
    educator.get("/")
    form = educator.page.form(action="/copy/keep")
    address = form.action.replace(str(world.activity_id), str(foreign.activity_id))
    answer = educator.client.post(address.replace("keep", path), data=dict(form.fields))
    assert answer.status_code == 404
    assert activity(foreign).copy_checked_at is None


def test_activities_of_the_courses_before_can_be_copied_by_hand(app: Flask, world: World) -> None:
    with world.database.write() as session:
        session.get_one(ResourceLink, world.resource_link_id).activity_id = None
    before = add_course(world)
    stranger = make_world(world.database)
    handle = world.handle(world.educator, message={"copied_from": context_of(before)})
    educator = Visitor(app.test_client(), handle)
    page = educator.get("/")
    assert "of the course that this one was copied from" in page.text
    form = page.form(action="/studio/copy")
    foreign = {**dict(form.fields), "activity": str(stranger.activity_id)}
    assert educator.client.post(form.action, data=foreign).status_code == 404
    page = educator.send(action="/studio/copy")
    assert "a copy of that activity’s settings" in page.text and BANNER in page.text
    with world.database.read() as session:
        made = session.get_one(Activity, opened(world))
        assert (made.copied_from_id, made.copied_by_sign) == (
            before.activity_id,
            CopySign.CHOSEN,
        )


def context_of(world: World) -> list[str]:
    with world.database.read() as session:
        return [session.get_one(Context, world.context_id).lti_id]


def test_nothing_is_offered_that_the_launch_did_not_tell_of(app: Flask, world: World) -> None:
    before = add_course(world)
    copies = services_of(app).copies
    viewer = world.viewer(world.educator)
    assert copies.candidates(viewer) == []
    assert copies.candidates(replace(viewer, context_id=before.context_id)) == []
