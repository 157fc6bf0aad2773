"""Choosing activities in the LMS's small window, by keyboard; every page of it is accessible."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import update

from lti_tool.models.people import User
from lti_tool.sandbox.walker import Walker
from tests.browser.chromium import PATIENCE
from tests.browser.people import AXE, RUN_AXE, Somebody
from tests.factories.activities import activity_values
from tests.support.servers import Pair, handle_of

SCREENSHOTS = os.environ.get("MIROIR_SCREENSHOTS")
MODAL = (740, 555)
"""The frame of Moodle's modal; it does not grow."""
VIEWS: tuple[tuple[int, int, Any], ...] = (
    (*MODAL, "light"),
    (360, 740, "dark"),
    (1280, 900, "dark"),
)
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def client_id(pair: Pair) -> str:
    """Connect the tool, and have the course own twelve activities."""
    tool = pair.connect()
    walker = Walker(pair.sandbox_url)
    walker.be("claire")
    viewer = pair.services.launches.viewer(handle_of(walker.open_deep_linking(tool["client_id"])))
    for week in range(1, 13):
        pair.services.activities.create(viewer, activity_values(title=f"Week {week}: ما تعلّمت"))
    speak(pair, "en")
    return str(tool["client_id"])


def speak(pair: Pair, locale: str) -> None:
    with pair.services.db.write() as session:
        session.execute(update(User).values(chosen_locale=locale))


@pytest.fixture
def context(blocking_browser: Browser) -> Iterator[BrowserContext]:
    context = blocking_browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def educator(pair: Pair, context: BrowserContext, client_id: str) -> Somebody:
    """Open the window in the LMS's frame."""
    somebody = Somebody("claire", context.new_page(), pair)
    somebody.lms(f"/course/2/add/{client_id}")
    somebody.in_tool("/studio/choose")
    return somebody


def test_several_are_chosen_and_added_by_keyboard(educator: Somebody, pair: Pair) -> None:
    educator.go("/studio/existing")
    boxes = educator.frame.locator("[data-choose]")
    for number in (0, 2, 11):
        boxes.nth(number).press("Space")
    add = educator.frame.locator("button[data-labels]")
    expect(add).to_have_text("Add 3 activities")
    boxes.nth(0).press("Space")
    expect(add).to_have_text("Add 2 activities")
    add.press("Enter")
    educator.page.wait_for_url("**/course/2*")
    titles = [link["title"].partition(":")[0] for link in pair.walker.links()]
    assert titles == ["Week 10", "Week 1"]
    assert educator.problems == []


def test_what_is_ticked_survives_a_search(educator: Somebody) -> None:
    educator.go("/studio/existing")
    educator.frame.locator("[data-choose]").first.press("Space")
    educator.frame.fill("[name=q]", "week 3")
    educator.frame.locator("[name=q]").press("Enter")
    frame = educator.in_tool("q=week")
    expect(frame.locator("[data-choose]")).to_have_count(2)
    expect(frame.locator("[data-choose]:checked")).to_have_count(1)
    expect(frame.locator("button[data-labels]")).to_have_text("Add 1 activity")


def test_cancelling_adds_nothing_and_leads_back(educator: Somebody, pair: Pair) -> None:
    educator.activate("a[href$='/deep-linking/cancel']")
    educator.page.wait_for_url("**/course/2*")
    assert pair.walker.links() == []
    assert educator.problems == []


def test_who_may_not_choose_is_told_and_led_back(
    pair: Pair, context: BrowserContext, client_id: str
) -> None:
    pair.walker.control("persona", {"role": "student", "variant": "plain"})
    somebody = Somebody("claire", context.new_page(), pair)
    somebody.lms(f"/course/2/add/{client_id}")
    somebody.look("staff-only")
    somebody.activate("a[href$='/deep-linking/give-up']")
    told = somebody.page.frame_locator("iframe").get_by_role("alert")
    expect(told).to_have_text("Nothing was added: only educators add activities.")


@pytest.mark.parametrize("locale", ["ar"])
def test_every_page_fits_and_is_accessible(
    pair: Pair, context: BrowserContext, client_id: str, locale: str
) -> None:
    pair.walker.control("deep-linking", {"accept_lineitem": False})
    base = window(pair, context, client_id)
    speak(pair, locale)
    context.route("**/js/lti/submit.js*", keep_the_page)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    for name, path in (
        ("choose", "studio/choose"),
        ("existing", "studio/existing"),
        ("nothing-found", "studio/existing?q=nothing"),
        ("nothing-ticked", "deep-linking/respond"),
        ("cancelled", "deep-linking/cancel"),
    ):
        page.goto(base + path)
        look(page, name, locale)
    page.goto(f"{base}studio/existing")
    page.locator("[data-choose]").first.check()
    page.locator("[data-choose]").nth(1).check()
    look(page, "ticked", locale)
    page.locator("button[data-labels]").press("Enter")
    page.wait_for_url("**/deep-linking/respond*")
    look(page, "handed-over", locale)


@pytest.mark.parametrize("locale", ["ar"])
def test_a_place_that_takes_no_links_and_a_review_fit_too(
    pair: Pair, context: BrowserContext, client_id: str, locale: str
) -> None:
    pair.walker.control("deep-linking", {"accept_types": ["file"]})
    base = window(pair, context, client_id)
    speak(pair, locale)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{base}studio/choose")
    look(page, "not-here", locale)
    pair.walker.control("deep-linking", {})
    column = placed(pair, client_id)
    for who in ("amina", "benoit"):
        pair.walker.be(who)
        pair.walker.launch(pair.walker.links()[-1]["id"])
    speak(pair, locale)
    people = {one["username"]: one["id"] for one in pair.walker.control("people")}
    context.request.post(f"{pair.sandbox_url}/person", form={"person": "claire"})
    for name, who in (("review", ""), ("review-not-opened", people["youssef"])):
        page.goto(f"{pair.sandbox_url}/launch/review/{column}/{who}".rstrip("/"))
        page.wait_for_url("**/review")
        look(page, name, locale)


def window(pair: Pair, context: BrowserContext, client_id: str) -> str:
    """Open a window of this browser's own; return the address of its session."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    context.request.post(f"{pair.sandbox_url}/person", form={"person": "claire"})
    page.goto(f"{pair.sandbox_url}/course/2")
    page.goto(f"{pair.sandbox_url}/launch/deep-linking/2/{client_id}")
    page.wait_for_url("**/studio/choose")
    base = page.url.removesuffix("studio/choose")
    page.close()
    return base


def placed(pair: Pair, client_id: str) -> str:
    """Place an activity without a screen; return the id of its column."""
    pair.walker.be("claire")
    page = pair.walker.open_deep_linking(client_id)
    values = {"title": "Looking back", "do": "save"}
    made = pair.walker.submit(page, page.form("title", "competencies"), values)
    pair.walker.finish_deep_linking(made)
    return str(pair.walker.control("line-items")[-1]["id"])


def keep_the_page(route: Any) -> None:
    """Send nothing by itself: the page that hands over stays to be looked at."""
    route.fulfill(content_type="text/javascript", body="")


def look(page: Page, name: str, locale: str) -> None:
    """Check a page in each size: accessible, nothing sideways; picture it if asked to."""
    assert page.evaluate("document.documentElement.lang") == locale, name
    page.evaluate(AXE)
    for width, height, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert page.evaluate(RUN_AXE) == [], (name, width, scheme)
        wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide[0] <= wide[1], (name, width)
        if SCREENSHOTS:
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{SCREENSHOTS}/{name}-{locale}-{width}.png")
