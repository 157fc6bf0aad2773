"""Levels in the gradebook: explained before they are switched on, told of, mended, switched off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.activities import Activity
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.people import Context
from lti_tool.models.platforms import Registration
from lti_tool.rules.vocabulary import Anonymity, OutboxState, PlatformFamily
from lti_tool.services.outbox import competency_scores
from tests.factories.work import add_participation, add_reflection
from tests.factories.world import World, make_world
from tests.support.visitor import visit

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
ALL = [AGS + "lineitem", AGS + "score", AGS + "result.readonly"]


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db)


def let(world: World, scopes: list[str], family: PlatformFamily = PlatformFamily.MOODLE) -> None:
    """Let a launch have told what the LMS lets us do."""
    with world.database.write() as session:
        context = session.get_one(Context, world.context_id)
        context.line_items_url, context.line_items_scopes = "https://lms.example/items", scopes
        session.get_one(Registration, world.registration_id).family = family


def path(world: World) -> str:
    return f"/activities/{world.activity_id}/columns"


def test_it_is_offered_only_where_it_can_be(app: Flask, world: World) -> None:
    educator = visit(app, world, world.educator)
    assert "Open the activity from the course first" in educator.get(path(world)).text
    let(world, ALL[1:])
    page = educator.get(path(world))
    assert "grade sync and column management" in page.text and "Switch it on" not in page.text
    let(world, ALL, PlatformFamily.OPENEDX)
    page = educator.get(path(world))
    assert "shows one grade for each activity" in page.text and "Switch it on" not in page.text
    let(world, ALL, PlatformFamily.CANVAS)
    page = educator.get(path(world))
    assert "Canvas makes it an assignment" in page.text and "Names are hidden" not in page.text
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).anonymity = Anonymity.DOUBLE_BLIND
    assert "who is behind a pseudonym" in educator.get(path(world)).text
    for person, status in ((world.tutor, 403), (world.learners[0], 403)):
        assert visit(app, world, person).get(path(world)).status == status
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).competencies = []
    assert "Choose competencies" in educator.get(path(world)).text


def test_from_the_explanation_to_what_each_learner_sees(app: Flask, world: World) -> None:
    let(world, ALL)
    educator = visit(app, world, world.educator)
    educator.get(f"/activities/{world.activity_id}/manage")
    page = educator.follow("Columns of competencies")
    assert "What I take from this month – A1" in page.text and "Out of" in page.text
    assert "Moodle never takes it away" in page.text and "Nothing more is sent" in page.text
    page = educator.send("notes", notes="1", button=("do", "on"))
    assert "Levels go to gradebook columns of their own from now on." in page.text
    assert "With the first level" in page.text and "Make all columns now" in page.text
    page = educator.send("competency", action="/columns/make")
    assert "Asked for." in page.text and "Being made" in page.text
    told = tell(world)
    page = educator.get(path(world))
    assert "In the gradebook" in page.text and "Make it now" in page.text
    tutor = visit(app, world, world.tutor)
    page = tutor.get(f"/activities/{world.activity_id}/people/{told}")
    assert "Levels in the gradebook" in page.text and "3 sent" in page.text
    assert "It goes to the gradebook with the level" in page.text
    page = visit(app, world, world.learners[0]).get("/")
    assert "Your level in A1" in page.text and "3 of 4" in page.text
    educator.get(path(world))
    page = educator.send("do", action="/columns")
    assert "what is in the gradebook stays" in page.text and "Switch it on" in page.text


def tell(world: World) -> Any:
    """Let the first column be there and have been told a level of the first learner."""
    add_reflection(world, world.learners[0])
    participation_id = add_participation(world, world.learners[0])
    with world.database.write() as session:
        item = session.query(LineItem).filter(LineItem.competency_id.is_not(None)).one()
        item.url, item.label = "https://lms.example/items/1", "What I take – A1"
        session.query(OutboxMessage).update({"state": OutboxState.SENT})
        user_id = world.learners[0].user_id
        session.add(
            OutboxMessage(
                kind=competency_scores.KIND,
                key=competency_scores.key_of(item.id, user_id),
                registration_id=world.registration_id,
                line_item_id=item.id,
                user_id=user_id,
                participation_id=participation_id,
                payload={"scoreGiven": 3, "scoreMaximum": 4},
                state=OutboxState.SENT,
                finished_at=clock.now() - timedelta(hours=1),
            )
        )
    return participation_id
