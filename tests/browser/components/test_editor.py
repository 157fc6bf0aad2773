"""The rich-text editor in a real browser, under the real policy."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.components.site import Site

PASTE = """(area, html) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  const how = {clipboardData: data, bubbles: true, cancelable: true};
  area.dispatchEvent(new ClipboardEvent("paste", how));
}"""
PASTED = Path(__file__).parent / "pasted"


def write(page: Page, site: Site, query: str = "") -> None:
    page.goto(f"{site.url}/write{query}")
    page.wait_for_selector("[data-editor-state='rich']", state="attached")


def held(page: Page) -> str:
    return page.locator("textarea[name=body]").input_value()


def empty_sheet(page: Page) -> None:
    page.locator("#f-body").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")


def test_without_script_it_is_a_plain_field(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/write")
    expect(page.get_by_label("What happened?")).to_have_value("plain text")
    page.get_by_label("What happened?").fill("My own words")
    page.get_by_role("button", name="Send to your tutor").click()
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    assert site.posts[0]["body"] == "My own words"
    assert "body-format" not in site.posts[0]
    context.close()


def test_sends_html_and_says_so(page: Page, site: Site) -> None:
    write(page, site)
    empty_sheet(page)
    page.keyboard.type("one ")
    page.keyboard.press("Control+b")
    page.keyboard.type("two")
    page.get_by_role("button", name="Send to your tutor").click()
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    assert site.posts[0]["body-format"] == "html"
    assert site.posts[0]["body"].replace("&nbsp;", " ") == "<p>one <b>two</b></p>"


def test_starts_from_what_was_saved(page: Page, site: Site) -> None:
    write(page, site)
    assert held(page) == site.fields["body"]


@pytest.mark.parametrize(
    ("tool", "html"),
    [
        ("Heading", "<h3>one</h3>"),
        ("Small heading", "<h4>one</h4>"),
        ("List", "<ul><li>one</li></ul>"),
        ("Numbered list", "<ol><li>one</li></ol>"),
        ("Quote", "<blockquote><p>one</p></blockquote>"),
    ],
)
def test_tools_give_structure_and_take_it_back(
    page: Page, site: Site, tool: str, html: str
) -> None:
    write(page, site)
    empty_sheet(page)
    page.keyboard.type("one")
    button = page.get_by_role("toolbar").get_by_role("button", name=tool, exact=True)
    button.click()
    assert held(page) == html
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    assert held(page) == "<p>one</p>"


def test_a_link_is_put_and_taken_away(page: Page, site: Site) -> None:
    write(page, site)
    empty_sheet(page)
    page.keyboard.type("guide")
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Link", exact=True).click()
    page.get_by_label("Address of the link").fill("example.org/a")
    page.keyboard.press("Enter")
    assert held(page) == '<p><a href="https://example.org/a">guide</a></p>'
    page.get_by_role("button", name="Link", exact=True).click()
    expect(page.get_by_label("Address of the link")).to_have_value("https://example.org/a")
    page.get_by_role("button", name="Without link").click()
    assert held(page) == "<p>guide</p>"


def test_a_paste_from_word_is_cleaned(page: Page, site: Site) -> None:
    write(page, site)
    empty_sheet(page)
    page.locator("#f-body").evaluate(PASTE, (PASTED / "word.html").read_text("utf-8"))
    assert held(page) == (
        "<h3>Title</h3><p>Hello <b>bold</b></p><ul><li>one</li><li>two</li></ul><p>a | b</p>"
    )


OFFICE = {
    "word_list.html": (
        "<h3>What I tried</h3><ul><li>ask first<ul><li>what they had tried</li></ul></li>"
        "<li>listen</li></ul><p>In this order[1]:</p><ol><li>one</li><li>two</li></ol>"
        "<p>Day | Visits</p><p>Monday | 12</p><p>[1] As our <i>guide</i> says.</p>"
    ),
    "docs.html": (
        "<h3>Title</h3><p><b>Bold</b> and <i>leaning</i></p>"
        "<ul><li>one<ul><li>one a</li></ul></li><li>two</li></ul>"
    ),
    "office.html": (
        "<h3>Notes</h3><ol><li>first</li><li><b>second</b>[1]</li></ol><p>a | b</p>"
        "<p>[1] From the guide.</p>"
    ),
}
"""What is pasted from Word, Google Docs and LibreOffice: lists, footnotes, tables."""


def test_office_programs_leave_structure_and_nothing_else(page: Page, site: Site) -> None:
    write(page, site)
    for name, expected in OFFICE.items():
        empty_sheet(page)
        page.locator("#f-body").evaluate(PASTE, (PASTED / name).read_text("utf-8"))
        assert held(page) == expected, name


def test_a_hostile_paste_does_nothing(page: Page, site: Site) -> None:
    write(page, site)
    empty_sheet(page)
    page.locator("#f-body").evaluate(PASTE, (PASTED / "hostile.html").read_text("utf-8"))
    page.wait_for_timeout(300)
    assert page.evaluate("window.hit") is None
    assert held(page).replace(" ", "") == '<p>x<ahref="https://example.org/">y</a></p>'


def test_counts_words_and_says_what_is_missing(page: Page, site: Site) -> None:
    write(page, site)
    empty_sheet(page)
    count = page.locator("#f-body-count")
    page.keyboard.type("one – two")
    expect(count).to_have_text("Words: 2 · 1 more to go")
    page.keyboard.type(" three")
    expect(count).to_have_text("Words: 3 · long enough")
    expect(page.locator("#live")).to_have_text("Words: 3 · long enough")
    page.keyboard.type(" word" * 19)
    expect(count).to_have_text("Words: 22 · 2 too many")


def test_counts_characters_in_chinese(page: Page, site: Site) -> None:
    write(page, site, "?locale=zh")
    empty_sheet(page)
    page.keyboard.insert_text("我问了，他答。")
    expect(page.locator("#f-body-count")).to_have_text("Characters: 5 · long enough")


@pytest.mark.parametrize(("locale", "forward"), [("en", "ArrowRight"), ("ar", "ArrowLeft")])
def test_the_toolbar_is_one_stop_of_the_tab_key(
    page: Page, site: Site, locale: str, forward: str
) -> None:
    write(page, site, f"?locale={locale}")
    focused = "document.activeElement.dataset.command || document.activeElement.id"
    page.locator("#f-body").focus()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(focused) == "bold"
    page.keyboard.press(forward)
    assert page.evaluate(focused) == "italic"
    page.keyboard.press("End")
    assert page.evaluate(focused) == "undo"
    page.keyboard.press("Escape")
    assert page.evaluate(focused) == "f-body"
    page.keyboard.press("Alt+F10")
    assert page.evaluate(focused) == "undo"


def test_the_tab_key_leaves_the_text(page: Page, site: Site) -> None:
    write(page, site)
    page.locator("#f-body").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "f-level-1"


def test_the_error_summary_leads_into_the_sheet(page: Page, site: Site) -> None:
    write(page, site, "?wrong=1")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="Say a little more").click()
    expect(page.locator("#f-body")).to_be_focused()


def test_it_has_its_name_and_description(page: Page, site: Site) -> None:
    write(page, site)
    box = page.get_by_role("textbox", name="What happened?")
    expect(box).to_have_accessible_description("Your tutor sees this Words: 7 · long enough")


def test_without_its_engine_it_stays_plain(page: Page, site: Site) -> None:
    page.route("**/squire.js*", lambda route: route.abort())
    page.goto(f"{site.url}/write")
    page.wait_for_selector("[data-editor-state='plain']")
    page.get_by_label("What happened?").fill("four words of mine")
    expect(page.locator("#f-body-count")).to_have_text("Words: 4 · long enough")
    page.get_by_role("button", name="Send to your tutor").click()
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    assert "body-format" not in site.posts[0]
