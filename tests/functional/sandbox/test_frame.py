"""The course page around a tool's frame, in Chromium with third-party cookies blocked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright

from tests.browser.chromium import open_profile
from tests.functional.sandbox.conftest import World

AXE = Path(__file__).parents[2] / "browser" / "vendor" / "axe-core" / "axe.min.js"
ASK = """([message]) => new Promise((done) => {
  addEventListener("message", (event) => done(event.data));
  parent.postMessage(message, "*");
  setTimeout(() => done(null), 700);
})"""


@pytest.fixture
def browser(playwright: Playwright, tmp_path: Path) -> Iterator[Page]:
    context = open_profile(playwright, tmp_path, third_parties_store=False)
    if context is None:
        pytest.skip("no Chromium on this machine")
    yield context.new_page()
    context.close()


def opened(world: World, browser: Page, title: str = "Read") -> Any:
    """Open the activity in its page and return the tool's frame."""
    browser.goto(world.url)
    browser.get_by_role("link", name=title, exact=True).click()
    frame = browser.frame_locator("iframe.tool")
    frame.get_by_text("launched LtiResourceLinkRequest").wait_for()
    return browser.frames[-1]


def ask(frame: Any, subject: str, **message: Any) -> Any:
    return frame.evaluate(ASK, [{"subject": subject, "message_id": "m", **message}])


def test_a_tool_opens_in_a_frame_grows_and_closes(world: World, browser: Page) -> None:
    world.link(title="Read")
    frame = opened(world, browser)
    frame.evaluate("parent.postMessage({subject: 'lti.frameResize', height: 1234}, '*')")
    browser.wait_for_function("document.querySelector('iframe.tool').offsetHeight === 1234")
    assert ask(frame, "lti.capabilities") is None
    frame.evaluate("parent.postMessage({subject: 'org.imsglobal.lti.close'}, '*')")
    browser.wait_for_url("**/course/*")


def test_platform_storage_keeps_values_of_the_tools_origin(world: World, browser: Page) -> None:
    world.walker.control("platform-storage", {"on": True})
    world.link(title="Read")
    frame = opened(world, browser)
    subjects = ask(frame, "lti.capabilities")["supported_messages"]
    assert {"subject": "lti.put_data"} in subjects
    assert ask(frame, "lti.put_data", key="k", value="v")["value"] == "v"
    assert ask(frame, "lti.get_data", key="k")["value"] == "v"
    assert ask(frame, "lti.get_data", key="other")["value"] is None
    assert ask(frame, "lti.put_data", value="v")["error"]["code"] == "bad_request"


@pytest.mark.parametrize("width", [360, 1280])
def test_pages_are_accessible_and_fit(world: World, browser: Page, width: int) -> None:
    world.graded_link()
    world.walker.control("scores", {"line_item_id": "1", "person": "amina", "value": 9})
    browser.set_viewport_size({"width": width, "height": 800})
    for path in ("/", "/course/2/gradebook", "/log", "/admin", "/activity/1"):
        browser.goto(world.url + path)
        for summary in browser.locator("main details > summary").all()[:3]:
            summary.click()
        browser.evaluate(AXE.read_text())
        found = browser.evaluate("axe.run(document, {iframes: false})")
        assert [each["id"] for each in found["violations"]] == [], path
        assert browser.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
