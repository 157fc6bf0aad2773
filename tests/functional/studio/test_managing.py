"""From a draft to the archive: the check list, dates, presets, files; and who may not."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from flask import Flask

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.people import Membership
from lti_tool.rules.vocabulary import Role, SessionKind
from tests.factories.learning import reflect
from tests.factories.world import World, add_course, make_world
from tests.support.visitor import Visitor, visit

SAVE = ("do", "save")


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db, next_due_at=clock.now() + timedelta(days=9))


@pytest.fixture
def educator(app: Flask, world: World) -> Visitor:
    return visit(app, world, world.educator)


def manage(world: World) -> str:
    return f"/activities/{world.activity_id}/manage"


def activity(world: World) -> Activity:
    with world.database.read() as session:
        return session.get_one(Activity, world.activity_id)


def test_what_is_risky_is_told_with_where_to_change_it(world: World, educator: Visitor) -> None:
    with world.database.write() as session:
        found = session.get_one(Activity, world.activity_id)
        found.now_due_at, found.responses_required = clock.now() - timedelta(days=1), 5
    page = educator.get(manage(world))
    assert "1 date is over already." in page.text
    assert "there are 2 other learners" in page.text
    assert page.link("Change it", "/settings#dates")


def test_it_is_scheduled_opened_and_extended(world: World, educator: Visitor) -> None:
    due = activity(world).next_due_at
    educator.get(manage(world))
    tomorrow = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    page = educator.send("opens_at", opens_at=tomorrow, button=("do", "then"))
    assert "Scheduled" in page.text
    page = educator.send("opens_at", opens_at="2199-01-01T10:00", button=("do", "then"))
    assert page.status == 422 and "This has to be before the first date." in page.text
    page = educator.send("opens_at", button=("do", "now"))
    assert "Learners can take part." in page.text
    educator.send("days", days="3")
    moved = activity(world)
    assert (moved.opens_at, moved.next_due_at) == (None, due + timedelta(days=3))
    assert educator.send("days", days="0").status == 422


def test_who_was_slower_is_told(app: Flask, world: World, educator: Visitor) -> None:
    slow = visit(app, world, world.educator)
    for visitor in (slow, educator):
        visitor.get(manage(world))
    educator.send("days")
    page = slow.send("days")
    assert page.status == 409 and "Somebody was faster" in page.text


def test_an_archived_activity_is_there_to_read(app: Flask, world: World, educator: Visitor) -> None:
    reflect(world, world.learners[0])
    learner = visit(app, world, world.learners[0])
    educator.get(manage(world))
    page = educator.send(action="/manage/archive")
    assert "Learners read what is theirs, and change nothing." in page.text
    page = learner.get("/")
    assert "This activity is archived" in page.text
    assert "I listen first" in learner.follow("Your reflection").text
    learner.get("/")
    assert "Download my work" in learner.follow("My work").text
    other = visit(app, world, world.learners[1]).get(f"/activities/{world.activity_id}/now")
    assert "This activity is archived" in other.text
    picking = world.viewer(world.educator, SessionKind.DEEP_LINKING)
    assert services_of(app).activity_lists.count(picking) == 0
    educator.get(manage(world))
    educator.send(action="/manage/reopen")
    assert "This activity is archived" not in learner.get("/").text


def test_a_file_brings_an_activity_back(app: Flask, world: World, educator: Visitor) -> None:
    address = f"/s/{educator.handle}/activities/{world.activity_id}/activity.json"
    document = json.loads(educator.client.get(address).data)
    assert (document["format"], document["version"]) == ("miroir-activity", 1)
    assert len(document["competencies"]) == 2 and "Learner" not in json.dumps(document)
    window = visit(app, world, world.educator, SessionKind.DEEP_LINKING)
    window.get("/studio/sources")
    page = window.send("document", document=json.dumps({**document, "title": "Again"}))
    assert "What do you do now?" in page.html
    window.send("title", button=SAVE)
    with world.database.read() as session:
        made = session.query(Activity).order_by(Activity.created_at.desc()).first()
        assert made.title == "Again" and len(made.competencies) == 2
        assert [one.min_words for one in made.current_version.prompts] == [3, 0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"prompts": [{"text": "Why?", "max_words": "many"}]}, "prompts[0].max_words: "),
        ({"prompts": [{"text": "Why?", "min_words": 9, "max_words": 8}]}, "prompts[0].max_words: "),
        ({"responses_required": 11}, "responses_required: "),
        ({"weights": {"reflection": 100}}, "weights.responses: This is missing."),
        ({"weather": "fine"}, "weather: There is no such field."),
        ({"version": 9}, "Written by a newer Miroir"),
        ({"format": "other"}, "Not an activity of Miroir."),
        ({"prompts": []}, "prompts: Ask at least one question."),
        ({"dates": {"now_due_at": "soon"}}, "dates.now_due_at: "),
        ({"dates": {"now_due_at": "0001-01-01T00:00:00+23:00"}}, "dates.now_due_at: "),
        ({"dates": {"now_due_at": "9999-12-31T23:59:59-12:00"}}, "dates.now_due_at: "),
    ],
)
def test_a_bad_file_is_refused_by_path(
    app: Flask, world: World, change: dict[str, object], told: str
) -> None:
    good = {
        "format": "miroir-activity",
        "version": 1,
        "title": "T",
        "locale": "en",
        "prompts": [{"text": "Why?"}],
    }
    window = visit(app, world, world.educator, SessionKind.DEEP_LINKING)
    window.get("/studio/sources")
    page = window.send("document", document=json.dumps({**good, **change}))
    assert page.status == 422 and told in page.text


def test_a_number_of_many_digits_is_no_activity(app: Flask, world: World) -> None:
    window = visit(app, world, world.educator, SessionKind.DEEP_LINKING)
    window.get("/studio/sources")
    page = window.send("document", document="1" * 5000)
    assert page.status == 422 and "Not an activity of Miroir." in page.text


def test_what_is_no_json_is_told_by_line(app: Flask, world: World) -> None:
    window = visit(app, world, world.educator, SessionKind.DEEP_LINKING)
    window.get("/studio/sources")
    token = dict(window.page.form("document").fields)["csrf_token"]
    sent = {"csrf_token": token, "file": (io.BytesIO(b'{\n"a": }'), "a.json")}
    answer = window.client.post(f"/s/{window.handle}/studio/import", data=sent)
    assert answer.status_code == 422 and "line 2" in answer.text
    assert 'id="f-file-error"' in answer.text, "beside the file, not beside the text"


def test_a_preset_is_shared_within_the_registration(
    app: Flask, world: World, educator: Visitor
) -> None:
    educator.get(manage(world))
    educator.send("name", name="Our way")
    colleague, stranger = add_course(world), make_world(world.database)
    window = visit(app, colleague, colleague.educator, SessionKind.DEEP_LINKING)
    window.get("/studio/sources")
    assert "Our way" in window.page.text
    page = window.follow("Begin with this one “Our way”")
    assert "A copy, not saved yet" in page.text and "What do you do now?" in page.html
    address = page.url.split(window.handle)[1]
    elsewhere = visit(app, stranger, stranger.educator, SessionKind.DEEP_LINKING)
    assert elsewhere.get(address.partition("?")[0], preset=address.partition("=")[2]).status == 404
    assert "Our way" not in elsewhere.get("/studio/sources").text


def test_activities_of_own_courses_can_be_copied_and_no_others(app: Flask, world: World) -> None:
    other, foreign = add_course(world), add_course(world)
    with world.database.write() as session:
        link = session.get_one(ResourceLink, world.resource_link_id)
        link.activity_id = None
        session.add(
            Membership(
                context_id=other.context_id, user_id=world.educator.user_id, role=Role.EDUCATOR
            )
        )
    educator = visit(app, world, world.educator)
    educator.get("/studio/sources")
    address = f"/studio/attach?from={foreign.activity_id}"
    assert str(other.activity_id) in educator.page.html
    assert str(foreign.activity_id) not in educator.page.html
    page = educator.follow("Begin with this one")
    assert "A copy, not saved yet" in page.text
    page = educator.send("title", title="Ours", button=SAVE)
    assert "This link opens the activity now." in page.text
    assert educator.client.get(f"/s/{educator.handle}{address}").status_code in (303, 404)


def test_only_educators_of_the_course_manage_it(app: Flask, world: World) -> None:
    stranger = make_world(world.database)
    for person, own, status in (
        (world.tutor, world, 403),
        (world.learners[0], world, 403),
        (stranger.educator, stranger, 404),
    ):
        visitor = visit(app, own, person)
        for path in ("", "/../activity.json"):
            address = f"/activities/{world.activity_id}/manage{path}".replace("/manage/..", "")
            assert visitor.get(address).status == status
