"""What every page does: height, news, one sending, errors in words, WCAG kept."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.components.site import Site
from tests.browser.components.writing import wait_until

AXE = (Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text("utf-8")
RUN = """axe.run(document, {resultTypes: ["violations"]}).then(result => result.violations.map(
  rule => [rule.id, ...rule.nodes.map(node => node.target.join(" "))]))"""
LISTEN = """window.heights = [];
window.addEventListener("message", event => window.heights.push(event.data));"""


def violations(page: Page) -> list[Any]:
    page.evaluate(AXE)
    found: list[Any] = page.evaluate(RUN)
    return found


@pytest.mark.parametrize(
    ("locale", "phase", "scheme", "width"),
    [
        ("en", "now", "light", 360),
        ("en", "now", "dark", 1280),
        ("fr", "new", "light", 1280),
        ("fr", "new", "dark", 360),
        ("ar", "next", "light", 360),
        ("ar", "next", "dark", 1280),
    ],
)
def test_every_component_is_accessible(
    page: Page, site: Site, locale: str, phase: str, scheme: Any, width: int
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site.url}/gallery?locale={locale}&phase={phase}")
    page.wait_for_selector("[data-editor-state='rich']", state="attached")
    assert violations(page) == []


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_nothing_is_wider_than_the_narrowest_frame(page: Page, site: Site, locale: str) -> None:
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto(f"{site.url}/gallery?locale={locale}")
    page.wait_for_selector("[data-editor-state='rich']", state="attached")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_first_page_is_light(page: Page, site: Site) -> None:
    bodies: dict[str, bytes] = {}

    def keep(answer: Response) -> None:
        bodies[answer.url] = answer.body()

    page.on("response", keep)
    page.goto(f"{site.url}/write")
    page.wait_for_selector("[data-editor-state='rich']", state="attached")
    page.wait_for_load_state("networkidle")
    assert sum(len(gzip.compress(body)) for body in bodies.values()) < 150 * 1024


def test_the_lms_is_told_the_height(page: Page, site: Site) -> None:
    page.add_init_script(LISTEN)
    page.goto(f"{site.url}/lms/write")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Write")).to_be_visible()

    def told_as_it_is() -> bool:
        last = page.evaluate("window.heights.at(-1)")
        real = page.frames[1].evaluate("document.documentElement.getBoundingClientRect().height")
        return bool(last == {"subject": "lti.frameResize", "height": pytest.approx(real, abs=1)})

    wait_until(page, told_as_it_is)


def test_news_is_said_once(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/sent")
    expect(page.locator("#live")).to_have_text("Done: Your rating is kept.")


def test_the_checklist_is_open_where_there_is_room(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/gallery")
    expect(page.get_by_text("Read the responses you receive")).to_be_visible()
    page.set_viewport_size({"width": 600, "height": 900})
    expect(page.get_by_text("Read the responses you receive")).to_be_hidden()
    expect(page.get_by_text("Next: Answer two peers", exact=True).first).to_be_visible()


def test_a_form_is_sent_once(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/acts")
    page.get_by_role("button", name="Send once").dblclick()
    page.wait_for_timeout(500)
    assert len(site.posts) == 1


def test_htmx_sends_the_token_and_shows_the_answer(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/acts")
    site.answers = [({"field": "wrong"}, 422)]
    page.get_by_role("button", name="Send by htmx").click()
    expect(page.locator("#result")).to_contain_text("wrong")
    assert site.tokens == ["token"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (500, "Something went wrong on our side"),
        (410, "Your session has ended"),
        (404, "That is not possible any more"),
        (429, "Too many requests"),
    ],
)
def test_htmx_tells_errors_in_words(page: Page, site: Site, status: int, words: str) -> None:
    page.goto(f"{site.url}/acts")
    site.answers = [({"a": "page of the server"}, status)]
    page.get_by_role("button", name="Send by htmx").click()
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.locator("#result")).to_be_empty()


def test_htmx_tells_that_the_network_is_gone(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/acts")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send by htmx").click()
    expect(page.get_by_role("alert")).to_contain_text("did not reach us")


def test_the_page_works_without_script(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/gallery")
    expect(page.get_by_role("button", name="Send to your tutor")).to_be_visible()
    page.get_by_text("What is left").click()
    expect(page.get_by_text("Read the responses you receive")).to_be_visible()
    context.close()
