"""Input that no browser of a person sends: refused in words or put right, never a fault."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.models import Database
from lti_tool.models.people import User
from lti_tool.rules.vocabulary import WorkState
from lti_tool.schemas.fields import LOCAL_FORMAT
from tests.factories.work import add_reflection
from tests.factories.world import Person, World, make_world
from tests.support.visitor import visit

DEEP = ("[" * 100_000, '{"fields":' + '{"a":' * 5_000 + "1" + "}" * 5_001)


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database)


def post(app: Flask, world: World, person: Person, path: str, **sent: Any) -> TestResponse:
    handle = world.handle(person)
    token = app.extensions["miroir"].secrets.sign("csrf", handle)
    answer: TestResponse = app.test_client().post(
        f"/s/{handle}{path}", headers={"X-CSRF-Token": token}, **sent
    )
    return answer


def test_a_name_is_kept_without_what_a_database_refuses(app: Flask, world: World) -> None:
    learner = world.learners[0]
    assert post(app, world, learner, "/name", data={"name": "Le\x00a"}).status_code == 303
    with world.database.read() as session:
        assert session.get_one(User, learner.user_id).chosen_name == "Lea"


@pytest.mark.parametrize("body", DEEP)
@pytest.mark.parametrize("path", ["/activities/{}/now/draft", "/time-zone"])
def test_deep_json_is_bad_input(app: Flask, world: World, path: str, body: str) -> None:
    path = path.format(world.activity_id)
    sent = {"data": body, "content_type": "application/json"}
    assert post(app, world, world.learners[0], path, **sent).status_code == 422


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_page_at_the_end_of_time_is_not_found(app: Flask, world: World, moment: str) -> None:
    page = visit(app, world, world.tutor).get(
        f"/activities/{world.activity_id}/desk", after=f"{moment}~{world.activity_id.hex}"
    )
    assert page.status == 404


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_date_at_the_end_of_time_is_bad_input(app: Flask, world: World, year: str) -> None:
    visitor = visit(app, world, world.educator)
    visitor.get(f"/activities/{world.activity_id}/settings")
    moment = re.sub("%Y", year, LOCAL_FORMAT)
    for form, value in (("%m", "12"), ("%d", "31"), ("%H", "23"), ("%M", "59")):
        moment = moment.replace(form, value)
    page = visitor.send("title", "opens_at", button=("do", "save"), opens_at=moment)
    assert page.status == 422
    assert moment in page.html


@pytest.mark.parametrize("act", ["up." + "9" * 5_000, "up.²", "down.-1", "remove.99", "up."])
def test_a_question_that_is_not_there_is_not_moved(app: Flask, world: World, act: str) -> None:
    visitor = visit(app, world, world.educator)
    visitor.get(f"/activities/{world.activity_id}/settings")
    assert visitor.send("title", "opens_at", button=("do", act)).status == 200


@pytest.mark.parametrize(
    "following", ["reflection:a\nb", "reflection://evil.example/", "reflection:..", "x:y", ":"]
)
def test_what_follows_a_decision_is_work_or_the_list(
    app: Flask, world: World, following: str
) -> None:
    reflection_id = add_reflection(world, world.learners[0], state=WorkState.HELD)
    visitor = visit(app, world, world.tutor)
    page = visitor.get(f"/activities/{world.activity_id}/desk/reflection/{reflection_id}")
    form = dict(page.form("expected").filled({"step": "release", "following": following}))
    answer = visitor.client.post(page.form("expected").action.split("#")[0], data=form)
    assert answer.status_code == 303
    assert answer.headers["Location"].split("?")[0].endswith(f"{world.activity_id}/desk")


def test_methods_of_any_name_are_counted_as_one(app: Flask) -> None:
    client = app.test_client()
    for number in range(3):
        client.open("/healthz", method=f"ODD{number}")
    assert "ODD" not in client.get("/metrics").text
