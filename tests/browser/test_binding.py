"""A launch in the LMS's frame finds its browser again, whatever the browser keeps."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from lti_tool.rules.vocabulary import BoundBy
from tests.browser.visits import NO_STORAGE, Visit, losing_cookies

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FORGETFUL = """window.addEventListener("message", (event) => {
    if (event.data?.subject === "lti.put_data") event.stopImmediatePropagation();
}, true);"""
POST_ALL = """([url, body]) => {
    const form = Object.assign(document.createElement("form"), {method: "post", action: url});
    for (const [name, value] of new URLSearchParams(body))
        form.append(Object.assign(document.createElement("input"), {name, value}));
    document.body.append(form);
    HTMLFormElement.prototype.submit.call(form);
}"""


def without_metadata(route: Route) -> None:
    """Leave out what tells a window from a frame, as old web views do."""
    kept = {k: v for k, v in route.request.headers.items() if not k.startswith("sec-fetch")}
    route.fulfill(response=route.fetch(headers=kept))


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


def test_without_scripts_a_frame_leads_to_a_new_tab_and_a_person_confirms(
    visit: Visit, scriptless_browser: Browser
) -> None:
    context = scriptless_browser.new_context()
    page = visit.open(context)
    page.frame_locator("iframe").get_by_role("button").click()  # the LMS has no script either
    with context.expect_page() as opened:
        page.frame_locator("iframe").locator("#continue").click()
    opened.value.get_by_role("button").first.click()
    with context.expect_page() as confirming:
        opened.value.get_by_role("button", name="Open in a new tab").click()
    tab = confirming.value
    expect(tab.get_by_text("Amina Okafor")).to_be_visible()
    assert visit.bound_by() is None
    tab.get_by_role("button", name="Yes, continue").click()
    tab.wait_for_url("**/s/**")
    assert visit.bound_by() is BoundBy.CONFIRMATION
    context.close()


def test_an_app_s_window_has_neither_parent_nor_opener(
    visit: Visit, context: BrowserContext
) -> None:
    page = visit.open_window(context)
    page.wait_for_url("**/s/**")
    assert page.evaluate("[window.parent === window, window.opener]") == [True, None]
    assert visit.bound_by() is BoundBy.COOKIE


def test_a_window_whose_cookies_do_not_come_back_is_bound_by_its_storage(
    visit: Visit, context: BrowserContext
) -> None:
    """Old web views never send cookies with what another site posts; nor do they tell the target.

    Where cookies come back a window is sent on by a redirect, which has no page to store anything.
    """
    context.route("**/lti/login*", without_metadata)
    context.route("**/lti/auth*", losing_cookies(context))
    page = visit.open_window(context)
    page.wait_for_url("**/s/**")
    assert visit.bound_by() is BoundBy.OWN_STORAGE
    page.reload()
    expect(page.locator("#main h1")).to_contain_text("not ready")
    page.go_back()
    page.go_forward()
    expect(page.locator("#main h1")).to_contain_text("not ready")


def test_a_frame_in_a_frame_of_the_platform(visit: Visit, context: BrowserContext) -> None:
    visit.pair.walker.control("platform-storage", {"on": True})
    inner = f"<iframe src='/activity/{visit.link_id}' width=900 height=600></iframe>"
    outer = f"{visit.pair.sandbox_url}/outer"
    context.route(outer, lambda route: route.fulfill(content_type="text/html", body=inner))
    context.request.post(f"{visit.pair.sandbox_url}/person", form={"person": "amina"})
    page = context.new_page()
    page.goto(outer)
    expect(visit.frame(page, "/s/").locator("#main h1")).to_contain_text("not ready")
    assert visit.bound_by() is BoundBy.COOKIE


def test_platform_storage_that_forgets_leads_to_a_new_tab(
    visit: Visit, context: BrowserContext
) -> None:
    visit.pair.walker.control("platform-storage", {"on": True})
    context.route("**/lti/auth*", losing_cookies(context))
    context.add_init_script(NO_STORAGE + FORGETFUL)
    frame = visit.frame(visit.open(context), "/lti/launch")
    expect(frame.get_by_role("button", name="Open in a new tab")).to_be_visible()
    assert visit.bound_by() is None


def test_an_attacker_s_launch_asks_in_the_victim_s_browser(
    visit: Visit, context: BrowserContext, blocking_browser: Browser
) -> None:
    """Login CSRF: the attacker begins, the victim's browser is made to post the launch."""
    caught: list[str] = []

    def catch(route: Route) -> None:
        caught.append(route.request.post_data or "")
        route.abort()

    context.route("**/lti/launch", catch)
    visit.open(context).wait_for_timeout(300)
    for _ in range(100):
        if caught:
            break
        context.pages[-1].wait_for_timeout(100)
    victim = blocking_browser.new_context()
    page = victim.new_page()
    page.goto(f"{visit.pair.sandbox_url}/course/2")
    page.evaluate(POST_ALL, [f"{visit.pair.tool_url}/lti/launch", caught[0]])
    expect(page.get_by_role("button", name="Open in a new tab")).to_be_visible()
    assert visit.bound_by() is None
    victim.close()
