"""Criteria that change: what was answered stays as it was; copies and files take them along."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_tool.app import services_of
from lti_tool.errors import IllegalTransition, InvalidInput, NotFound, Stale
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.criteria import CriteriaVersion
from lti_tool.models.people import Context
from lti_tool.rules.criteria import LevelValues
from lti_tool.rules.vocabulary import CopySign, SessionKind
from lti_tool.services.activities.copying import Arrival, copy
from lti_tool.services.learner.drafts import Written
from tests.factories.criteria import (
    OWN,
    READY,
    add_exemplar,
    by_criteria,
    respond_by_criteria,
    set_criteria,
    stored,
)
from tests.factories.learning import WORDS, ask, reflect
from tests.factories.world import World, make_world
from tests.support.visitor import visit


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db, learners=2, responses_required=1)


def versions(world: World) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(CriteriaVersion)) or 0


def test_a_response_stays_with_the_criteria_that_it_answered(app: Flask, world: World) -> None:
    assert not set_criteria(world, OWN)
    add_exemplar(world)
    (first,) = stored(world)
    assert not set_criteria(world, replace(first, asks="Is it friendly?"), *READY[:1])
    assert versions(world) == 1  # nobody had answered
    for person in world.learners:
        reflect(world, person)
    respond_by_criteria(world, world.learners[0], "It sounds kind to me", level=2)
    warm, specific = stored(world)
    reworded = replace(warm, levels=(LevelValues("Cool"), LevelValues("Warm indeed")))
    assert not set_criteria(world, reworded, specific, typo=True)
    assert set_criteria(world, replace(reworded, name="Kind"), typo=False)
    assert versions(world) == 2
    assert [one.name for one in stored(world)] == ["Kind"]
    services, viewer = services_of(app), world.viewer(world.learners[1])
    (received,) = services.responses.received(viewer, world.activity_id).responses
    assert [(one.criterion.name, one.level and one.level.label) for one in received.readings] == [
        ("Warm", "Warm indeed"),
        ("Specific", "Partly"),
    ]
    allocation_id = ask(world, world.learners[1])
    assert allocation_id is not None
    page = services.responses.open(viewer, world.activity_id, allocation_id)
    assert [one.criterion.name for one in page.criteria] == ["Kind"]
    exemplars = services.criteria_studio.exemplars(world.viewer(world.educator), world.activity_id)
    assert [one.is_ready for one in exemplars.exemplars] == [True]  # what went on is read as before


def test_drafts_keep_criteria_and_two_tabs_lose_nothing(app: Flask, world: World) -> None:
    set_criteria(world, OWN)
    for person in world.learners:
        reflect(world, person)
    reader, allocation_id = world.learners[0], ask(world, world.learners[0])
    assert allocation_id is not None
    responses, viewer = services_of(app).responses, world.viewer(reader)
    where = viewer, world.activity_id, allocation_id
    said = by_criteria(world, reader, allocation_id, "Very <kind>", level=2)
    saved = responses.save_draft(*where, Written({"resonates": WORDS, **said}, version=0))
    (field,) = responses.open(*where).criteria
    assert (field.level, field.comment) == ("2", "Very <kind>")
    other = Written({**said, field.comment_name: "Other words"}, version=0)
    with pytest.raises(Stale) as refused:
        responses.save_draft(*where, other)
    current = refused.value.current["current"]
    assert current["fields"][field.comment_name] == "Very <kind>"
    assert field.comment_name not in current["formats"] and saved.version == 1
    with pytest.raises(InvalidInput) as wrong:
        responses.save_draft(*where, Written({field.level_name: "9"}))
    assert field.level_name in wrong.value.fields


def test_copies_and_files_take_criteria_along(app: Flask, world: World) -> None:
    set_criteria(world, replace(OWN, competency_id=world.competency_ids[0]), READY[0], practice=2)
    add_exemplar(world)
    educator = visit(app, world, world.educator)
    address = f"/s/{educator.handle}/activities/{world.activity_id}/activity.json"
    document = json.loads(educator.client.get(address).data)
    assert "stood at the desk" not in json.dumps(document)  # exemplars stay behind
    window = visit(app, world, world.educator, SessionKind.DEEP_LINKING)
    window.get("/studio/sources")
    window.send("document", document=json.dumps({**document, "title": "From a file"}))
    window.send("title", button=("do", "save"))
    with world.database.write() as session:
        original = session.get_one(Activity, world.activity_id)
        link = ResourceLink(context_id=world.context_id, lti_id="copy", title="A copy")
        session.add(link)
        session.flush()
        context = session.get_one(Context, world.context_id)
        arrival = Arrival(link, True, context, world.registration_id, world.educator.user_id)
        copy(session, original, arrival, CopySign.CHOSEN)
    studio, viewer = services_of(app).criteria_studio, world.viewer(world.educator)
    with world.database.read() as session:
        ids = dict(session.execute(select(Activity.title, Activity.id)).all())
    for title, exemplars in (("From a file", 0), ("A copy", 1)):
        values = studio.look(viewer, ids[title]).values
        assert values.criteria == stored(world) and values.calibration_minimum == 2
        found = studio.exemplars(viewer, ids[title]).exemplars
        assert [one.is_ready for one in found] == [True] * exemplars


def test_who_practises_sees_it_first_and_may_be_let_off(app: Flask, world: World) -> None:
    set_criteria(world, OWN, practice=1)
    services, viewer = services_of(app), world.viewer(world.learners[0])
    for person in world.learners:
        reflect(world, person)
    calibrations = services.calibrations
    assert not calibrations.is_due(viewer, world.activity_id)  # nothing to practise with
    educator = visit(app, world, world.educator)
    assert "no example to practise with" in educator.get(here(world, "/criteria")).text
    add_exemplar(world)
    assert calibrations.is_due(viewer, world.activity_id)
    assert "A morning at the desk" in educator.get(here(world, "/preview"), step="practice").text
    with pytest.raises(IllegalTransition):
        calibrations.skip(viewer, world.activity_id)
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).calibration_skippable = True
    learner = visit(app, world, world.learners[0])
    learner.get(here(world, "/new"))
    assert "You go on without the practice" in learner.send(action="/practice/skip").text
    assert not calibrations.is_due(viewer, world.activity_id)
    respond_by_criteria(world, world.learners[1], "It sounds kind to me")
    assert not calibrations.is_due(world.viewer(world.learners[1]), world.activity_id)


def here(world: World, path: str) -> str:
    return f"/activities/{world.activity_id}{path}"


def test_another_course_finds_nothing(app: Flask, world: World) -> None:
    other = make_world(world.database)
    studio, stranger = services_of(app).criteria_studio, other.viewer(other.educator)
    with pytest.raises(NotFound):
        studio.look(stranger, world.activity_id)
    with pytest.raises(NotFound):
        studio.remove(world.viewer(world.educator), world.activity_id, uuid.uuid4())
