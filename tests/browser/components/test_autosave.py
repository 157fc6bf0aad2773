"""Autosave in a real browser: nothing that was typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.components.site import Site
from tests.browser.components.writing import (
    DRAFT,
    MINE,
    reopen,
    replace_all,
    stop_the_clock,
    type_words,
    wait_for,
    wait_until,
    write,
)

BLOCKED = """for (const name of ["getItem", "setItem", "removeItem"])
  Storage.prototype[name] = () => { throw new DOMException("blocked", "SecurityError"); };"""


def test_saves_two_seconds_after_the_last_key(page: Page, site: Site) -> None:
    write(page, site)
    page.get_by_label("Confident").check()
    replace_all(page, "a new thought")
    assert site.saves == []
    page.clock.run_for(2100)
    wait_for(page, "Saved at")
    assert site.saves == [
        {
            "fields": {"body": "<p>a new thought</p>", "level": "2"},
            "formats": {"body": "html"},
            "version": 1,
        }
    ]
    assert site.tokens == ["token"]
    assert page.evaluate(DRAFT) is None


def test_saves_every_ten_seconds_while_typing(page: Page, site: Site) -> None:
    write(page, site)
    stop_the_clock(page)
    for _ in range(10):
        type_words(page, "x")
        assert site.saves == []
        page.clock.run_for(1000)
    wait_for(page, "Saved at")
    assert site.saves[0]["fields"]["body"].count("x") == 10


def test_opening_a_page_saves_nothing(page: Page, site: Site) -> None:
    write(page, site)
    page.clock.run_for(15_000)
    assert site.saves == []
    assert page.evaluate(DRAFT) is None


def test_leaving_the_page_saves_at_once(page: Page, site: Site) -> None:
    write(page, site)
    replace_all(page, "in a hurry")
    page.goto(f"{site.url}/sent?")
    wait_until(page, lambda: bool(site.saves))
    assert site.saves[0]["fields"]["body"] == "<p>in a hurry</p>"


def test_a_closed_tab_loses_nothing(context: BrowserContext, page: Page, site: Site) -> None:
    write(page, site)
    replace_all(page, MINE)
    again = reopen(context, page, site)
    expect(again.locator("#f-body")).to_have_text(MINE)
    again.clock.run_for(2100)
    again.wait_for_timeout(300)
    assert site.fields["body"] == f"<p>{MINE}</p>"


def test_a_closed_tab_while_the_server_is_down(
    context: BrowserContext, page: Page, site: Site
) -> None:
    write(page, site)
    site.answers = [({}, 500)] * 9
    replace_all(page, MINE)
    page.close()
    again = reopen(context, page, site)
    expect(again.locator("#f-body")).to_have_text(MINE)
    expect(again.locator("[data-save-restored]")).to_be_visible()
    site.answers = []
    again.clock.run_for(2100)
    wait_for(again, "Saved at")
    assert site.fields["body"] == f"<p>{MINE}</p>"


def test_a_restored_text_can_be_refused(context: BrowserContext, page: Page, site: Site) -> None:
    write(page, site)
    site.answers = [({}, 500)] * 9
    replace_all(page, MINE)
    again = reopen(context, page, site)
    again.get_by_role("button", name="Undo: show the saved text").click()
    expect(again.locator("#f-body")).to_contain_text("I asked one question")
    assert again.evaluate(DRAFT) is None
    again.clock.run_for(15_000)
    assert site.version == 1


def test_a_restored_text_can_be_refused_after_it_was_saved(
    context: BrowserContext, page: Page, site: Site
) -> None:
    write(page, site)
    site.answers = [({}, 500)] * 9
    replace_all(page, MINE)
    again = reopen(context, page, site)
    # The closed page may have sent its text this late: until here every save was refused.
    expect(again.locator("[data-save-restored]")).to_be_visible()
    site.answers = []
    again.clock.run_for(2100)
    wait_for(again, "Saved at")
    again.get_by_role("button", name="Undo: show the saved text").click()
    again.clock.run_for(2100)
    again.wait_for_timeout(300)
    assert "I asked" in site.fields["body"]


def test_offline_is_told_and_made_good(context: BrowserContext, page: Page, site: Site) -> None:
    write(page, site)
    context.set_offline(True)
    replace_all(page, MINE)
    page.clock.run_for(2100)
    wait_for(page, "Offline: kept on this device")
    expect(page.locator("#live")).to_have_text("Offline: kept on this device")
    context.set_offline(False)
    wait_for(page, "Saved at")
    assert site.fields["body"] == f"<p>{MINE}</p>"


def test_a_failing_server_is_tried_again_later(page: Page, site: Site) -> None:
    write(page, site)
    site.answers = [({}, 503), ({}, 502)]
    replace_all(page, MINE)
    page.clock.run_for(2100)
    wait_for(page, "Offline")
    for _ in range(12):
        page.clock.run_for(1000)
        page.wait_for_timeout(50)
    wait_for(page, "Saved at")
    assert site.fields["body"] == f"<p>{MINE}</p>"
    assert len(site.saves) == 3


@pytest.mark.parametrize("status", [401, 410])
def test_an_ended_session_keeps_the_text(
    context: BrowserContext, page: Page, site: Site, status: int
) -> None:
    write(page, site)
    site.answers = [({}, status)]
    replace_all(page, MINE)
    page.clock.run_for(2100)
    wait_for(page, "open the activity again from your course")
    type_words(page, " and more")
    page.clock.run_for(20_000)
    assert len(site.saves) == 1
    again = reopen(context, page, site)
    expect(again.locator("#f-body")).to_have_text(f"{MINE} and more")


def test_a_refused_text_is_not_sent_in_a_loop(page: Page, site: Site) -> None:
    write(page, site)
    site.answers = [({}, 422)]
    replace_all(page, MINE)
    page.clock.run_for(2100)
    wait_for(page, "this text was refused")
    page.clock.run_for(60_000)
    assert len(site.saves) == 1


def test_with_storage_blocked_it_still_saves(page: Page, site: Site) -> None:
    page.add_init_script(BLOCKED)
    write(page, site)
    replace_all(page, MINE)
    page.clock.run_for(2100)
    wait_for(page, "Saved at")
    page.context.set_offline(True)
    type_words(page, "!")
    page.clock.run_for(2100)
    wait_for(page, "Offline and not saved")


def test_a_sent_form_leaves_no_draft(page: Page, site: Site) -> None:
    write(page, site)
    # More than one: on a slow machine the next try comes before the test has looked.
    site.answers = [({}, 500)] * 9
    replace_all(page, MINE)
    page.clock.run_for(2100)
    wait_for(page, "Offline")
    assert page.evaluate(DRAFT)
    site.answers = []
    page.get_by_role("button", name="Send to your tutor").click()
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    wait_until(page, lambda: page.evaluate(DRAFT) is None)


def test_words_typed_before_the_script_came_are_kept(page: Page, site: Site) -> None:
    def slowly(route: Route) -> None:
        page.wait_for_timeout(500)
        route.continue_()

    page.route("**/squire.js*", slowly)
    page.goto(f"{site.url}/write", wait_until="commit")
    page.locator("textarea[name=body]").fill("very early words")
    page.wait_for_selector("[data-editor-state='rich']", state="attached")
    expect(page.locator("#f-body")).to_have_text("very early words")
    wait_for(page, "Saved at")
    assert site.fields["body"] == "<p>very early words</p>"
