"""What the tests of autosave do on the page with the form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import PATIENCE
from tests.browser.components.site import Site

DRAFT = "localStorage.getItem('miroir:draft:draft-1')"
MINE = "mine too"


def write(page: Page, site: Site) -> None:
    page.clock.install()
    page.goto(f"{site.url}/write")
    page.wait_for_selector("[data-editor-state='rich']", state="attached")


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


def stop_the_clock(page: Page) -> None:
    """Let the page's time pass only where a test says so, however slow the machine is."""
    soon = page.evaluate("Date.now()") / 1000 + 1
    page.clock.pause_at(datetime.fromtimestamp(soon, UTC))


def wait_until(page: Page, is_so: Callable[[], bool]) -> None:
    """Wait until it is so; Playwright waits by ``eval``, which our pages forbid."""
    for _ in range(PATIENCE // 50):
        if is_so():
            return
        page.wait_for_timeout(50)
    pytest.fail("waited in vain")


def reopen(context: BrowserContext, page: Page, site: Site) -> Page:
    page.close()
    again = context.new_page()
    write(again, site)
    return again
