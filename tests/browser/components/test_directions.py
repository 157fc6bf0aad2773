"""Right to left: empty fields, names and icons go the way of the page, what is written its own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.components.site import Site

DIRECTION = "element => getComputedStyle(element).direction"
BESIDE = """cell => {
  const icon = cell.querySelector(".icon").getBoundingClientRect();
  const range = document.createRange();
  const text = [...cell.querySelector(".icon").parentNode.childNodes].at(-1);
  range.setStart(text, text.textContent.search(/[a-z]/));
  range.setEnd(text, text.textContent.length);
  const word = range.getBoundingClientRect();
  return Math.min(Math.abs(word.left - icon.right), Math.abs(icon.left - word.right));
}"""
PARTED = """line => {
  const icon = line.querySelector(".text-nowrap .icon").getBoundingClientRect();
  const range = document.createRange();
  const text = line.querySelector(".text-nowrap").nextSibling;
  range.setStart(text, 0); range.setEnd(text, 1);
  return range.getBoundingClientRect().top > icon.bottom;
}"""


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("name", ["more", "word"])
def test_an_empty_field_follows_the_page(
    browser: Browser, site: Site, name: str, script: bool
) -> None:
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    seen = []
    for locale in ("ar", "en"):
        page.goto(f"{site.url}/gallery?locale={locale}")
        field = page.locator(f"#f-{name}")
        for words in ("", "hello", "مرحبا"):
            field.fill(words)
            seen.append(field.evaluate(DIRECTION))
    assert seen == ["rtl", "ltr", "rtl", "ltr", "ltr", "rtl"]
    context.close()


def test_an_empty_editor_follows_the_page(page: Page, site: Site) -> None:
    site.fields = {"body": ""}
    page.goto(f"{site.url}/write?locale=ar")
    area = page.locator("#f-body[contenteditable]")
    expect(area).to_have_attribute("data-empty", "")
    assert area.evaluate(DIRECTION) == "rtl"
    area.press_sequentially("hello")
    assert area.evaluate(DIRECTION) == "ltr"


def test_initials_stay_two_letters_where_a_script_joins(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/gallery?locale=ar")
    disc = page.locator(".person", has_text="مريم بن علي").locator(".person-disc")
    assert disc.text_content() == "م\u200cع"


def test_an_icon_stays_beside_its_word_on_a_card(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 360, "height": 900})
    for locale in ("en", "ar"):
        page.goto(f"{site.url}/gallery?locale={locale}")
        assert page.locator("td", has_text="higher").evaluate(BESIDE) < 12


def test_the_eye_stays_with_who_sees_it(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/gallery")
    for width in range(320, 640, 8):
        page.set_viewport_size({"width": width, "height": 900})
        assert not page.locator(".next-line").first.evaluate(PARTED), width


def test_undo_and_return_turn_round(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/gallery?locale=ar")
    for name in ("arrow-counterclockwise", "arrow-return-left"):
        icons = page.locator(f".icon:has([href$='#{name}'])")
        turned = icons.evaluate_all("all => all.map(i => getComputedStyle(i).transform)")
        assert turned
        assert set(turned) == {"matrix(-1, 0, 0, 1, 0, 0)"}


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_the_current_of_many_tabs_is_in_sight_on_a_phone(
    page: Page, site: Site, locale: str
) -> None:
    page.set_viewport_size({"width": 360, "height": 900})
    page.goto(f"{site.url}/tabs?locale={locale}")
    expect(page.locator(".nav-tabs [aria-current]")).to_be_in_viewport(ratio=0.99)
