"""A launch in the LMS's frame finds its browser again, whatever the browser keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Route, expect
from sqlalchemy import select

from lti_tool.models.launches import LaunchSession
from lti_tool.rules.vocabulary import BoundBy
from tests.support.servers import Pair

NO_STORAGE = "Storage.prototype.setItem = () => { throw new Error('blocked'); };"


@dataclass
class Visit:
    """A link of the connected tool, opened in the LMS by a learner's browser."""

    pair: Pair
    link_id: str

    def open(self, context: BrowserContext) -> Page:
        """Open the activity's page in the LMS; the tool is in its frame."""
        person = {"person": "amina"}
        context.request.post(f"{self.pair.sandbox_url}/person", form=person)
        page = context.new_page()
        page.goto(f"{self.pair.sandbox_url}/activity/{self.link_id}")
        return page

    def frame(self, page: Page, part: str) -> Frame:
        """Wait until the tool's frame is at an address with ``part``, and return it."""
        page.wait_for_function("window.frames.length > 0")
        for _try in range(100):
            for frame in page.frames:
                if frame.url.startswith(self.pair.tool_url) and part in frame.url:
                    return frame
            page.wait_for_timeout(100)
        raise AssertionError([frame.url for frame in page.frames])

    def bound_by(self) -> BoundBy | None:
        """Return what bound the only launch."""
        with self.pair.services.db.read() as session:
            return session.scalars(select(LaunchSession)).one().bound_by


@pytest.fixture
def visit(pair: Pair) -> Visit:
    client_id = pair.connect()["client_id"]
    link = pair.walker.control("links", {"client_id": client_id, "title": "Reflect"})
    return Visit(pair, link["id"])


@pytest.fixture
def context(blocking_browser: Browser) -> Iterator[BrowserContext]:
    context = blocking_browser.new_context()
    yield context
    context.close()


def losing_cookies(context: BrowserContext) -> Callable[[Route], None]:
    """Return a handler that forgets the tool's cookies on the way to the LMS."""

    def forget(route: Route) -> None:
        context.clear_cookies(domain="127.0.0.1")
        route.continue_()

    return forget


def test_partitioned_cookies_bind_where_third_parties_are_blocked(
    visit: Visit, context: BrowserContext
) -> None:
    visit.frame(visit.open(context), "/s/")
    assert visit.bound_by() is BoundBy.COOKIE
    names = {cookie["name"] for cookie in context.cookies(visit.pair.tool_url)}
    assert "__Host-ltib" not in names


def test_our_own_storage_binds(visit: Visit, lax_context: BrowserContext) -> None:
    lax_context.route("**/lti/auth*", losing_cookies(lax_context))
    visit.frame(visit.open(lax_context), "/s/")
    assert visit.bound_by() is BoundBy.OWN_STORAGE


def test_the_platform_s_storage_binds(visit: Visit, context: BrowserContext) -> None:
    visit.pair.walker.control("platform-storage", {"on": True})
    context.route("**/lti/auth*", losing_cookies(context))
    context.add_init_script(NO_STORAGE)
    visit.frame(visit.open(context), "/s/")
    assert visit.bound_by() is BoundBy.PLATFORM_STORAGE


def test_else_a_person_confirms_in_a_new_tab(visit: Visit, context: BrowserContext) -> None:
    context.route("**/lti/auth*", losing_cookies(context))
    context.add_init_script(NO_STORAGE)
    frame = visit.frame(visit.open(context), "/lti/launch")
    assert visit.bound_by() is None
    with context.expect_page() as opened:
        frame.get_by_role("button", name="Open in a new tab").click()
    tab = opened.value
    expect(tab.get_by_text("Amina Okafor")).to_be_visible()
    tab.get_by_role("button", name="Yes, continue").click()
    tab.wait_for_url("**/s/**")
    assert visit.bound_by() is BoundBy.CONFIRMATION
    expect(frame.get_by_role("heading", name="open in a new tab")).to_be_visible()


def test_without_scripts_the_launch_goes_on_in_a_new_tab(
    visit: Visit, blocking_browser: Browser
) -> None:
    context = blocking_browser.new_context(java_script_enabled=False)
    context.request.post(f"{visit.pair.sandbox_url}/person", form={"person": "amina"})
    page = context.new_page()
    page.goto(f"{visit.pair.sandbox_url}/launch/link/{visit.link_id}")
    page.get_by_role("button").first.click()
    for _step in range(2):
        if "/s/" not in page.url:
            page.get_by_role("button").first.click()
    page.wait_for_url("**/s/**")
    assert visit.bound_by() is BoundBy.COOKIE
    context.close()
