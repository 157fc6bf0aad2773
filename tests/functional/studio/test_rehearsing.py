"""A rehearsal is the real thing, seen by nobody, and nothing of it is left."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models import Base
from lti_tool.models.launches import LaunchSession
from lti_tool.rules.vocabulary import ModerationMode
from lti_tool.secrecy import digest
from lti_tool.services.launches.binding import handle_of
from lti_tool.services.sweeps import Sweeps
from tests.factories.criteria import OWN, add_exemplar, set_criteria
from tests.factories.learning import WORDS
from tests.factories.world import World, make_world
from tests.support.visitor import Visitor, visit

OVER = clock.now() - timedelta(days=30)
MODES = {"reflection_moderation": ModerationMode.BEFORE, "grace_minutes": 15}


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db, next_due_at=OVER, **MODES)


# That something happened may be seen afterwards, what it was may not.
TRACES = ("launch_sessions", "history_erasures", "figure_changes", "figure_marks")


def rows(world: World) -> dict[str, int]:
    with world.database.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in TRACES
        }


def enter(app: Flask, world: World) -> Visitor:
    """Open an educator's session with the handle that a launch would give it."""
    handle = world.handle(world.educator)
    with world.database.write() as session:
        mine = LaunchSession.handle_hash == digest(handle)
        launch = session.scalars(select(LaunchSession).where(mine)).one()
        handle = handle_of(services_of(app).secrets, launch.id)
        launch.handle_hash = digest(handle)
    return Visitor(app.test_client(), handle)


def begin(app: Flask, world: World) -> Visitor:
    educator = enter(app, world)
    educator.get(f"/activities/{world.activity_id}/manage")
    page = educator.send(action="/rehearse")
    educator.handle = page.url.split("/s/")[1].split("/")[0]
    return educator


def write(me: Visitor) -> None:
    me.get("/")
    me.follow(part="/now")
    form = me.page.form("need")
    names = {name for name in form.names if name.startswith(("level", "target", "rating"))}
    me.send("need", need="A try", **{name: "1" for name in form.choices if name != "need"})
    assert names or form.choices
    (first, *_rest) = [name for name in me.page.form("version").names if "answer-" in name]
    texts = {name: WORDS for name in me.page.form("version").names if name.startswith("answer-")}
    assert first in texts
    me.send("version", **texts)


def test_an_educator_goes_a_learners_whole_way_and_nothing_is_left(
    app: Flask, world: World
) -> None:
    set_criteria(world, OWN, practice=1)
    add_exemplar(world)
    before = rows(world)
    me = begin(app, world)
    assert "This is a rehearsal" in me.page.text
    assert "Nothing could come in yet" in me.send(action="/rehearsal/on").text
    write(me)
    me.send(action="/rehearsal/on")
    page = me.get("/")
    assert "Time has passed" in me.send(action="/rehearsal/on").text
    me.get("/")
    activity = page.link(part="/received").split(me.handle)[1]
    received = me.get(activity).text
    assert "I recognise what you say" in received and "Is it kind?" not in received
    assert "Warm" in received  # the invented peers answer by criteria, too
    me.get(activity.replace("/received", "/new"))
    me.follow(part="/new/practice")
    levels = [name for name in me.page.form(action="/practice/").names if "level-" in name]
    assert "The second line shows it" in me.send(action="/practice/", **{levels[0]: "1"}).text
    me.follow("Go on to your peers")
    me.send(action="/new")
    assert "(invented)" in me.page.text
    page = me.send(action="/rehearsal/end")
    assert "all of it is wiped" in page.text and "Check and publish" in page.text
    assert rows(world) == before


def test_nobody_else_meets_it_and_it_ends_by_itself(app: Flask, world: World) -> None:
    before = rows(world)
    me = begin(app, world)
    tutor = visit(app, world, world.tutor)
    assert "(invented)" not in tutor.get(f"/activities/{world.activity_id}/people").html
    begin(app, world)
    assert me.get("/").status == 410, "one rehearsal at a time"
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        Sweeps(world.database).run()
    assert rows(world) == before


def test_it_is_for_educators_and_only_inside_one_is_time_let_pass(app: Flask, world: World) -> None:
    learner = visit(app, world, world.learners[0])
    page = learner.get("/")
    token = dict(page.forms[0].fields)["csrf_token"]
    for path, status in (
        (f"/activities/{world.activity_id}/rehearse", 403),
        ("/rehearsal/on", 404),
        ("/rehearsal/end", 404),
    ):
        address = f"/s/{learner.handle}{path}"
        assert learner.client.post(address, data={"csrf_token": token}).status_code == status
