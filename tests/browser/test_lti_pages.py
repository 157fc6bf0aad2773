"""The pages around a launch: accessible in three languages, on a phone, by day and by night.

English is looked at for pictures only: French is longer, Arabic runs the other way.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import update

from lti_tool.models.launches import LaunchSession
from lti_tool.models.people import User
from lti_tool.rules.vocabulary import SessionKind
from tests.browser.chromium import PATIENCE
from tests.browser.people import AXE, RUN_AXE
from tests.browser.visits import NO_STORAGE, Visit, losing_cookies

SCREENSHOTS = os.environ.get("MIROIR_SCREENSHOTS")
VIEWS: tuple[tuple[int, Any], ...] = ((1280, "light"), (360, "dark"))
MORE_VIEWS: tuple[tuple[int, Any], ...] = ((1280, "dark"), (360, "light"))
WINDOW = {"deep_linking": {"deep_link_return_url": "https://lms.example/back"}}
SUBMIT_BIG = """url => {
    const form = Object.assign(document.createElement("form"), {method: "post", action: url});
    const area = Object.assign(document.createElement("textarea"), {name: "name"});
    area.value = "x".repeat(3000000);
    form.append(area);
    document.body.append(form);
    form.submit();
}"""
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Looker:
    """Looks at pages in one language."""

    locale: str
    context: BrowserContext
    visit: Visit

    def page(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

    def goto(self, path: str) -> Page:
        page = self.page()
        page.goto(self.visit.pair.tool_url + path)
        return page

    def look(self, page: Page, name: str) -> None:
        """Check and picture a page; close it."""
        assert page.evaluate("document.documentElement.lang") == self.locale, name
        page.evaluate(AXE)
        for width, scheme in VIEWS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert page.evaluate(RUN_AXE) == [], (name, width, scheme)
            wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert wide[0] <= wide[1], (name, width)
        if SCREENSHOTS:
            self._picture(page, name)
        page.close()

    def _picture(self, page: Page, name: str) -> None:
        for width, scheme in (*VIEWS, *MORE_VIEWS):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            Path(SCREENSHOTS or "").mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{SCREENSHOTS}/{name}-{self.locale}-{width}-{scheme}.png")

    def session(self) -> str:
        """Open a session in a window; return the path of its home page."""
        page = self.visit.open_window(self.context)
        page.wait_for_url("**/s/**")
        found = re.search(r"/s/[^/]+/", page.url)
        page.close()
        assert found is not None
        with self.visit.pair.services.db.write() as session:
            session.execute(update(User).values(chosen_locale=self.locale))
        return found[0]


@pytest.fixture(params=["en", "fr", "ar"] if SCREENSHOTS else ["fr", "ar"])
def looker(
    request: pytest.FixtureRequest, visit: Visit, blocking_browser: Browser
) -> Iterator[Looker]:
    context = blocking_browser.new_context(locale=request.param)
    yield Looker(request.param, context, visit)
    context.close()


def test_the_pages_that_bind_a_launch(looker: Looker) -> None:
    looker.session()
    looker.context.route("**/lti/launch", losing_cookies(looker.context))
    looker.context.add_init_script(NO_STORAGE)
    page = looker.visit.open_window(looker.context)
    button = page.locator("#new-tab button")
    button.wait_for()
    with looker.context.expect_page() as opened:
        button.click()
    page.locator("#opened").wait_for()
    looker.look(page, "opened-elsewhere")
    opened.value.locator("#confirm").wait_for()
    looker.look(opened.value, "confirm")
    page = looker.visit.open_window(looker.context)
    page.locator("#new-tab button").wait_for()
    looker.look(page, "check")


def test_the_page_that_leads_on_without_a_script(
    looker: Looker, visit: Visit, scriptless_browser: Browser
) -> None:
    context = scriptless_browser.new_context(locale=looker.locale)
    context.request.post(f"{visit.pair.sandbox_url}/person", form={"person": "amina"})
    page = context.new_page()
    inner = f"<iframe src='/launch/link/{visit.link_id}' width=900 height=600></iframe>"
    outer = f"{visit.pair.sandbox_url}/outer"
    context.route(outer, lambda route: route.fulfill(content_type="text/html", body=inner))
    page.goto(outer)
    page.frame_locator("iframe").get_by_role("button").click()
    address = visit.frame(page, "/lti/login")
    address.locator("#continue").wait_for()
    address.wait_for_load_state()
    # The rules of accessibility are a script: what was shown without one is shown to them again.
    html = re.sub(r"<script.*?</script>|</?noscript>", "", address.content(), flags=re.S)
    context.close()
    shown = looker.page()
    at = f"{visit.pair.tool_url}/shown"
    shown.route(at, lambda route: route.fulfill(content_type="text/html", body=html))
    shown.goto(at)
    looker.look(shown, "onward")


def test_refusals_and_registration(looker: Looker) -> None:
    services = looker.visit.pair.services
    looker.look(looker.goto("/lti/launch"), "refused")
    looker.look(looker.goto("/lti/register"), "register-help")
    link = services.platforms.invite("Library school")
    path = link.removeprefix(looker.visit.pair.tool_url)
    looker.look(looker.goto(path), "register-invited")
    looker.look(looker.goto("/lti/register/unknown"), "register-refused")
    (platform,) = services.platforms.listing()
    looker.look(looker.goto(f"/lti/frame-test/{platform.id}"), "frame-test")
    opened = looker.visit.pair.walker.control("registration-link", {"link": link})["url"]
    for name in ("register", "registered"):
        page = looker.page()
        page.goto(opened)
        if name == "registered":
            page.locator("form[action*='/lti/register/'] button").click()
            page.locator("#close, .facts code").first.wait_for()
        looker.look(page, name)


def test_pages_with_nothing_to_do(looker: Looker) -> None:
    home = looker.session()
    looker.look(looker.goto(home), "not-ready")
    looker.look(looker.goto(f"{home}name"), "name")
    looker.look(looker.goto(f"{home}about"), "about")
    with looker.visit.pair.services.db.write() as session:
        session.execute(update(LaunchSession).values(kind=SessionKind.DEEP_LINKING, message=WINDOW))
    looker.look(looker.goto(home), "staff-only")


def test_errors(looker: Looker, monkeypatch: pytest.MonkeyPatch) -> None:
    home = looker.session()
    looker.look(looker.goto("/nothing"), "error-404")
    looker.look(looker.goto(f"{home}studio/new"), "error-in-session")
    looker.look(looker.goto("/s/unknown/"), "error-ended")
    page = looker.goto(f"{home}name")
    page.locator("input[name=csrf_token]").first.evaluate("field => field.form.remove()")
    page.evaluate(SUBMIT_BIG, f"{home}name")
    page.wait_for_url("**/name")
    page.wait_for_selector(".reference")
    looker.look(page, "error-413")

    def fault(**_values: Any) -> str:
        raise RuntimeError("a fault of ours")

    monkeypatch.setitem(looker.visit.pair.tool.view_functions, "home.name", fault)
    looker.look(looker.goto(f"{home}name"), "error-500")
