"""Criteria from the educator who writes them to the tutor who reads what came of them."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.app import services_of
from lti_tool.models.responses import Response
from tests.factories.criteria import OWN, respond_by_criteria, set_criteria, stored
from tests.factories.learning import WORDS, reflect
from tests.factories.world import Person, World, make_world
from tests.support.visitor import Visitor, visit

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
COMMENT = "In the third line I nearly see Mrs Archer, a stupid place to stop"


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db, learners=2, responses_required=1)


def here(world: World, path: str = "") -> str:
    return f"/activities/{world.activity_id}{path}"


def write_criteria(app: Flask, world: World) -> None:
    """Let the educator write criteria and an example, without script."""
    educator = visit(app, world, world.educator)
    educator.get(here(world, "/settings"))
    assert "Begin with a ready set" in educator.follow(part="/criteria").text
    educator.send("min_words", set="short", button=("do", "set"))
    educator.send("min_words", button=("do", "add"))
    educator.send("min_words", button=("do", "up.1"))
    wrong = educator.send("min_words", criteria__0__label_1="Cool", button=("do", "save"))
    assert wrong.status == 422 and "At least 2 levels" in wrong.text
    assert wrong.form("min_words").filled({})  # what was typed is there still
    own = {"name": "Warm", "asks": "Is it kind?", "label_1": "Cool", "label_2": "Warm"}
    typed = {f"criteria__0__{name}": value for name, value in own.items()}
    typed |= {"min_words": "3", "calibration_minimum": "1", "calibration_skippable": "1"}
    assert (
        "The criteria are saved" in educator.send("min_words", button=("do", "save"), **typed).text
    )
    assert [one.name for one in stored(world)] == ["Warm", "Opens a next step"]
    educator.follow(part="/exemplars")
    educator.follow(part="/exemplars/new")
    names = [name for name in educator.page.form("origin").names if "reason-" in name]
    levels = {name.replace("reason", "level"): "2" for name in names}
    typed = {"title": "A morning", "text": WORDS, "origin": "given", **levels}
    typed |= dict.fromkeys(names, "The last line says so")
    assert "only with their consent" in educator.send("origin", **typed).text
    assert "Ready" in educator.send("origin", **typed, consent="1").text


def practise(app: Flask, learner: Visitor, world: World) -> None:
    """Read the example before the first response, and compare."""
    learner.get(here(world, "/new"))
    assert "First, a short practice" in learner.page.text
    learner.follow(part="/new/practice")
    fields = learner.page.form(action="/practice/").names
    levels = [name for name in fields if name.startswith("level-")]
    wrong = learner.send(action="/practice/", **{levels[0]: "1"})
    assert wrong.status == 422 and "Choose a level" in wrong.text
    compared = learner.send(action="/practice/", **dict.fromkeys(levels, "1"))
    assert "The last line says so" in compared.text
    assert "a little less in it" in compared.text and "0 of 2 criteria" in compared.text


def test_criteria_and_practice_from_educator_to_tutor(app: Flask, world: World) -> None:
    write_criteria(app, world)
    author, reader = world.learners
    for person in world.learners:
        reflect(world, person)
    learner = visit(app, world, reader)
    practise(app, learner, world)
    learner.follow("Go on to your peers")
    learner.send(action="/new/ask")
    assert "agreement with others is never graded" in learner.page.text
    names = [name for name in learner.page.form("resonates").names if name.startswith("level-")]
    said = {"resonates": WORDS, "question": "What made you begin to work like that?", names[0]: "2"}
    wrong = learner.send("resonates", **said)
    assert wrong.status == 422 and wrong.text.count("Please say why") >= 2
    assert ("resonates", WORDS) in [(k, v.strip()) for k, v in wrong.form("resonates").fields]
    comments = {name.replace("level", "comment"): COMMENT for name in names}
    sent = learner.send("resonates", **{**said, **comments, **dict.fromkeys(names, "1")})
    assert "It ends here" in sent.text and "Sent" in sent.text
    received = visit(app, world, author).get(here(world, "/received")).text
    assert "Mrs Archer" in received and "It ends here" in received
    _tutor_reads(app, world)
    assert "Mrs Archer" not in visit(app, world, author).get(here(world, "/received")).text


def _tutor_reads(app: Flask, world: World) -> None:
    """Find level and comment on each page of the desk, and take a passage out."""
    tutor = visit(app, world, world.tutor)
    page = services_of(app).people.page(world.viewer(world.tutor), world.activity_id)
    ids = [row.participation_id for row in page.rows]
    texts = [tutor.get(here(world, f"/people/{key}")).text for key in ids]
    assert all("It ends here" in text and "Mrs Archer" in text for text in texts)
    tutor.follow("Decide on it, and its history")
    assert "It ends here" in tutor.page.text and "Mrs Archer" in tutor.page.text
    tutor.send("passage", passage="Mrs Archer", redact_reason="A name")
    shown = tutor.get(here(world, "/practice")).text
    assert "fewer than 5" in shown and "A morning" in shown


def test_a_persons_file_and_a_marked_word(app: Flask, world: World) -> None:
    set_criteria(world, OWN)
    author, reader = world.learners
    for person in world.learners:
        reflect(world, person)
    respond_by_criteria(world, reader, COMMENT, level=2)
    services = services_of(app)
    viewer = world.viewer(author)
    (received,) = services.responses.received(viewer, world.activity_id).responses
    assert [one.level.label for one in received.readings if one.level] == ["Warm"]
    for person, section in ((author, "responses_by_reflection"), (reader, "criterion_readings")):
        told = _file(app, world, person)
        rows = next(rows for name, rows in told.items() if name.startswith(section))
        assert "Mrs Archer" in json.dumps(rows) and "Warm" in json.dumps(rows)
    with world.database.read() as session:
        assert session.scalars(select(Response.marked_words)).all() == ["stupid"]


def _file(app: Flask, world: World, person: Person) -> dict[str, Any]:
    """Return the data of "Download my work"."""
    answer = app.test_client().get(f"/s/{world.handle(person)}/my-work/export")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    told: dict[str, Any] = json.loads(archive.read("data.json"))
    return told
