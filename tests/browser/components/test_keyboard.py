"""By keyboard alone: where one is can be seen, the skip link skips, a language is chosen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.components.site import Site

MARKED = """() => {
  const here = document.activeElement;
  const marked = element => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
      || style.boxShadow.includes("0px 0px 0px");
  };
  const around = here.closest(".level, .editor-sheet");
  const shown = here === document.body || marked(here) || !!around && marked(around);
  return [here.outerHTML.slice(0, 120), shown];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_can_be_seen_everywhere(page: Page, site: Site, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{site.url}/gallery")
    page.wait_for_selector("[data-editor-state='rich']", state="attached")
    page.locator(".skip").focus()
    seen = []
    for _step in range(70):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(MARKED))
        if page.evaluate("document.activeElement.matches('.languages li:last-child button')"):
            break
    assert [what for what, marked in seen if not marked] == []
    assert page.evaluate("document.activeElement.value") == "ar"


def test_the_skip_link_works_inside_the_frame(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/lms/write")
    frame = page.frames[1]
    expect(page.frame_locator("iframe").get_by_role("heading", name="Write")).to_be_visible()
    page.keyboard.press("Tab")
    while not frame.evaluate("document.activeElement.matches('.skip')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert frame.evaluate("document.activeElement.id") == "main"


def test_a_language_is_chosen_without_script(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{site.url}/acts")
    buttons = page.locator(".languages button")
    for number in range(3):
        box = buttons.nth(number).bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
    buttons.get_by_text("français").click()
    assert site.posts == [{"csrf_token": "token", "locale": "fr"}]
    context.close()
