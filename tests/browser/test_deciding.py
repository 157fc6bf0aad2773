"""A tutor decides without a mouse: keys, words, a saved reply, undo; and keys that are off."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, expect
from sqlalchemy import select, update

from lti_tool.models.platforms import Registration
from lti_tool.models.reflections import Reflection
from lti_tool.rules.vocabulary import ModerationMode, WorkState
from lti_tool.services.desk.replies import Replies, ReplyValues
from tests.browser.people import AXE, RUN_AXE
from tests.factories.work import add_reflection
from tests.factories.world import Person, World, make_world
from tests.support.servers import Pair

EMBED = """url => {
    const frame = document.createElement("iframe");
    Object.assign(frame, {src: url, title: "Tool", width: "100%", height: 880});
    document.body.replaceChildren(frame);
}"""
SHOTS = os.environ.get("MIROIR_SCREENSHOTS")
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def sit_down(
    browser: Browser, pair: Pair, world: World, person: Person, path: str, width: int = 1280
) -> Frame:
    """Open ``path`` in a person's session, in a frame of the LMS's site."""
    handle = world.handle(person)
    with world.database.write() as session:
        session.execute(update(Registration).values(frame_origins=[pair.sandbox_url]))
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{pair.sandbox_url}/course/2")
    page.evaluate(EMBED, address(pair, handle, path))
    page.wait_for_function("window.frames.length === 1")
    frame = page.frames[-1]
    frame.wait_for_selector("main h1")
    frame.locator("main h1").click()
    return frame


def address(pair: Pair, handle: str, path: str) -> str:
    return f"{pair.tool_url}/s/{handle}/{path}"


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
