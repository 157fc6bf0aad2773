"""Going back and loading again, at every step of a launch: never stuck, never sent twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select

from lti_tool.models.reflections import Reflection
from tests.browser.people import Somebody
from tests.browser.test_nothing_lost import learner, link_id, start_writing
from tests.browser.visits import NO_STORAGE, Visit, losing_cookies

__all__ = ["learner", "link_id"]
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What a browser's history does is the same on every database."""


def shows_the_activity(visit: Visit, page: Page) -> None:
    expect(visit.frame(page, "/s/").locator("#main h1")).to_contain_text("not ready")


@SQLITE
def test_around_a_launch_in_a_frame(visit: Visit, context: BrowserContext) -> None:
    page = visit.open(context)
    shows_the_activity(visit, page)
    page.reload()
    shows_the_activity(visit, page)
    visit.frame(page, "/s/").evaluate("location.reload()")
    shows_the_activity(visit, page)
    page.go_back()
    expect(page).to_have_url(f"{visit.pair.sandbox_url}/course/2")
    page.go_forward()
    shows_the_activity(visit, page)


@SQLITE
def test_around_a_launch_in_a_window(visit: Visit, context: BrowserContext) -> None:
    page = visit.open_window(context)
    page.wait_for_url("**/s/**")
    page.reload()
    expect(page.locator("#main h1")).to_contain_text("not ready")
    page.go_back()
    expect(page).to_have_url(f"{visit.pair.sandbox_url}/course/2")
    page.go_forward()
    expect(page.locator("#main h1")).to_contain_text("not ready")


@SQLITE
def test_the_check_page_is_not_on_the_way_back(visit: Visit, context: BrowserContext) -> None:
    """A page that was posted cannot be shown again: browsers put an error in its place."""
    visit.pair.walker.control("platform-storage", {"on": True})
    context.route("**/lti/auth*", losing_cookies(context))
    context.add_init_script(NO_STORAGE)
    page = visit.open(context)
    shows_the_activity(visit, page)
    page.go_back()
    expect(page).to_have_url(f"{visit.pair.sandbox_url}/course/2")
    page.go_forward()
    shows_the_activity(visit, page)


@SQLITE
def test_a_used_launch_loaded_again_says_what_to_do(visit: Visit, context: BrowserContext) -> None:
    context.route("**/lti/auth*", losing_cookies(context))
    context.add_init_script(NO_STORAGE)
    page = visit.open(context)
    frame = visit.frame(page, "/lti/launch")
    expect(frame.get_by_role("button", name="Open in a new tab")).to_be_visible()
    frame.evaluate("location.reload()")
    expect(frame.get_by_role("heading", name="already opened")).to_be_visible()
    expect(frame.locator("#main")).to_contain_text("Go back to your course")


@SQLITE
def test_the_confirm_page(visit: Visit, context: BrowserContext) -> None:
    context.route("**/lti/auth*", losing_cookies(context))
    context.add_init_script(NO_STORAGE)
    frame = visit.frame(visit.open(context), "/lti/launch")
    with context.expect_page() as opened:
        frame.get_by_role("button", name="Open in a new tab").click()
    tab = opened.value
    tab.reload()
    tab.get_by_role("button", name="Yes, continue").click()
    tab.wait_for_url("**/s/**")
    tab.reload()
    expect(tab.locator("#main h1")).to_contain_text("not ready")
    tab.go_back()
    assert "/lti/confirm" not in tab.url
    assert not tab.url.startswith("chrome-error")


def how_many(learner: Somebody) -> int:
    with learner.pair.services.db.read() as session:
        return session.scalar(select(func.count()).select_from(Reflection)) or 0


@SQLITE
def test_a_form_that_was_not_right(learner: Somebody, link_id: str) -> None:
    start_writing(learner, link_id)
    learner.press("/now", "button.btn-primary")
    learner.frame.wait_for_selector("[data-error-summary]")
    learner.frame.evaluate("location.reload()")
    learner.frame.wait_for_selector("[data-error-summary]")
    learner.page.evaluate("history.back()")
    learner.frame.wait_for_selector("form[data-autosave-url]")
    assert not [f for f in learner.page.frames if f.url.startswith("chrome-error")]


@SQLITE
def test_a_form_that_was_sent_is_not_sent_again(learner: Somebody, link_id: str) -> None:
    start_writing(learner, link_id)
    learner.write(["Ten words of my own about the work at the desk. " * 12] * 4)
    learner.press("/now", "button.btn-primary", then="/submission")
    sent = learner.frame.inner_text("#main h1")
    learner.frame.evaluate("location.reload()")
    learner.in_tool("/submission")
    learner.page.evaluate("history.back()")
    learner.page.wait_for_timeout(500)
    assert not [f for f in learner.page.frames if f.url.startswith("chrome-error")]
    learner.page.evaluate("history.forward()")
    assert learner.in_tool("/submission").inner_text("#main h1") == sent
    assert how_many(learner) == 1
