"""A text that changed in two places: both are shown, and the person chooses."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.components.site import Site
from tests.browser.components.writing import (
    DRAFT,
    MINE,
    reopen,
    replace_all,
    type_words,
    wait_for,
    write,
)


def change_elsewhere(site: Site) -> None:
    site.fields, site.version = {"body": "<p>theirs</p>"}, site.version + 1


def meet_conflict(page: Page, site: Site) -> None:
    write(page, site)
    change_elsewhere(site)
    replace_all(page, MINE)
    page.clock.run_for(2100)
    wait_for(page, "in another tab")
    expect(page.locator("[data-save-mine]")).to_contain_text(MINE)
    expect(page.locator("[data-save-theirs]")).to_contain_text("theirs")


def test_two_versions_keep_mine(page: Page, site: Site) -> None:
    meet_conflict(page, site)
    page.get_by_role("button", name="Keep the text on this page").click()
    wait_for(page, "Saved at")
    expect(page.locator("[data-save-conflict]")).to_be_hidden()
    assert site.fields["body"] == f"<p>{MINE}</p>"


def test_two_versions_keep_theirs(page: Page, site: Site) -> None:
    meet_conflict(page, site)
    page.get_by_role("button", name="Keep the text saved elsewhere").click()
    expect(page.locator("#f-body")).to_have_text("theirs")
    expect(page.locator("[data-save-conflict]")).to_be_hidden()
    type_words(page, " more")
    page.clock.run_for(2100)
    wait_for(page, "Saved at")
    assert site.fields["body"] == "<p>theirs more</p>"


def test_the_same_words_elsewhere_are_no_conflict(page: Page, site: Site) -> None:
    write(page, site)
    site.fields, site.version = {"body": f"<p><i>{MINE}</i></p>"}, 2
    replace_all(page, MINE)
    page.clock.run_for(2100)
    page.clock.run_for(2100)
    wait_for(page, "Saved at")
    expect(page.locator("[data-save-conflict]")).to_be_hidden()


def test_an_old_draft_meets_a_newer_text(context: BrowserContext, page: Page, site: Site) -> None:
    write(page, site)
    site.answers = [({}, 500)] * 9
    replace_all(page, MINE)
    # The closed page may send its text this late: until the other page has met it, all is refused.
    page.close()
    change_elsewhere(site)
    again = context.new_page()
    write(again, site)
    wait_for(again, "in another tab")
    site.answers = []
    expect(again.locator("[data-save-theirs]")).to_contain_text("theirs")
    again.get_by_role("button", name="Keep the text on this page").click()
    wait_for(again, "Saved at")
    assert site.fields["body"] == f"<p>{MINE}</p>"


def test_a_lost_answer_is_no_conflict(context: BrowserContext, page: Page, site: Site) -> None:
    write(page, site)
    replace_all(page, MINE)
    stored = page.evaluate(DRAFT)
    page.clock.run_for(2100)
    wait_for(page, "Saved at")
    page.evaluate("text => localStorage.setItem('miroir:draft:draft-1', text)", stored)
    again = reopen(context, page, site)
    expect(again.locator("#f-body")).to_have_text(MINE)
    expect(again.locator("[data-save-restored]")).to_be_hidden()
    expect(again.locator("[data-save-conflict]")).to_be_hidden()
    assert again.evaluate(DRAFT) is None


def test_words_typed_after_a_lost_answer_come_back(
    context: BrowserContext, page: Page, site: Site
) -> None:
    write(page, site)
    context.route("**/save", lambda route: (route.fetch(), route.abort()))
    replace_all(page, MINE)
    page.clock.run_for(2100)
    wait_for(page, "Offline")
    context.unroute("**/save")
    site.answers = [({}, 500)] * 9
    type_words(page, " later")
    again = reopen(context, page, site)
    # Every save is refused to the end, also the one that the closed page sends late.
    expect(again.locator("#f-body")).to_have_text(f"{MINE} later")
    expect(again.locator("[data-save-conflict]")).to_be_hidden()


def test_own_words_under_a_newer_number_are_no_conflict(
    context: BrowserContext, page: Page, site: Site
) -> None:
    write(page, site)
    context.route("**/save", lambda route: (route.fetch(), route.abort()))
    replace_all(page, MINE)
    page.clock.run_for(2100)
    wait_for(page, "Offline")
    context.unroute("**/save")
    type_words(page, " later")
    page.clock.run_for(5000)
    wait_for(page, "Saved at")
    assert site.fields["body"] == f"<p>{MINE} later</p>"
