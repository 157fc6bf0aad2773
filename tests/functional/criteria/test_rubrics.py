"""Criteria as CASE rubrics: out with a framework that everybody may read, and back in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_tool.app import services_of
from lti_tool.rules.criteria import CriteriaValues
from lti_tool.services.studio.criteria import CriteriaStudio
from tests.factories.criteria import OWN, stored
from tests.factories.world import World, make_world
from tests.support.visitor import visit

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BASE = "/ims/case/v1p1"


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db)


def publish(world: World, published: bool) -> None:
    studio, viewer = CriteriaStudio(world.database), world.viewer(world.educator)
    view = studio.look(viewer, world.activity_id)
    assert view.can_publish
    one = CriteriaValues((replace(OWN, competency_id=view.competencies[0].id),))
    studio.save(viewer, world.activity_id, one, view.seen, published=published)


def packages(client: FlaskClient) -> list[str]:
    listed = client.get(f"{BASE}/CFDocuments").get_json()["CFDocuments"]
    return [client.get(f"{BASE}/CFPackages/{one['identifier']}").text for one in listed]


def test_published_criteria_go_out_as_a_rubric_and_come_back(app: Flask, world: World) -> None:
    client = app.test_client()
    publish(world, False)
    assert not any("Is it kind?" in text for text in packages(client))
    publish(world, True)
    (package,) = [text for text in packages(client) if "Is it kind?" in text]
    (rubric,) = [one for one in json.loads(package)["CFRubrics"] if "Is it kind" in str(one)]
    assert client.get(f"{BASE}/CFRubrics/{rubric['identifier']}").get_json() == rubric
    (criterion,) = rubric["CFRubricCriteria"]
    assert (criterion["category"], criterion["description"]) == ("Warm", "Is it kind?")
    item = criterion["CFItemURI"]["identifier"]
    assert client.get(f"{BASE}/CFItems/{item}").status_code == 200
    levels = criterion["CFRubricCriterionLevels"]
    assert [(one["quality"], one["position"]) for one in levels] == [("Cool", 1), ("Warm", 2)]
    assert all("score" not in one for one in levels)  # feedback, never a grade
    before = stored(world)
    educator = visit(app, world, world.educator)
    educator.get(f"/activities/{world.activity_id}/criteria")
    assert "Not JSON" in educator.send("min_words", rubric="{", button=("do", "paste")).text
    educator.get(f"/activities/{world.activity_id}/criteria")
    educator.send("min_words", rubric=package, button=("do", "paste"))
    educator.send("min_words", button=("do", "save"))
    assert stored(world) == (*before, *before)
