"""Learners at work: short ways to where a test begins."""

from __future__ import annotations

import uuid
from datetime import timedelta

from lti_tool import clock
from lti_tool.rules.allocation import Rating
from lti_tool.services.learner.answers import FIELD_PREFIX
from lti_tool.services.learner.drafts import Written
from lti_tool.services.learner.participations import Participations
from lti_tool.services.learner.reflections import Reflections
from lti_tool.services.learner.responses import Responses
from tests.factories.world import Person, World

WORDS = "I listen first and then I ask what the person has already tried alone"


def reflection_text(
    world: World, text: str = WORDS, version: int | None = None, second: str = ""
) -> Written:
    """Return what a form would send for the world's two prompts."""
    names = [f"{FIELD_PREFIX}{prompt_id}" for prompt_id in world.prompt_ids]
    return Written({names[0]: text, names[1]: second}, version=version)


def response_text(text: str = WORDS, version: int | None = None) -> Written:
    """Return what a form would send for a response long enough."""
    return Written(
        {"resonates": text, "question": "What made you begin to work like that?", "suggestion": ""},
        version=version,
    )


def reflect(world: World, person: Person, text: str = WORDS) -> None:
    """Submit a reflection."""
    Reflections(world.database).submit(
        world.viewer(person), world.activity_id, reflection_text(world, text)
    )


def ask(world: World, person: Person) -> uuid.UUID | None:
    """Ask for a reflection to answer."""
    return Responses(world.database).ask(world.viewer(person), world.activity_id)


def respond(world: World, person: Person, allocation_id: uuid.UUID | None = None) -> uuid.UUID:
    """Answer a reflection, by default the next one; return its allocation."""
    allocation_id = allocation_id or ask(world, person)
    assert allocation_id is not None
    Responses(world.database).submit(
        world.viewer(person), world.activity_id, allocation_id, response_text()
    )
    return allocation_id


def rate(world: World, person: Person, level: int = 1, target: int = 3) -> None:
    """Say need and self-rating."""
    Participations(world.database).rate_before(
        world.viewer(person),
        world.activity_id,
        "Teaching people to search",
        {key: Rating(level, target) for key in world.competency_ids},
    )


def go_on(world: World, person: Person, level: int = 2) -> None:
    """Commit to a next step and rate oneself again."""
    participations, viewer = Participations(world.database), world.viewer(person)
    day = (clock.now() + timedelta(days=10)).date()
    participations.commit(viewer, world.activity_id, "Try it at the desk", day, "")
    chosen = {key: Rating(level) for key in world.competency_ids}
    participations.rate_after(viewer, world.activity_id, chosen)


def tell_all(world: World, person: Person, helpfulness: int = 3) -> None:
    """Say of every response received how helpful it was."""
    responses, viewer = Responses(world.database), world.viewer(person)
    for response in responses.received(viewer, world.activity_id).responses:
        responses.tell(viewer, world.activity_id, response.id, helpfulness, Written({}))
