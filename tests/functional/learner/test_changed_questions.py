"""Questions that an educator changes while learners write: told, offered, nothing lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.app import services_of
from lti_tool.models.reflections import Reflection, ReflectionRevision
from lti_tool.rules.vocabulary import Audience
from lti_tool.services.activities.prompts import PromptValues
from tests.factories.learning import WORDS, rate, reflect, reflection_text
from tests.factories.world import World, make_world
from tests.support.visitor import Visitor, visit

TOLD = "The questions were changed after you began"
HARD = "It is hard to say no"


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db)


@pytest.fixture
def learner(app: Flask, world: World) -> Visitor:
    rate(world, world.learners[0])
    visitor = visit(app, world, world.learners[0])
    services = services_of(app)
    services.reflections.save_draft(
        world.viewer(world.learners[0]), world.activity_id, reflection_text(world, WORDS, 0, HARD)
    )
    return visitor


def change(app: Flask, world: World, *prompts: PromptValues) -> None:
    """Change the questions as an educator; without any, the second is for everybody from now on."""
    activities, viewer = services_of(app).activities, world.viewer(world.educator)
    view = activities.get(viewer, world.activity_id)
    first, second = view.values.prompts
    asked = prompts or (
        replace(first, text="What do you do today?"),
        replace(second, audience=Audience.COHORT),
        PromptValues("And then?", required=False),
    )
    activities.update(viewer, world.activity_id, replace(view.values, prompts=asked), view.seen)


def now(world: World, learner: Visitor) -> str:
    return learner.get(f"/activities/{world.activity_id}/now").html


def test_a_draft_goes_on_with_its_questions_and_is_told(
    app: Flask, world: World, learner: Visitor
) -> None:
    assert TOLD not in now(world, learner)
    change(app, world)
    page = now(world, learner)
    assert TOLD in page and "What do you do now?" in page and "And then?" in page
    learner.send("version")
    with world.database.read() as session:
        reflection = session.scalars(select(Reflection)).one()
        assert reflection.version.number == 1
    assert TOLD not in learner.get(f"/activities/{world.activity_id}/submission").html


def test_going_over_takes_the_words_along_but_never_to_more_readers(
    app: Flask, world: World, learner: Visitor
) -> None:
    change(app, world)
    now(world, learner)
    name = f"answer-{world.prompt_ids[0]}"
    page = learner.send("version", **{name: f"{WORDS} today"}, button=("do", "move"))
    assert "Nothing that you wrote is lost." in page.text and TOLD not in page.text
    fields = {key: value for key, value in page.form("version").fields if "answer-" in key}
    assert [value.strip() for value in fields.values()] == [f"{WORDS} today", "", ""]
    assert HARD in page.html and "Only you see this. It is not sent" in page.text
    form = page.form("version")
    learner.send("version")
    again = learner.client.post(form.action, data=dict(form.fields))
    assert again.status_code == 303 and "already" not in again.location
    with world.database.read() as session:
        (answers,) = session.scalars(select(ReflectionRevision.answers))
    assert HARD not in str(answers) and f"{WORDS} today" in str(answers)


def test_another_tab_with_the_old_questions_loses_nothing(
    app: Flask, world: World, learner: Visitor
) -> None:
    change(app, world)
    now(world, learner)
    form = learner.page.form("version")
    learner.send("version", button=("do", "move"))
    body = {"fields": {f"answer-{world.prompt_ids[1]}": "More words"}, "version": 1}
    told = {"X-CSRF-Token": form.attributes["data-csrf"]}
    address = form.attributes["data-autosave-url"]
    refused = learner.client.post(address, json=body, headers=told)
    assert refused.status_code == 409
    again = {**body, "version": refused.get_json()["version"]}
    assert learner.client.post(address, json=again, headers=told).status_code == 200
    assert "More words" in now(world, learner)


def test_work_that_was_handed_in_stays_with_its_questions(app: Flask, world: World) -> None:
    reflect(world, world.learners[0])
    change(app, world)
    learner = visit(app, world, world.learners[0])
    assert TOLD not in now(world, learner)
    services_of(app).moving_over.move(
        world.viewer(world.learners[1]), world.activity_id
    )  # nothing to take along: no matter
    with world.database.read() as session:
        assert session.scalars(select(Reflection)).one().version.number == 1


def test_each_learner_reads_the_educators_own_words_in_their_language(
    app: Flask, world: World
) -> None:
    worded = PromptValues("What now?", "Say it.", translations={"fr": {"text": "Et maintenant ?"}})
    change(app, world, worded)
    rate(world, world.learners[0])
    for locale, text in (("fr", "Et maintenant ?"), ("en", "What now?"), ("ar", "What now?")):
        handle = world.handle(world.learners[0], locale=locale)
        page = now(world, Visitor(app.test_client(), handle))
        assert text in page
