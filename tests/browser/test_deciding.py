"""A tutor decides without a mouse: keys, words, a saved reply, undo; and keys that are off."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, expect
from sqlalchemy import select

from lti_tool.models.reflections import Reflection
from lti_tool.rules.vocabulary import ModerationMode, WorkState
from lti_tool.services.desk.replies import Replies, ReplyValues
from tests.browser.people import AXE, RUN_AXE
from tests.browser.seat import sit_down
from tests.factories.work import add_reflection
from tests.factories.world import World, make_world
from tests.support.servers import Pair

SHOTS = os.environ.get("MIROIR_SCREENSHOTS")
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def look(page: Frame, name: str) -> None:
    """Check that a page is accessible and not wider than its frame; picture it if wanted."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        width = page.evaluate("window.innerWidth")
        page.page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
    page.evaluate(AXE)
    assert page.evaluate(RUN_AXE) == [], name
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1], name


def states(world: World) -> list[WorkState]:
    with world.database.read() as session:
        return list(session.scalars(select(Reflection.state).order_by(Reflection.visible_at)))


def test_a_tutor_decides_by_keyboard_alone(pair: Pair, blocking_browser: Browser) -> None:
    world = make_world(pair.services.db, reflection_moderation=ModerationMode.BEFORE)
    for learner in world.learners:
        add_reflection(world, learner, f"<p>How {learner.name} works.</p>")
    tutor = world.viewer(world.tutor)
    Replies(world.database).save(
        tutor, None, ReplyValues("Names", "Dear {name}, no names please.", "en", False)
    )
    frame = sit_down(
        blocking_browser, pair, world, world.tutor, f"activities/{world.activity_id}/desk"
    )
    keys, decided, words = (
        frame.page.keyboard,
        frame.locator(".decided"),
        frame.locator("#f-reason"),
    )
    keys.press("?")
    expect(frame.locator("dialog[open]")).to_contain_text("Undo what was just decided")
    look(frame, "keys")
    keys.press("Escape")
    keys.press("s")
    expect(decided).to_contain_text("Shared")
    keys.press("r")  # no words yet: it goes to them, and nothing is returned
    expect(words).to_be_focused()
    keys.type("s r w n")
    for key in ("Tab", "Tab", "Enter"):
        keys.press(key)
    expect(words).to_have_value("s r w n\n\nDear Learner 2, no names please.")
    keys.press("Control+Enter")
    expect(decided).to_contain_text("Returned")
    assert states(world) == [WorkState.RELEASED, WorkState.RETURNED, WorkState.HELD]
    keys.press("u")
    expect(frame.locator("main")).to_contain_text("Undone")
    assert states(world) == [WorkState.RELEASED, WorkState.HELD, WorkState.HELD]
    pair.services.replies.set_shortcuts(tutor, False)
    frame.goto(frame.url)
    frame.locator("main h1").click()
    keys.press("s")
    frame.page.wait_for_timeout(300)
    assert states(world) == [WorkState.RELEASED, WorkState.HELD, WorkState.HELD]
    frame.page.close()
