"""A learner with a keyboard and a narrow screen: ways to begin a response, all of one's work."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from lti_tool.models.responses import Response
from lti_tool.rules.vocabulary import Anonymity
from tests.browser.test_deciding import look, sit_down
from tests.factories.learning import ask, go_on, rate, reflect, respond, tell_all
from tests.factories.world import World, make_world
from tests.support.servers import Pair

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NARROW = 360


@pytest.fixture
def world(pair: Pair) -> World:
    world = make_world(
        pair.services.db, learners=2, responses_required=1, anonymity=Anonymity.PSEUDONYMS
    )
    for person in world.learners:
        rate(world, person)
        reflect(world, person)
    return world


def test_ways_to_begin_go_into_the_text_by_key(
    pair: Pair, blocking_browser: Browser, world: World
) -> None:
    one = world.learners[0]
    path = f"activities/{world.activity_id}/new/{ask(world, one)}"
    page = sit_down(blocking_browser, pair, world, one, path, width=NARROW)
    page.wait_for_selector("#f-question[contenteditable=true]")
    look(page, "respond")
    starter = page.locator("[data-starters=f-question] button").first
    starter.focus()
    starter.press("Enter")
    page.page.keyboard.type("you asked them?")
    expect(page.locator("#f-question")).to_contain_text("What happened when you asked them?")
    expect(
        page.locator("[data-save-state][data-tone=ok], [data-save-state]").first
    ).to_contain_text("Saved")
    with world.database.read() as session:
        stored = session.scalars(select(Response.question)).one()
    assert "What happened when" in stored.replace("\xa0", " ")


def test_my_work_is_for_every_screen_and_reader(
    pair: Pair, blocking_browser: Browser, world: World
) -> None:
    for person in world.learners:
        respond(world, person)
    for person in world.learners:
        tell_all(world, person)
        go_on(world, person)
    for width in (NARROW, 1280):
        page = sit_down(blocking_browser, pair, world, world.learners[0], "my-work", width)
        for summary in page.locator("details > summary").all():
            summary.click()
        look(page, "my-work")
        page.page.close()
