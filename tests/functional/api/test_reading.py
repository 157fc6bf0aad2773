"""``/api/v1`` as a program reads it: with a token that an educator made, and with no other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from openapi_spec_validator import validate
from sqlalchemy import select

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.access import AccessToken
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.vocabulary import Anonymity, Role, WorkState
from lti_tool.secrecy import digest
from tests.factories.hidden import hidden
from tests.factories.varied import add_varied
from tests.factories.world import World, add_course, make_world
from tests.functional.test_foreign_ids import post
from tests.support.tables import in_csv, on_page

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is not about SQL."""
LEARNERS = 60
TOKEN = re.compile(r'id="access-token" dir="ltr">(miroir_[\w-]{43})<')
LISTS = ("learners", "scores", "reflections", "responses", "history")


def made(app: Flask, world: World, name: str = "Report", days: str = "30") -> str:
    """Make a token as an educator does; return it."""
    answer = post(app, world.handle(world.educator), "/access", name=name, days=days)
    found = TOKEN.search(answer.text)
    assert answer.status_code == 200 and found, answer.text
    return found[1]


def read(app: Flask, token: str, path: str, status: int = 200, **query: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = app.test_client().get(f"/api/v1{path}", headers=headers, query_string=query)
    assert answer.status_code == status, answer.text
    assert "Set-Cookie" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.mimetype == ("application/json" if status == 200 else "application/problem+json")
    if status == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    return answer.get_json()


def pieces(app: Flask, token: str, path: str, limit: int) -> Iterator[dict[str, Any]]:
    """Yield all of a list, piece by piece."""
    cursor: str | None = ""
    while cursor is not None:
        found = read(app, token, path, limit=limit, cursor=cursor)
        assert len(found["items"]) <= limit
        yield from found["items"]
        cursor = found["next"]


def page(app: Flask, world: World, path: str) -> Any:
    handle = world.handle(world.educator)
    return app.test_client().get(f"/s/{handle}/activities/{world.activity_id}/{path}")


def test_a_program_reads_what_the_pages_say(app: Flask) -> None:
    world = make_world(services_of(app).db, learners=0)
    add_varied(world, LEARNERS)
    token, here = made(app, world), f"/activities/{world.activity_id}"
    (activity,) = read(app, token, "/activities")["items"]
    assert activity == read(app, token, here) and activity["learners_begun"] == LEARNERS * 9 // 10
    told = {name: list(pieces(app, token, here + "/" + name, 7)) for name in LISTS}
    assert told["learners"] == read(app, token, here + "/learners", limit=200)["items"]
    people = in_csv(page(app, world, "people.csv").data)[1:]
    assert [one["name"] for one in told["learners"]] == [row[0] for row in people]
    for one, row in zip(told["learners"], people, strict=True):
        assert one["score"] == (float(row[8]) if row[8] else None)
        assert len(one["levels"]) == int(row[6] or 0)
        assert sum(item["state"] == "done" for item in one["progress"]) == int(row[4] or 0)
    scores = in_csv(page(app, world, "scores.csv").data)[1:]
    promised = [float(row[2]) for row in scores if row[2]]
    assert [one["points"] for one in told["scores"]] == promised and promised
    _counts_agree(world, told)
    _figures_agree(app, world, read(app, token, here + "/figures"))


def _counts_agree(world: World, told: dict[str, list[dict[str, Any]]]) -> None:
    models = {"reflections": Reflection, "responses": Response, "history": ModerationDecision}
    with world.database.read() as session:
        for name, model in models.items():
            query = select(model.id)
            if name != "history":
                query = query.where(model.state.not_in([WorkState.DRAFT, WorkState.SUBMITTED]))
            kept = sorted(str(key) for key in session.scalars(query))
            assert sorted(one["id"] for one in told[name]) == kept and kept, name
    moments = [one["at"] for one in told["history"]]
    assert moments == sorted(moments, reverse=True)


def _figures_agree(app: Flask, world: World, figures: dict[str, Any]) -> None:
    shown = on_page(page(app, world, "figures").text)
    assert figures["learners"] == LEARNERS and len(figures["tables"]) > 8
    seen: Counter[bool] = Counter()
    for table in figures["tables"]:
        rows = shown[f"t-{table['key']}"][1:]
        assert len(rows) == len(table["rows"])
        for row, cells in zip(table["rows"], rows, strict=True):
            for value, cell in zip(row["cells"], cells[1:], strict=True):
                words = {"–"} if value is None else {str(value)}
                if isinstance(value, int | float):
                    words = {f"{value:g}", f"{value:.0%}"}
                assert cell in words, (table["key"], value, cell)
                seen[cell == "hidden"] += 1
    assert seen[False] > 40


@SQLITE
def test_a_token_opens_one_course_for_its_educator_and_ends(app: Flask) -> None:
    world = make_world(services_of(app).db, learners=1)
    other = add_course(world, learners=1)
    token = made(app, world)
    with world.database.read() as session:
        assert session.scalars(select(AccessToken.token_hash)).all() == [digest(token)]
    foreign = f"/activities/{other.activity_id}"
    for path in ("", "/figures", *(f"/{name}" for name in LISTS)):
        read(app, token, foreign + path, 404)
    mine = f"/activities/{world.activity_id}/learners"
    for query in ({"limit": 0}, {"limit": 201}, {"cursor": "x"}, {"access_token": token}):
        assert read(app, token, mine, 422, **query)["errors"].keys() == query.keys()
    read(app, "", "/activities", 401, access_token=token)
    read(app, token[:-1], "/activities", 401)
    listed = app.test_client().get(f"/s/{world.handle(world.educator)}/access").text
    assert "Report" in listed and token not in listed and ">never<" not in listed
    _only_while_an_educator(app, world, token)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        read(app, token, "/activities", 401)
    key = re.search(r"/access/([0-9a-f-]{36})/withdraw", listed)
    assert key
    for whose, status in ((other, 404), (world, 303)):
        path = f"/access/{key[1]}/withdraw"
        assert post(app, whose.handle(whose.educator), path).status_code == status
    read(app, token, "/activities", 401)


def _only_while_an_educator(app: Flask, world: World, token: str) -> None:
    """Look that a token opens nothing as soon as its maker may not read the course."""
    for change in ({"granted_role": Role.TUTOR}, {"left_at": clock.now()}):
        with world.database.write() as session:
            row = session.get_one(Membership, world.educator.membership_id)
            before = {name: getattr(row, name) for name in change}
            for name, value in change.items():
                setattr(row, name, value)
        read(app, token, "/activities", 401)
        with world.database.write() as session:
            row = session.get_one(Membership, world.educator.membership_id)
            for name, value in before.items():
                setattr(row, name, value)
        read(app, token, "/activities")


@SQLITE
def test_names_that_staff_do_not_know_are_told_to_no_program(app: Flask) -> None:
    """Not even of whom they have asked for; and moments tell their day alone."""
    world = hidden(services_of(app).db, Anonymity.DOUBLE_BLIND)
    with world.database.write() as session:
        for one in session.scalars(select(Participation)):
            one.unmasked_at = clock.now()
    token, here = made(app, world), f"/activities/{world.activity_id}"
    told = {name: read(app, token, f"{here}/{name}")["items"] for name in LISTS}
    text = repr(told)
    assert all(told[name] for name in ("learners", "reflections", "responses", "history"))
    for learner in world.learners:
        assert learner.name not in text and str(learner.user_id) not in text
    moments = re.findall(r"\d{4}-\d\d-\d\dT[^']+", text)
    assert moments and all("T00:00:00" in moment for moment in moments)


@SQLITE
def test_the_document_describes_each_resource(app: Flask) -> None:
    client = app.test_client()
    document = client.get("/api/v1/openapi.json").get_json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    routes = {
        rule.rule.removeprefix("/api/v1").replace("<uuid:activity_id>", "{activity_id}")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("reading.")
    }
    assert set(document["paths"]) == routes
    page = client.get("/api/docs")
    assert page.status_code == 200 and "<script>" not in page.text
    assert all(f"GET {path}" in page.text for path in routes)
