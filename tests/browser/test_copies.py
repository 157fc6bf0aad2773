"""A course is copied for a new year: the banner and the dates, on a phone and in Arabic too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from lti_tool import clock
from lti_tool.models.activities import Activity
from tests.browser import journey
from tests.browser.people import Course, Somebody
from tests.support.servers import Pair

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TITLE = "What my library needs"


def date_last_year(pair: Pair) -> None:
    """Give the activity dates that were over long ago."""
    begun = clock.now().replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=400)
    with pair.services.db.write() as session:
        activity = session.scalars(select(Activity)).one()
        activity.opens_at, activity.now_due_at = begun, begun + timedelta(days=14, hours=8)
        activity.new_due_at = begun + timedelta(days=28, hours=8)
        activity.next_due_at = begun + timedelta(days=42, hours=8)


def speak(pair: Pair, who: str, language: str) -> None:
    pair.walker.control(f"people/{who}", {"locale": language})


@pytest.fixture
def educator(course: Course, pair: Pair, size: tuple[int, int]) -> Somebody:
    pair.connect()
    return course.person("claire", *size)


@pytest.mark.parametrize(("language", "size"), [("ar", (360, 760))], ids=["phone"])
def test_a_copied_course_begins_with_new_dates(
    course: Course, pair: Pair, educator: Somebody, language: str
) -> None:
    journey.place(educator, TITLE)
    date_last_year(pair)
    speak(pair, "claire", language)
    educator.lms("/course/2")
    educator.page.click("form[action$='/copy'] button")
    (copied,) = (link for link in pair.walker.links() if link["course_id"] != "2")

    learner = course.person("amina", 360, 760)
    learner.open(copied["id"])
    learner.look("waits")

    educator.open(copied["id"])
    educator.frame.wait_for_selector(".copy-banner")
    educator.look("banner")
    educator.go("/shift")
    educator.look("dates")
    tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()
    educator.frame.fill("input[name=day]", tomorrow)
    educator.press("/shift", "button.btn[value=show]", "/shift")
    educator.frame.wait_for_selector(f"input[name=shown][value='{tomorrow}']", state="attached")
    educator.look("other-day")
    educator.press("/shift", "button[value=save]", "/desk")
    expect(educator.frame.locator(".copy-banner")).to_have_count(0)
    educator.look("done")


@pytest.mark.parametrize("size", [(1280, 1000)])
def test_a_duplicate_opens_the_original_again(pair: Pair, educator: Somebody) -> None:
    link_id = journey.place(educator, TITLE)
    speak(pair, "claire", "en")
    educator.open(link_id)
    twin = pair.walker.control(f"links/{link_id}/duplicate", {})
    educator.open(twin["id"])
    educator.look("duplicate")
    educator.press("/copy/leave", then="/studio/attach")
    educator.look("choosing")
    second = pair.walker.control(f"links/{link_id}/duplicate", {})
    educator.open(second["id"])
    educator.press("/copy/original", then="/desk")
    educator.look("original")
