"""Criteria in a browser: they save themselves with the response, and come back on their own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from lti_tool.models.criteria import CriterionReading
from tests.browser.seat import sit_down
from tests.browser.test_deciding import look
from tests.factories.criteria import OWN, set_criteria
from tests.factories.learning import ask, reflect
from tests.factories.world import make_world
from tests.support.servers import Pair

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_criteria_save_themselves(pair: Pair, blocking_browser: Browser) -> None:
    world = make_world(pair.services.db, learners=2, responses_required=1)
    set_criteria(world, OWN)
    for person in world.learners:
        reflect(world, person)
    one = world.learners[0]
    path = f"activities/{world.activity_id}/new/{ask(world, one)}"
    page = sit_down(blocking_browser, pair, world, one, path, width=360)
    page.wait_for_selector("#f-question[contenteditable=true]")
    page.get_by_role("radio", name="Warm").check()
    page.get_by_label("Why? Warm").fill("It sounds kind to me")
    look(page, "criteria")
    expect(page.locator("[data-save-state]")).to_contain_text("Saved")
    with world.database.read() as session:
        (row,) = session.scalars(select(CriterionReading)).all()
        assert (row.level, row.comment) == (2, "It sounds kind to me")
    page.goto(page.url)
    expect(page.get_by_label("Why? Warm")).to_have_value("It sounds kind to me")
    expect(page.get_by_role("radio", name="Warm")).to_be_checked()
