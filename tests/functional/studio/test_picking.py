"""Picking among a course's activities, in the LMS's window and for a plain link."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert
from werkzeug.datastructures import MultiDict

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.rules.vocabulary import ActivityState, Role, SessionKind
from tests.factories.world import Person, World, add_course, make_world
from tests.support.queries import counted
from tests.support.visitor import Visitor, visit

SETTINGS = {
    "deep_link_return_url": "https://lms.example/return",
    "accept_types": ["ltiResourceLink"],
    "accept_multiple": True,
}
SAVE = ("do", "save")


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db, learners=1)


def opened(app: Flask, world: World, person: Person | None = None, **settings: Any) -> Visitor:
    """Open a deep linking window."""
    message = {"deep_linking": {**SETTINGS, **settings}}
    who = person or world.educator
    handle = world.handle(who, SessionKind.DEEP_LINKING, message=message)
    return Visitor(app.test_client(), handle)


def add_activities(world: World, count: int, **values: Any) -> list[uuid.UUID]:
    """Add activities to the course, the first one newest."""
    rows = [
        {
            "id": uuid.uuid4(),
            "registration_id": world.registration_id,
            "deployment_id": world.deployment_id,
            "context_id": world.context_id,
            "created_by_id": world.educator.user_id,
            "created_at": clock.now() + timedelta(minutes=count - number),
            "title": f"Week {number}",
            **values,
        }
        for number in range(count)
    ]
    with world.database.write() as session:
        session.execute(insert(Activity), rows)
    return [row["id"] for row in rows]


def state(world: World, activity_id: uuid.UUID) -> ActivityState:
    with world.database.read() as session:
        return session.get_one(Activity, activity_id).state


def listed(visitor: Visitor) -> list[str]:
    """Return the activities of the page, as its boxes name them."""
    return [choice for form in visitor.page.forms for choice in form.choices.get("activity", [])]


def go(
    visitor: Visitor,
    path: str = "/studio/existing",
    button: tuple[str, str] | None = None,
    **values: Any,
) -> None:
    """Send the list's form, as one of its buttons does."""
    form = visitor.page.form("activity", action="/studio/existing")
    pairs = MultiDict([*form.filled(values), *([button] if button else [])])
    visitor.get(path, **pairs.to_dict(flat=False))


def test_what_is_ticked_stays_ticked_from_page_to_page(app: Flask, world: World) -> None:
    made = [str(one) for one in add_activities(world, 30)]
    visitor = opened(app, world)
    visitor.get("/studio/existing")
    assert listed(visitor) == made[:25]
    go(visitor, activity=made[2:4], button=("after", made[24]))
    assert listed(visitor) == [*made[2:4], *made[25:], str(world.activity_id)]
    go(visitor, activity=[*made[2:4], made[29]], q="week 1")
    assert set(listed(visitor)) == {*made[2:4], made[29], made[1], *made[10:20]}
    assert "11 activities found" in visitor.page.text
    fields = visitor.page.form("q").fields
    assert [value for name, value in fields if name == "activity"] == [*made[2:4], made[29]]
    go(visitor, "/deep-linking/respond")
    assert visitor.page.status == 200 and "Week 29" in visitor.page.text


@pytest.mark.parametrize(("search", "found"), [("ÉCRI", 1), ("écri", 1), ("100%", 1), ("_", 0)])
def test_a_search_takes_letters_as_they_are(
    app: Flask, world: World, search: str, found: int
) -> None:
    add_activities(world, 1, title="Écrire à 100%")
    visitor = opened(app, world)
    visitor.get("/studio/existing", q=search)
    assert len(listed(visitor)) == found


def test_a_course_with_a_thousand_activities_is_no_slower(app: Flask, world: World) -> None:
    add_activities(world, 1000)
    visitor = opened(app, world)
    with counted(world.database) as statements:
        page = visitor.get("/studio/existing")
    assert page.status == 200 and "(1,001)" in page.text
    assert len(statements) <= 20
    assert len(page.text) < 60_000


def test_where_the_platform_takes_one_there_is_a_button_each(app: Flask, world: World) -> None:
    visitor = opened(app, world, accept_multiple=False)
    page = visitor.get("/studio/existing")
    assert listed(visitor) == []
    assert page.link("Place this one", f"/deep-linking/respond/{world.activity_id}")
    assert "Save, and choose more" not in visitor.get("/studio/choose").text


def test_new_ones_and_old_ones_go_together(app: Flask, world: World) -> None:
    visitor = opened(app, world)
    visitor.get("/studio/choose")
    page = visitor.send("title", title="Week 2", button=("do", "more"))
    assert "The activity is saved." in page.text and "Chosen" in page.text
    assert "Not yet placed" in page.text
    (chosen,) = [value for name, value in page.form("activity").fields if name == "activity"]
    go(visitor, "/deep-linking/respond", activity=[chosen, world.activity_id])
    assert visitor.page.status == 200 and visitor.page.form("JWT")


def test_the_platform_proposes_title_and_description(app: Flask, world: World) -> None:
    visitor = opened(app, world, title=" Week\n3 ", text="<p>Look <b>back</b> &amp; on</p>")
    fields = dict(visitor.get("/studio/choose").form("title").fields)
    assert (fields["title"], fields["description"].strip()) == ("Week 3", "Look back & on")
    visitor.send("title", button=SAVE)
    with world.database.read() as session:
        (made,) = session.query(Activity).filter(Activity.title == "Week 3")
    assert (made.description, made.state) == ("Look back & on", ActivityState.DRAFT)


@pytest.mark.parametrize("title", ["Miroir", "", None, 3, "\x00"])
def test_a_title_that_says_nothing_is_not_proposed(app: Flask, world: World, title: Any) -> None:
    page = opened(app, world, title=title, text=None).get("/studio/choose")
    assert dict(page.form("title").fields)["title"] == ""


def test_that_no_grade_will_flow_is_told_first(app: Flask, world: World) -> None:
    for path in ("/studio/choose", "/studio/existing"):
        assert "No grades from here" in opened(app, world, accept_lineitem=False).get(path).text
        assert "No grades from here" not in opened(app, world).get(path).text


def test_what_happens_next_is_told(app: Flask, world: World) -> None:
    at_once = opened(app, world, auto_create=True).get("/studio/choose").text
    assert "It is in the course at once." in at_once
    assert "shows a form next, save it there" in opened(app, world).get("/studio/choose").text


def test_a_draft_is_removed_and_brought_back(app: Flask, world: World) -> None:
    (draft,) = add_activities(world, 1, state=ActivityState.DRAFT)
    visitor = opened(app, world)
    visitor.get("/studio/existing")
    page = visitor.send(action="/studio/archive", button=("activity", str(draft)))
    assert "Removed from this list." in page.text and str(draft) not in listed(visitor)
    assert state(world, draft) is ActivityState.ARCHIVED
    page = visitor.send(action="/studio/restore")
    assert "Undone" in page.text and str(draft) in listed(visitor)
    assert state(world, draft) is ActivityState.DRAFT


def test_what_is_placed_or_elsewhere_is_not_removed(app: Flask, world: World) -> None:
    other = add_course(world, learners=1)
    (foreign,) = add_activities(other, 1, state=ActivityState.DRAFT)
    (written,) = add_activities(world, 1, state=ActivityState.DRAFT)
    with world.database.write() as session:
        link = session.get_one(ResourceLink, world.resource_link_id)
        link.activity_id = written
    visitor = opened(app, world)
    for activity_id in (world.activity_id, foreign, written, uuid.uuid4(), "x"):
        visitor.get("/studio/existing")
        page = visitor.send(action="/studio/archive", button=("activity", str(activity_id)))
        assert page.status == 404
    assert state(world, foreign) is state(world, written) is ActivityState.DRAFT


def test_a_plain_link_makes_a_draft_public(app: Flask, world: World) -> None:
    (draft,) = add_activities(world, 1, state=ActivityState.DRAFT)
    with world.database.write() as session:
        session.get_one(ResourceLink, world.resource_link_id).activity_id = None
    visitor = visit(app, world, world.educator)
    visitor.get("/studio/existing")
    visitor.send(action="/studio/pick", button=("activity", str(draft)))
    assert state(world, draft) is ActivityState.PUBLISHED


def test_a_draft_can_be_looked_at_and_changed(app: Flask, world: World) -> None:
    visitor = opened(app, world)
    visitor.get("/studio/choose")
    visitor.send("title", title="Week 2", button=("do", "preview"))
    with world.database.read() as session:
        draft = session.query(Activity).filter(Activity.title == "Week 2").one().id
    page = visitor.get(f"/activities/{draft}/preview")
    assert "This is what a learner sees" in page.text
    assert page.link("Place it in the course", f"/deep-linking/respond/{draft}")
    assert visitor.get(f"/activities/{draft}/settings").status == 200


def test_nobody_picks_from_elsewhere(app: Flask, world: World) -> None:
    for kind, person in (
        (SessionKind.SUBMISSION_REVIEW, world.educator),
        (SessionKind.RESOURCE_LINK, world.tutor),
    ):
        assert visit(app, world, person, kind).get("/studio/existing").status == 404
    assert visit(app, world, world.learners[0]).get("/studio/existing").status == 403
    assert opened(app, world, world.tutor).get("/studio/existing").status == 200
    assert opened(app, world).get("/studio/existing", after="x").status == 404
    assert opened(app, world).get("/studio/existing", after=str(uuid.uuid4())).status == 404


def test_a_participant_s_window_only_leads_back(app: Flask, world: World) -> None:
    somebody = world.add_learner("Curious", Role.PARTICIPANT)
    page = opened(app, world, somebody).get("/")
    assert page.link("Back to Library school", "/deep-linking/give-up")
