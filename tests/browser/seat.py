"""Sitting down at a page of the tool with nothing but a keyboard."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Browser, Frame
from sqlalchemy import update

from lti_tool.models.platforms import Registration
from tests.factories.world import Person, World
from tests.support.servers import Pair

EMBED = """url => {
    const frame = document.createElement("iframe");
    Object.assign(frame, {src: url, title: "Tool", width: "100%", height: 880});
    document.body.replaceChildren(frame);
}"""
MOST_STEPS = 250
"""Nobody goes further with the Tab key."""


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


@dataclass
class Keys:
    """Hands on a keyboard: where one gets by Tab, and what one does there."""

    frame: Frame

    def to(self, selector: str) -> None:
        """Press Tab until something is focused that ``selector`` matches."""
        passed: set[str] = set()
        for _ in range(MOST_STEPS):
            self.press("Tab")
            here = self.frame.evaluate(
                "s => [document.activeElement.matches(s),"
                " document.activeElement.outerHTML.slice(0, 80)]",
                selector,
            )
            if here[0]:
                return
            passed.add(here[1])
        raise AssertionError(f"{selector} cannot be reached: {sorted(passed)}")

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.frame.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type where the focus is."""
        self.frame.page.keyboard.insert_text(text)

    def follow(self, selector: str, part: str) -> None:
        """Go to a link or button, press Enter, and wait for an address with ``part``."""
        self.to(selector)
        self.press("Enter")
        self.frame.wait_for_url(f"**{part}*")
        self.frame.wait_for_selector("main h1")
