"""Sharing as a learner in a narrow frame does it, and what somebody outside then opens."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from lti_tool.models.participations import ConfirmedLevel, Participation
from tests.browser.test_deciding import look, sit_down
from tests.factories.learning import rate, reflect
from tests.factories.world import make_world
from tests.support.servers import Pair


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_link_is_made_after_a_look_and_opens_anywhere(
    pair: Pair, blocking_browser: Browser
) -> None:
    world = make_world(pair.services.db, learners=1)
    learner = world.learners[0]
    rate(world, learner)
    reflect(world, learner)
    with world.database.write() as session:
        way = session.scalars(select(Participation)).one()
        row = {"participation_id": way.id, "confirmed_by_id": world.tutor.user_id}
        session.add(ConfirmedLevel(**row, competency_id=world.competency_ids[0], level=3))
    page = sit_down(blocking_browser, pair, world, learner, "my-competencies/shares/new", width=360)
    look(page, "share-form")
    page.fill("#f-recipient", "Ms Haddad, head of the library")
    page.check("input[name=things] >> nth=0")
    page.click("form.choosing button.btn-primary")
    expect(page.locator(".shared-frame")).to_contain_text("Learner 1")
    look(page, "share-preview")
    page.click("main .actions button.btn-primary")
    link = page.locator("#share-link").inner_text()
    page.click("[data-copy=share-link]")
    expect(page.locator("[data-copy=share-link]")).to_contain_text("Copied")
    look(page, "share")
    outside = blocking_browser.new_page(viewport={"width": 360, "height": 900})
    outside.goto(link.replace(pair.services.platforms.base_url, pair.tool_url))
    expect(outside.locator("main")).to_contain_text("Autonomous")
    look(outside.main_frame, "shared")
    outside.click("button[value=ar]")
    expect(outside.locator("html[dir=rtl] h1")).to_contain_text("Learner 1")
    outside.close()
