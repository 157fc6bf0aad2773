"""What the tests of autosave do on the page with the form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import PATIENCE
from tests.browser.components.site import Site

DRAFT = "localStorage.getItem('miroir:draft:draft-1')"
MINE = "mine too"


def write(page: Page, site: Site) -> None:
    page.clock.install()
    page.goto(f"{site.url}/write")
    page.wait_for_selector("[data-editor-state='rich']", state="attached")


def stop_the_clock(page: Page) -> None:
    """Let time pass by ``page.clock.run_for`` only: typing takes long on a busy machine."""
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))


def wait_until(page: Page, is_so: Callable[[], bool]) -> None:
    """Wait for something on the server."""
    for _ in range(PATIENCE // 50):
        if is_so():
            return
        page.wait_for_timeout(50)
    raise AssertionError("waited in vain")


def type_words(page: Page, words: str) -> None:
    page.locator("#f-body").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def replace_all(page: Page, words: str) -> None:
    page.locator("#f-body").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type(words)


def wait_for(page: Page, text: str) -> None:
    expect(page.locator("[data-save-text]")).to_contain_text(text)


def reopen(context: BrowserContext, page: Page, site: Site) -> Page:
    page.close()
    again = context.new_page()
    write(again, site)
    return again
