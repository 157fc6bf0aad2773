"""Competency frameworks in a browser: by keyboard, accessible, on a phone and in Arabic."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.people import AXE, RUN_AXE
from tests.factories.frameworks import PLAIN_CSV
from tests.factories.world import make_world
from tests.support.servers import Pair

LOOKS = {"ar": 360}


def check(page: Page, name: str) -> None:
    page.evaluate(AXE)
    assert page.evaluate(RUN_AXE) == [], name
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1], f"{name} is wider than the window"


@pytest.mark.parametrize("language", LOOKS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_educator_imports_a_framework_and_chooses_from_it(
    pair: Pair, blocking_browser: Browser, language: str, tmp_path: Path
) -> None:
    world = make_world(pair.services.db)
    start = f"{pair.tool_url}/s/{world.handle(world.educator, locale=language)}"
    file = tmp_path / "mine.csv"
    file.write_text(PLAIN_CSV)
    page = blocking_browser.new_page(viewport={"width": LOOKS[language], "height": 800})
    page.goto(f"{start}/studio/frameworks")
    check(page, "frameworks")
    page.set_input_files("input[name=file]", file)
    page.press("main form button.btn-primary", "Enter")
    page.wait_for_url("**/uploads/**")
    check(page, "preview")
    page.evaluate("addEventListener('submit', (event) => event.preventDefault(), {once: true})")
    page.press("main form button.btn-primary", "Enter")
    page.wait_for_selector("main form progress")
    assert page.locator("main form button.btn-primary").is_disabled()
    check(page, "while it is imported")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow'))")
    assert page.locator("main form progress").is_hidden()
    page.press("main form button.btn-primary", "Enter")
    page.wait_for_url("**said=framework_imported**")
    check(page, "framework")
    page.goto(f"{start}/activities/{world.activity_id}/settings")
    page.fill("#f-competency_search", "autre")
    page.press("#f-competency_search", "Enter")
    page.wait_for_selector("#picker-found")
    check(page, "picker")
    for box in page.locator("[aria-labelledby=picker-chosen] input").all():
        box.press("Space")
    page.press("[aria-labelledby=picker-found] input", "Space")
    page.press("main form .actions button.btn-primary", "Enter")
    page.wait_for_url("**said=saved**")
    assert page.locator("[aria-labelledby=picker-chosen] input:checked").count() == 1
    page.close()
