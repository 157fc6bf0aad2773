"""Criteria and exemplars: short ways to where a test begins."""

from __future__ import annotations

import uuid

from lti_tool.rules.criteria import CriteriaValues, CriterionValues, LevelValues, ready_set
from lti_tool.rules.vocabulary import ExemplarOrigin
from lti_tool.services.activities.exemplars import TutorsReading
from lti_tool.services.learner.drafts import Written
from lti_tool.services.learner.responses import Responses
from lti_tool.services.studio.criteria import CriteriaStudio, ExemplarValues
from tests.factories.learning import ask, response_text
from tests.factories.world import Person, World

OWN = CriterionValues(
    "Warm", "Is it kind?", (LevelValues("Cool", "Hardly"), LevelValues("Warm", "Very"))
)
READY = ready_set("close", "en")


def set_criteria(
    world: World, *criteria: CriterionValues, typo: bool = False, practice: int = 0
) -> bool:
    """Save criteria as the educator; return whether responses keep earlier ones."""
    studio, viewer = CriteriaStudio(world.database), world.viewer(world.educator)
    seen = studio.look(viewer, world.activity_id).seen
    values = CriteriaValues(criteria, 3, practice)
    return studio.save(viewer, world.activity_id, values, seen, corrections_only=typo)


def stored(world: World) -> tuple[CriterionValues, ...]:
    """Return the criteria in force."""
    studio, viewer = CriteriaStudio(world.database), world.viewer(world.educator)
    return studio.look(viewer, world.activity_id).values.criteria


def add_exemplar(world: World, level: int = 2, reason: str = "The second line shows it") -> None:
    """Add an exemplar that the tutor reads at one level by every criterion."""
    studio, viewer = CriteriaStudio(world.database), world.viewer(world.educator)
    criteria = studio.exemplars(viewer, world.activity_id).criteria
    readings = {one.id: TutorsReading(level, reason) for one in criteria}
    text, origin = "<p>I stood at the desk and waited.</p>", ExemplarOrigin.WRITTEN
    values = ExemplarValues("A morning at the desk", text, origin, readings)
    studio.add(viewer, world.activity_id, values)


def by_criteria(
    world: World, person: Person, allocation_id: uuid.UUID, comment: str, level: int = 1
) -> dict[str, str]:
    """Return the fields of a response by criteria."""
    page = Responses(world.database).open(world.viewer(person), world.activity_id, allocation_id)
    fields: dict[str, str] = {}
    for one in page.criteria:
        fields |= {one.level_name: str(level), one.comment_name: comment}
    return fields


def respond_by_criteria(world: World, person: Person, comment: str, level: int = 1) -> uuid.UUID:
    """Answer the next reflection, by criteria as well; return its allocation."""
    allocation_id = ask(world, person)
    assert allocation_id is not None
    fields = {**response_text().fields, **by_criteria(world, person, allocation_id, comment, level)}
    responses, viewer = Responses(world.database), world.viewer(person)
    responses.submit(viewer, world.activity_id, allocation_id, Written(fields))
    return allocation_id
