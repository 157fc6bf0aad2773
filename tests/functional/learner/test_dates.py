"""A learner's own dates on their pages, phases that close, and how much is asked, in numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.people import User
from tests.factories.learning import WORDS, rate, reflect, respond
from tests.factories.work import add_participation
from tests.factories.world import World, make_world
from tests.support.visitor import visit

DAY = timedelta(days=1)


def path(world: World, page: str) -> str:
    return f"/activities/{world.activity_id}/{page}"


def test_after_a_closed_date_the_text_is_kept_and_it_says_whom_to_ask(app: Flask) -> None:
    due = clock.now() + DAY
    world = make_world(services_of(app).db, now_due_at=due, accepts_late=False)
    one = world.learners[0]
    rate(world, one)
    with time_machine.travel(due + DAY):
        learner = visit(app, world, one)
        page = learner.get("/")
        assert "Your date for this is over." in page.text
        page = learner.get(path(world, "now"))
        assert "In this activity nothing is taken after it." in page.text
        field = f"answer-{world.prompt_ids[0]}"
        assert field in page.html
        page = learner.send(field, **{field: WORDS})
        assert page.status == 422 and "your text is kept" in page.text
        assert WORDS in learner.get(path(world, "now")).html


def test_who_never_began_finds_their_pages_after_all_dates_are_over(app: Flask) -> None:
    due = clock.now() + DAY
    dates = dict.fromkeys(("now_due_at", "new_due_at", "next_due_at"), due)
    world = make_world(services_of(app).db, accepts_late=False, **dates)
    with time_machine.travel(due + DAY):
        learner = visit(app, world, world.learners[0])
        page = learner.get("/")
        assert "Nothing for you to do just now" in page.text
        assert "Your tutor can give you more time." in page.text
        assert learner.get(path(world, "now")).status == 200


def test_who_may_be_late_is_told_so_and_not_locked_out(app: Flask) -> None:
    due = clock.now() + DAY
    world = make_world(services_of(app).db, now_due_at=due)
    one = world.learners[0]
    rate(world, one)
    with time_machine.travel(due + DAY):
        learner = visit(app, world, one)
        assert "late is better than never" in learner.get("/").text
        learner.get(path(world, "now"))
        field = f"answer-{world.prompt_ids[0]}"
        assert learner.send(field, **{field: WORDS}).status == 200


def test_how_much_is_enough_is_told_to_learner_and_tutor_with_its_arithmetic(app: Flask) -> None:
    due = clock.now() + DAY
    world = make_world(services_of(app).db, learners=2, responses_required=3, new_due_at=due)
    one, other = world.learners
    for person in (one, other):
        reflect(world, person)
    respond(world, one)
    with time_machine.travel(due + DAY):
        told = "Asked for: 3. The date passed with 1 given and 0 more there to answer: 1 + 0 = 1"
        assert told in visit(app, world, one).get("/").text
        tutor = visit(app, world, world.tutor)
        page = tutor.get(path(world, f"people/{add_participation(world, one)}"))
        assert told in page.text
        assert "Hoped for: 3. The date passed with 0 received: that is enough." in page.text


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("Europe/Paris", "Mar 30, 2026, 1:30"), ("America/New_York", "Mar 29, 2026, 7:30")],
)
def test_dates_are_told_in_the_readers_zone(app: Flask, zone: str, shown: str) -> None:
    """Clocks go forward in Paris in the night before; the moment is the same for everybody."""
    with time_machine.travel("2026-03-20T12:00:00+00:00"):
        due = clock.now().replace(day=29, hour=23, minute=30)
        world = make_world(services_of(app).db, now_due_at=due)
        with world.database.write() as session:
            session.get_one(User, world.learners[0].user_id).time_zone = zone
        html = visit(app, world, world.learners[0]).get("/").html
    assert shown in html
