"""The address of a session opens it where it belongs, and nobody else learns it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from lti_tool.rules.vocabulary import BoundBy
from tests.browser.chromium import ARGUMENTS, find
from tests.browser.visits import NO_STORAGE, Visit, losing_cookies
from tests.support.servers import running

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ELSEWHERE = "This page belongs to another window"
OUTWARD = """address => {
    const link = Object.assign(document.createElement("a"), {href: address, target: "_blank"});
    link.rel = "nofollow noopener";
    link.textContent = "outside";
    document.querySelector("main").append(link);
}"""


@pytest.fixture
def other(blocking_browser: Browser) -> Iterator[BrowserContext]:
    """Return the browser of somebody else."""
    context = blocking_browser.new_context()
    yield context
    context.close()


def heading(page: Page) -> str:
    return page.inner_text("#main h1")


def storing(visit: Visit, context: BrowserContext) -> str:
    """Launch where cookies do not come back but the platform stores; return the address."""
    visit.pair.walker.control("platform-storage", {"on": True})
    context.route("**/lti/auth*", losing_cookies(context))
    context.add_init_script(NO_STORAGE)
    address = visit.frame(visit.open(context), "/s/").url
    assert visit.bound_by() is BoundBy.PLATFORM_STORAGE
    return address


def test_an_address_carried_into_another_browser_opens_nothing(
    visit: Visit, context: BrowserContext, other: BrowserContext
) -> None:
    address = visit.frame(visit.open(context), "/s/").url
    page = other.new_page()
    page.goto(address)
    assert heading(page) == ELSEWHERE
    visit.open_window(other).wait_for_url("**/s/**")  # now that browser has a cookie of its own
    page.goto(address)
    assert heading(page) == ELSEWHERE


def test_an_address_of_a_session_without_cookies_opens_nothing_elsewhere(
    visit: Visit, context: BrowserContext, other: BrowserContext
) -> None:
    address = storing(visit, context)
    page = other.new_page()
    page.goto(address)
    assert heading(page) == ELSEWHERE


def test_a_confirmed_session_belongs_to_its_tab_s_browser(
    visit: Visit, context: BrowserContext, other: BrowserContext
) -> None:
    context.route("**/lti/auth*", losing_cookies(context))
    context.add_init_script(NO_STORAGE)
    frame = visit.frame(visit.open(context), "/lti/launch")
    with context.expect_page() as opened:
        frame.get_by_role("button", name="Open in a new tab").click()
    opened.value.get_by_role("button", name="Yes, continue").click()
    opened.value.wait_for_url("**/s/**")
    page = other.new_page()
    page.goto(opened.value.url)
    assert heading(page) == ELSEWHERE


def test_a_frame_goes_on_when_its_cookies_vanish(visit: Visit, context: BrowserContext) -> None:
    frame = visit.frame(visit.open(context), "/s/")
    context.clear_cookies()
    frame.evaluate("location.reload()")
    expect(frame.locator("#main h1")).to_contain_text("not ready")
    status = frame.evaluate("fetch(location.href).then(answer => answer.status)")
    assert status == 200


def test_a_window_whose_cookies_vanish_says_what_to_do(
    visit: Visit, context: BrowserContext
) -> None:
    page = visit.open_window(context)
    page.wait_for_url("**/s/**")
    context.clear_cookies()
    page.reload()
    assert heading(page) == ELSEWHERE
    expect(page.locator("#main")).to_contain_text("open the activity again")
    visit.open_window(context).wait_for_url("**/s/**")


def test_every_launch_has_a_new_address(visit: Visit, context: BrowserContext) -> None:
    one, two = visit.open(context), visit.open(context)
    first, second = visit.frame(one, "/s/").url, visit.frame(two, "/s/").url
    assert first != second
    for page in (one, two):
        expect(visit.frame(page, "/s/").locator("#main h1")).to_contain_text("not ready")


def test_a_link_to_elsewhere_does_not_tell_the_address(
    visit: Visit, context: BrowserContext
) -> None:
    asked: list[dict[str, str]] = []

    def outside(environ: dict[str, str], start_response: object) -> list[bytes]:
        asked.append({k: str(v) for k, v in environ.items() if k.startswith(("HTTP_", "PATH"))})
        start_response("200 OK", [("Content-Type", "text/html")])  # type: ignore[operator]
        return [b"<title>Outside</title>"]

    frame = visit.frame(visit.open(context), "/s/")
    with running(outside) as address:
        frame.evaluate(OUTWARD, f"{address}/there")
        with context.expect_page() as opened:
            frame.get_by_text("outside").click()
        opened.value.wait_for_load_state()
        assert opened.value.evaluate("[document.referrer, window.opener]") == ["", None]
    told = [request for request in asked if request["PATH_INFO"] == "/there"]
    assert len(told) == 1
    assert "HTTP_REFERER" not in told[0]


@pytest.fixture
def remembering(playwright: Playwright) -> Iterator[BrowserContext]:
    """Return a browser that keeps pages in memory to go back to, as people's browsers do."""
    path = find(playwright)
    if path is None:
        pytest.skip("no Chromium on this machine")
    browser = playwright.chromium.launch(
        executable_path=path,
        args=[*ARGUMENTS, "--enable-features=CacheControlNoStoreEnterBackForwardCache"],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield browser.new_context()
    browser.close()


def test_the_way_back_shows_nothing_once_the_session_is_over(
    visit: Visit, remembering: BrowserContext
) -> None:
    page = visit.open_window(remembering)
    page.wait_for_url("**/s/**")
    expect(page.locator("#main h1")).to_contain_text("not ready")
    page.goto(f"{visit.pair.sandbox_url}/course/2")
    visit.end_sessions()
    page.go_back(wait_until="commit")
    expect(page.locator("#main h1")).to_contain_text("session has ended")


def test_the_browser_s_cache_keeps_no_page(visit: Visit, context: BrowserContext) -> None:
    frame = visit.frame(visit.open(context), "/s/")
    told = "fetch(location.href, {cache: 'only-if-cached', mode: 'same-origin'})"
    assert frame.evaluate(f"{told}.then(() => 'kept', () => 'not kept')") == "not kept"
