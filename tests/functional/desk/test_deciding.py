from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lti_tool.app import services_of
from lti_tool.rules.vocabulary import ModerationMode, WorkState
from tests.factories.work import add_reflection, add_response
from tests.factories.world import World, make_world
from tests.support.queries import counted
from tests.support.visitor import Visitor, visit

DAY = timedelta(days=1)


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db, reflection_moderation=ModerationMode.BEFORE)


@pytest.fixture
def tutor(app: Flask, world: World) -> Visitor:
    return visit(app, world, world.tutor)


def desk(world: World) -> str:
    return f"/activities/{world.activity_id}/desk"


def test_a_launch_leads_a_tutor_to_what_waits(world: World, tutor: Visitor) -> None:
    add_reflection(world, world.learners[0], "<p>I ask first.</p>")
    page = tutor.get("/")
    assert page.status == 200
    assert "1 text waits for your decision" in page.text
    page = tutor.get(desk(world))
    assert "Waiting for you 1" in page.text
    assert "I ask first." in page.text and "Learner 1" in page.text


def test_an_empty_desk_says_so(world: World, tutor: Visitor) -> None:
    assert "Nothing waits for you" in tutor.get(desk(world)).text


def test_after_a_decision_the_next_work_is_open_with_an_undo_above(
    world: World, tutor: Visitor
) -> None:
    add_reflection(world, world.learners[0], "<p>The older one.</p>", age=2 * DAY)
    add_reflection(world, world.learners[1], "<p>The newer one.</p>", age=DAY)
    tutor.get(desk(world))
    page = tutor.send("expected", button=("step", "release"))
    assert "Shared: Reflection by Learner 1" in page.text
    assert "/desk/reflection/" in page.url and "The newer one." in page.text
    page = tutor.send(action="/undo")
    assert "Undone" in page.text and "The older one." in page.text
    assert "Waiting for you 2" in page.text


def test_the_last_decision_leads_back_to_the_empty_list(world: World, tutor: Visitor) -> None:
    add_reflection(world, world.learners[0])
    tutor.get(desk(world))
    page = tutor.send("expected", button=("step", "release"))
    assert "Nothing waits for you" in page.text and "Shared: Reflection by" in page.text


def test_returning_without_a_reason_is_asked_again_beside_the_field(
    world: World, tutor: Visitor
) -> None:
    add_reflection(world, world.learners[0])
    tutor.get(desk(world))
    page = tutor.send("expected", reason=" ", button=("step", "return"))
    assert page.status == 422
    assert "Say why; the author reads it." in page.text
    page = tutor.send("expected", reason="Which tool was it?", button=("step", "return"))
    assert "Returned: Reflection by Learner 1" in page.text
    page = tutor.get(desk(world), list="set_aside")
    assert "Which tool was it?" in page.text


def test_the_slower_tutor_is_told_and_keeps_what_they_typed(
    app: Flask, world: World, tutor: Visitor
) -> None:
    add_reflection(world, world.learners[0])
    slow = visit(app, world, world.educator)
    slow.get(desk(world))
    tutor.get(desk(world))
    tutor.send("expected", button=("step", "release"))
    page = slow.send("expected", reason="It names a reader.", button=("step", "withhold"))
    assert page.status == 409
    assert "Somebody was faster" in page.text
    assert ("reason", "\nIt names a reader.") in page.form("expected").fields


def test_a_held_response_is_read_beside_what_it_answers(world: World, tutor: Visitor) -> None:
    reflection_id = add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    add_response(world, reflection_id, world.learners[1], "<p>I do the same.</p>")
    page = tutor.get(desk(world))
    assert "I do the same." in page.text
    assert "The reflection it responds to, by Learner 1" in page.text


def test_shared_work_can_be_withheld_later_and_that_undone_from_history(
    world: World, tutor: Visitor
) -> None:
    add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    tutor.get(desk(world), list="released")
    tutor.send("expected", reason="It names a reader.", button=("step", "withhold"))
    tutor.get(desk(world), list="set_aside")
    page = tutor.send(action="/undo")
    assert "Undone" in page.text
    assert "Learner 1" in tutor.get(desk(world), list="released").text


def test_an_undo_that_comes_too_late_says_so(app: Flask, world: World, tutor: Visitor) -> None:
    add_reflection(world, world.learners[0])
    tutor.get(desk(world))
    tutor.send("expected", button=("step", "release"))
    other = visit(app, world, world.educator)
    other.get(desk(world), list="released")
    other.send("expected", reason="It names a reader.", button=("step", "withhold"))
    assert "Not undone" in tutor.send(action="/undo").text


def test_work_in_its_grace_window_is_nowhere(world: World, tutor: Visitor) -> None:
    work_id = add_reflection(world, world.learners[0], state=WorkState.SUBMITTED)
    assert "Nothing waits for you" in tutor.get(desk(world)).text
    assert tutor.get(f"{desk(world)}/reflection/{work_id}").status == 404


def test_private_answers_and_markup_never_reach_the_page(world: World, tutor: Visitor) -> None:
    add_reflection(world, world.learners[0], private="<p>Secret</p>", to_tutor="<p>Hard</p>")
    page = tutor.get(desk(world))
    assert "Secret" not in page.html
    assert "Hard" in page.text and "1 more answer is for its author alone" in page.text


@pytest.mark.parametrize("person", ["learner", "stranger"])
def test_others_see_nothing_of_the_desk(app: Flask, world: World, person: str) -> None:
    work_id = add_reflection(world, world.learners[0])
    other = make_world(world.database)
    who = visit(app, world, world.learners[0])
    expected = 403
    if person == "stranger":
        who, expected = visit(app, other, other.tutor), 404
    base = f"/activities/{world.activity_id}"
    for path in (f"{base}/desk", f"{base}/desk/reflection/{work_id}", f"{base}/people"):
        assert who.get(path).status == expected


@pytest.mark.parametrize("query", [{"list": "nonsense"}, {"after": "nonsense"}])
def test_a_nonsense_address_is_not_found(
    world: World, tutor: Visitor, query: dict[str, str]
) -> None:
    assert tutor.get(desk(world), **query).status == 404


def test_a_long_queue_costs_as_many_queries_as_a_short_one(world: World, tutor: Visitor) -> None:
    def add(count: int) -> None:
        for _number in range(count):
            add_reflection(world, world.add_learner("Reader"))

    add(10)
    with counted(world.database) as short:
        tutor.get(desk(world))
    add(60)
    with counted(world.database) as long:
        tutor.get(desk(world))
    assert len(long) == len(short)
