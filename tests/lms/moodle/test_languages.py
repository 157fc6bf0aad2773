"""People whose Moodle is French or Arabic: Miroir follows, in a wide window and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.lms.moodle import plain
from tests.lms.moodle.course import EDUCATOR
from tests.lms.moodle.moodle import Moodle
from tests.lms.moodle.people import AMINA, JONAS, TUTOR

WIDTHS = (1280, 360)
DIRECTIONS = {"fr": "ltr", "ar": "rtl"}
CURRENT_TAB_IS_SEEN = """page => {
    const place = page.querySelector(".nav-tabs [aria-current]")?.getBoundingClientRect();
    return !place || (place.left >= 0 && place.right <= page.clientWidth + 1);
}"""
LEAVE_FOR = "(page, place) => { page.dataset.left = ''; location.assign(place); }"


@pytest.fixture(scope="module")
def activity(connected: Moodle) -> Iterator[int]:
    """Return an activity with some work in it, by its course module."""
    module = plain.place(connected, "What I take from this month")
    plain.complete(connected, module, AMINA)
    plain.reflect(connected, module, JONAS)
    yield module
    connected.course.delete_activity(module)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_pages_come_in_the_language_of_moodle(moodle: Moodle, activity: int, language: str) -> None:
    for user in (AMINA, TUTOR, EDUCATOR):
        with speaking(moodle, user, language) as page:
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                _page, frame = moodle.course.open_activity(user, activity)
                expect_language(frame, language)
                visit(moodle, page, frame, f"{language}-{width}-{user}")


@contextmanager
def speaking(moodle: Moodle, user: str, language: str) -> Iterator[Page]:
    """Let somebody choose a language of Moodle's for a while; return their page."""
    here = {"id": moodle.course.id}
    page = moodle.people.open(user, "/course/view.php", **here, lang=language)
    try:
        yield page
    finally:
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        moodle.people.open(user, "/course/view.php", **here, lang="en")


def expect_language(frame: FrameLocator, language: str) -> None:
    """Expect a page in this language and its direction."""
    expect(frame.locator("html")).to_have_attribute("lang", language)
    expect(frame.locator("html")).to_have_attribute("dir", DIRECTIONS[language])


def visit(moodle: Moodle, page: Page, frame: FrameLocator, name: str) -> None:
    """Look at the first page and at each that its tabs or phases lead to; none may be too wide."""
    moodle.album.take(page, f"{name}-0")
    links = frame.locator(".site-nav a, .rail a.rail-head")
    places = links.evaluate_all("links => links.map(link => link.href)")
    for number, place in enumerate(places, start=1):
        frame.locator("html").evaluate(LEAVE_FOR, place)
        expect(frame.locator("html")).not_to_have_attribute("data-left", "")
        here = frame.locator(".site-nav [aria-current=page], .rail-current, .preview-bar")
        expect(here.first).to_be_attached()
        assert frame.locator("html").evaluate("page => page.scrollWidth <= page.clientWidth")
        assert frame.locator("html").evaluate(CURRENT_TAB_IS_SEEN)
        moodle.album.take(page, f"{name}-{number}")
