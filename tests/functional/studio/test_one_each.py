"""One activity for each competency, each with a coupled column that is tagged with it."""

from __future__ import annotations

import jwt
import pytest
from flask import Flask

from lti_tool.app import services_of
from lti_tool.lti import claims as c
from lti_tool.models.activities import Activity
from lti_tool.models.frameworks import Competency
from lti_tool.rules.vocabulary import ActivityState, SessionKind
from tests.factories.world import World, make_world
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SETTINGS = {
    "deep_link_return_url": "https://lms.example/return",
    "accept_types": ["ltiResourceLink"],
    "accept_multiple": True,
}


def opened(app: Flask, world: World, several: bool = True) -> Visitor:
    message = {"deep_linking": {**SETTINGS, "accept_multiple": several}}
    handle = world.handle(world.educator, SessionKind.DEEP_LINKING, message=message)
    visitor = Visitor(app.test_client(), handle)
    visitor.get("/studio/choose")
    return visitor


def test_each_competency_gets_an_activity_and_a_column_with_its_tag(app: Flask) -> None:
    world = make_world(services_of(app).db, learners=0)
    assert "Make one for each" not in opened(app, world, several=False).page.text
    visitor, each = opened(app, world), ("do", "each")
    page = visitor.send("title", title="Week 2", button=each)
    assert page.status == 422 and "Choose two or more" in page.text
    chosen = [str(key) for key in world.competency_ids]
    page = visitor.send("title", title="Week 2", competencies=chosen, button=each)
    assert "one for each competency" in page.text and page.text.count("Week 2 – A") == 2
    boxes = [value for name, value in page.form("activity").fields if name == "activity"]
    page = visitor.get("/deep-linking/respond", activity=boxes)
    signed = dict(page.form("JWT").fields)["JWT"]
    items = jwt.decode(signed, options={"verify_signature": False})[c.CONTENT_ITEMS]
    with world.database.read() as session:
        found = [session.get_one(Competency, key) for key in world.competency_ids]
        made = session.query(Activity).filter(Activity.title.startswith("Week 2 – ")).all()
        assert {one.state for one in made} == {ActivityState.DRAFT}
        assert [len(one.competencies) for one in made] == [1, 1]
    tags = {item["lineItem"]["tag"] for item in items}
    assert tags == {f"case:{one.identifier}" for one in found}
    assert {item["title"] for item in items} == {one.title for one in made}
    assert all(item["lineItem"]["scoreMaximum"] == 100 for item in items)
