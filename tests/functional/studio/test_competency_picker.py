"""Choosing competencies in the activity form, without a script."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.activities import Activity
from lti_tool.models.frameworks import Competency
from tests.factories.world import World, make_world
from tests.support.visitor import Visitor, visit

SAVE, FIND = ("do", "save"), ("do", "find")


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db)


@pytest.fixture
def educator(app: Flask, world: World) -> Visitor:
    visitor = visit(app, world, world.educator)
    visitor.get(f"/activities/{world.activity_id}/settings")
    return visitor


def competency(world: World, code: str) -> Competency:
    with world.database.read() as session:
        return session.scalars(select(Competency).where(Competency.code == code)).one()


def chosen(world: World) -> list[str]:
    with world.database.read() as session:
        return [one.code for one in session.get_one(Activity, world.activity_id).competencies]


def form(world: World, visitor: Visitor) -> str:
    """Return the form as HTML."""
    path = f"/s/{visitor.handle}/activities/{world.activity_id}/settings"
    return visitor.client.get(path).text


def part(visitor: Visitor, heading: str) -> str:
    """Return what stands below a heading of the picker, as it is read."""
    return visitor.page.text.partition(f" {heading} ")[2].partition(" All frameworks ")[0]


def test_each_competency_stands_in_the_form_once(world: World, educator: Visitor) -> None:
    text = form(world, educator)
    for code in ("A1", "B1", "2.5", "FKA8", "EQF2"):
        assert text.count(f'value="{competency(world, code).id}"') == 1
    assert str(competency(world, "A").id) not in text
    assert "stands above" in text and "JRC128415" in text


def test_words_are_searched_in_every_language_and_code(educator: Visitor) -> None:
    for words, code in (
        ("netiquette", "2.5"),
        ("NÉTIQUETTE", "2.5"),
        ("آداب", "2.5"),
        ("b3", "B3"),
    ):
        page = educator.send("title", title="Kept", competency_search=words, button=FIND)
        assert "1 found" in page.text, words
        assert f"{code} " in part(educator, "Found"), words
        assert dict(page.form("title").fields)["title"] == "Kept"
    page = educator.send("title", competency_search="nothing%", button=FIND)
    assert "Nothing found" in page.text


def test_enter_in_the_search_searches_and_saves_nothing(world: World, educator: Visitor) -> None:
    page = educator.send("title", title="Not yet", competency_search="programming", button=SAVE)
    assert "1 found" in page.text
    with world.database.read() as session:
        assert session.get_one(Activity, world.activity_id).title != "Not yet"
    identifier = str(competency(world, "3.4").id)
    educator.send("title", competencies=[identifier], button=SAVE)
    assert chosen(world) == ["3.4"]


def test_two_frameworks_at_once_are_refused_in_words(world: World, educator: Visitor) -> None:
    both = [str(competency(world, code).id) for code in ("A1", "2.5")]
    page = educator.send("title", competencies=both, button=SAVE)
    assert "Choose from one framework only" in page.text
    assert chosen(world) == ["A1", "A2"]


def test_what_was_used_lately_is_at_hand(app: Flask, world: World) -> None:
    visitor = visit(app, world, world.educator)
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).competencies = []
        other = Activity(
            registration_id=world.registration_id,
            deployment_id=world.deployment_id,
            context_id=world.context_id,
            title="Other",
            created_by_id=world.educator.user_id,
        )
        other.competencies = [session.get_one(Competency, competency(world, "FKA8").id)]
        session.add(other)
    visitor.get(f"/activities/{world.activity_id}/settings")
    assert "Literacies and Learning" in part(visitor, "Recently used")


def test_a_retired_competency_stays_chosen_and_is_not_offered(
    app: Flask, world: World, educator: Visitor
) -> None:
    """And it is said wherever it matters: to who set the activity up, and to who rates."""
    with world.database.write() as session:
        for code in ("A1", "B1"):
            found = session.scalars(select(Competency).where(Competency.code == code)).one()
            found.retired_at = clock.now()
    text = form(world, educator)
    assert str(competency(world, "A1").id) in text
    assert str(competency(world, "B1").id) not in text
    educator.get(f"/activities/{world.activity_id}/settings")
    assert part(educator, "Chosen").count("Retired by its publisher; still counted here") == 1
    educator.send("title", button=SAVE)
    assert chosen(world) == ["A1", "A2"]
    page = educator.get(f"/activities/{world.activity_id}/manage")
    assert "1 competency was retired by its publisher; it still counts here." in page.text
    learner = visit(app, world, world.learners[0])
    page = learner.get(f"/activities/{world.activity_id}/now", step="start")
    assert page.text.count("Retired by its publisher; still counted here.") == 1


def test_a_suggested_level_stands_beside_the_learners_own_choice(
    app: Flask, world: World, educator: Visitor
) -> None:
    one, other = competency(world, "A1"), competency(world, "A2")
    levels = {f"target_{one.id.hex}": "3", f"target_{other.id.hex}": "99"}
    educator.send("title", button=SAVE, **levels)
    fields = dict(educator.get(f"/activities/{world.activity_id}/settings").form("title").fields)
    assert fields[f"target_{one.id.hex}"] == "3"
    assert not fields.get(f"target_{other.id.hex}")
    learner = visit(app, world, world.learners[0])
    page = learner.get(f"/activities/{world.activity_id}/now", step="start")
    assert page.text.count("Suggested for this activity: Autonomous") == 1
