from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool import clock, i18n
from lti_tool.errors import NotFound, Stale
from lti_tool.models import Database
from lti_tool.models.activities import Activity, Prompt, ResourceLink
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.rules.completion import Weights
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Audience, ModerationMode, SessionKind, WorkState
from lti_tool.services.activities.activities import Activities, ActivityView
from lti_tool.services.activities.lists import ActivityLists
from lti_tool.services.activities.prompts import PromptValues
from lti_tool.services.activities.values import ActivityDates
from tests.factories.activities import activity_values
from tests.factories.work import add_participation, add_reflection
from tests.factories.world import World, make_world


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database)


def listed(world: World, viewer: Viewer) -> list[uuid.UUID]:
    return [line.id for line in ActivityLists(world.database).page(viewer).rows]


def shown(world: World) -> ActivityView:
    return Activities(world.database).get(world.viewer(world.educator), world.activity_id)


def link_of(world: World) -> uuid.UUID | None:
    with world.database.read() as session:
        return session.get_one(ResourceLink, world.resource_link_id).activity_id


def test_what_was_decided_is_what_is_shown(world: World) -> None:
    viewer = replace(world.viewer(world.educator, SessionKind.DEEP_LINKING), resource_link_id=None)
    values = activity_values(
        competency_ids=tuple(world.competency_ids),
        target_levels={},
        responses_required=4,
        reflection_moderation=ModerationMode.BEFORE,
        tutor_confirms=False,
        weights=Weights(10, 20, 30, 40),
        dates=ActivityDates(now_due_at=clock.now() + timedelta(days=3)),
    )
    activities = Activities(world.database)
    view = activities.get(viewer, activities.create(viewer, values))
    assert view.values == values
    assert (view.version, view.begun, len(view.levels)) == (1, 0, 4)


def test_an_activity_made_for_an_empty_link_is_opened_by_it(world: World) -> None:
    with world.database.write() as session:
        session.get_one(ResourceLink, world.resource_link_id).activity_id = None
    viewer = world.viewer(world.educator)
    activity_id = Activities(world.database).create(viewer, activity_values())
    assert link_of(world) == activity_id


def test_a_link_that_opens_an_activity_keeps_it(world: World) -> None:
    activities, viewer = Activities(world.database), world.viewer(world.educator)
    made = activities.create(viewer, activity_values())
    with pytest.raises(Stale):
        activities.attach(viewer, made)
    assert link_of(world) == world.activity_id


def test_an_empty_link_is_attached_to_an_activity_of_the_course(world: World) -> None:
    with world.database.write() as session:
        session.get_one(ResourceLink, world.resource_link_id).activity_id = None
    Activities(world.database).attach(world.viewer(world.educator), world.activity_id)
    assert link_of(world) == world.activity_id


def test_an_activity_of_another_course_is_not_found(world: World, database: Database) -> None:
    other = make_world(database)
    viewer = other.viewer(other.educator)
    activities = Activities(database)
    with pytest.raises(NotFound):
        activities.get(viewer, world.activity_id)
    with pytest.raises(NotFound):
        activities.update(viewer, world.activity_id, activity_values(), "")
    assert world.activity_id not in listed(world, viewer)


def test_without_a_course_a_person_finds_only_what_they_made(world: World) -> None:
    activities = Activities(world.database)
    window = replace(world.viewer(world.educator), context_id=None, resource_link_id=None)
    made = activities.create(window, activity_values())
    colleague = replace(world.viewer(world.tutor), context_id=None)
    assert listed(world, window) == [made]
    with pytest.raises(NotFound):
        activities.get(colleague, made)


def test_the_list_counts_who_has_begun(world: World) -> None:
    add_participation(world, world.learners[0])
    (summary,) = ActivityLists(world.database).page(world.viewer(world.educator)).rows
    assert (summary.id, summary.begun) == (world.activity_id, 1)


def change(world: World, corrections_only: bool = False, **changes: object) -> bool:
    view = shown(world)
    values = replace(view.values, **changes)  # type: ignore[arg-type]
    activities, viewer = Activities(world.database), world.viewer(world.educator)
    return activities.update(
        viewer, world.activity_id, values, view.seen, corrections_only
    ).new_version


def test_before_anybody_begins_prompts_change_in_place(world: World) -> None:
    assert not change(world, prompts=(PromptValues("Something else?"),))
    view = shown(world)
    assert (view.version, [item.text for item in view.values.prompts]) == (1, ["Something else?"])


def test_who_has_begun_keeps_the_old_prompts(world: World) -> None:
    reflection_id = add_reflection(world, world.learners[0])
    assert change(world, prompts=(PromptValues("Something else?"),))
    assert shown(world).version == 2
    with world.database.read() as session:
        prompts = session.get_one(Reflection, reflection_id).version.prompts
        assert [prompt.id for prompt in prompts] == world.prompt_ids


def test_a_correction_of_the_wording_reaches_everybody(world: World) -> None:
    add_reflection(world, world.learners[0])
    before = shown(world).values.prompts
    corrected = (replace(before[0], text="What do you do today?"), before[1])
    assert not change(world, corrections_only=True, prompts=corrected)
    with world.database.read() as session:
        assert session.get_one(Prompt, world.prompt_ids[0]).text == "What do you do today?"


def test_a_correction_never_changes_who_reads_an_answer(world: World) -> None:
    add_reflection(world, world.learners[0])
    before = shown(world).values.prompts
    wider = (before[0], replace(before[1], audience=Audience.COHORT))
    assert change(world, corrections_only=True, prompts=wider)
    with world.database.read() as session:
        assert session.get_one(Prompt, world.prompt_ids[1]).audience is Audience.TUTOR


def test_dates_alone_make_no_new_version(world: World) -> None:
    add_reflection(world, world.learners[0])
    assert not change(world, dates=ActivityDates(next_due_at=clock.now() + timedelta(days=9)))
    assert shown(world).version == 1


def test_of_two_educators_who_save_one_is_told(world: World) -> None:
    view, viewer = shown(world), world.viewer(world.educator)
    activities = Activities(world.database)
    activities.update(viewer, world.activity_id, view.values, view.seen)
    with pytest.raises(Stale):
        activities.update(viewer, world.activity_id, view.values, view.seen)


def test_asking_less_completes_those_who_have_done_it(world: World) -> None:
    add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    participation_id = add_participation(world, world.learners[0])
    change(world, weights=Weights(100, 0, 0, 0), responses_required=0)
    with world.database.read() as session:
        assert session.get_one(Participation, participation_id).measured_at is not None


def test_a_template_prompt_is_stored_in_the_activitys_language(world: World) -> None:
    viewer = world.viewer(world.educator)
    with i18n.use("fr"):
        values = activity_values(locale="en")
        activity_id = Activities(world.database).create(viewer, values)
    with world.database.read() as session:
        texts = session.scalars(
            select(Prompt.text).order_by(Prompt.position).where(Prompt.template_key != "")
        )
        assert next(iter(texts)) == "Now: what do you do today?"
        assert session.get_one(Activity, activity_id).locale == "en"
