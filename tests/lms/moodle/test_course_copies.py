"""Restored courses and duplicated activities: they start fresh, with a column of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.lms.moodle import desk, miroir, plain
from tests.lms.moodle.copying import delete_course, restore_as_new
from tests.lms.moodle.course import EDUCATOR
from tests.lms.moodle.moodle import Moodle
from tests.lms.moodle.people import AMINA, JONAS, NAMES, WORDS

TITLE = "Every year anew"
LAST_YEAR = {"opens_at": "2025-09-01T09:00", "now_due_at": "2025-09-22T18:00"}
YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)


@pytest.fixture
def original(moodle: Moodle) -> Iterator[int]:
    """Return an activity of last year in which somebody has written, by its course module."""
    module = plain.place(moodle, TITLE, LAST_YEAR)
    plain.reflect(moodle, module, AMINA)
    yield module
    moodle.course.delete_activity(module)


@pytest.fixture
def copied(moodle: Moodle, original: int) -> Iterator[Moodle]:
    """Return the same Moodle in a restored copy of the course."""
    copy = moodle.elsewhere(restore_as_new(moodle.course))
    yield copy
    delete_course(copy.course)


def test_a_restored_course_starts_fresh_and_is_graded_by_itself(
    moodle: Moodle, original: int, copied: Moodle
) -> None:
    module = copied.course.find_activity(TITLE)
    assert module != original
    expect_told(copied, module)
    expect_settings_but_no_work(copied, module)
    shift_dates(copied, module)
    plain.complete(copied, module, JONAS)
    desk.expect_sent(copied, module, NAMES[JONAS])
    _page, grade = copied.gradebook.own(JONAS, module)
    assert grade.value == "100.00"
    _page, grade = moodle.gradebook.own(JONAS, original)
    assert grade.value == "-"


def expect_told(copied: Moodle, module: int) -> None:
    """Expect that an educator is told of the copy."""
    page, frame = copied.course.open_activity(EDUCATOR, module)
    miroir.see(frame, "nobody’s work came along")
    copied.album.take(page, "copy")


def expect_settings_but_no_work(copied: Moodle, module: int) -> None:
    """Find the original's settings, and nothing of what was written in it."""
    page, frame = copied.course.open_activity(AMINA, module)
    miroir.expect_heading(frame, TITLE)
    expect(frame.locator("main")).to_contain_text("preparing")
    expect(frame.locator("main")).not_to_contain_text(WORDS[AMINA].reflection[0][:40])
    copied.album.take(page, "copy-not-ready")
    _page, frame = desk.open_learners(copied, module, EDUCATOR)
    expect(desk.row_of(frame, NAMES[AMINA])).not_to_contain_text("sent")
    miroir.open_tab(frame, "Settings")
    expect(frame.locator("#f-title")).to_have_value(TITLE)
    expect(frame.locator("#f-responses_required")).to_have_value("0")
    expect(frame.locator("#f-opens_at")).to_have_value(LAST_YEAR["opens_at"])


def shift_dates(copied: Moodle, module: int) -> None:
    """Move all dates together, so that the activity opened yesterday."""
    page, frame = copied.course.open_activity(EDUCATOR, module)
    miroir.press(frame, "Shift the dates")
    miroir.expect_heading(frame, "Shift the dates")
    frame.locator("#f-day").fill(YESTERDAY.isoformat())
    frame.get_by_role("button", name="Show the dates for this day").click()
    miroir.see(frame, "This day is over")
    copied.album.take(page, "copy-shift")
    miroir.press(frame, "Save these dates")
    miroir.see(frame, "The dates are moved.")


def test_a_duplicate_is_an_activity_of_its_own(moodle: Moodle, original: int) -> None:
    module = moodle.course.duplicate(original)
    page, frame = moodle.course.open_activity(EDUCATOR, module)
    miroir.see(frame, "A copy of an activity of this course")
    moodle.album.take(page, "duplicate")
    miroir.press(frame, "Not a copy: open the original")
    _page, frame = desk.open_learners(moodle, module)
    expect(desk.row_of(frame, NAMES[AMINA])).to_contain_text("Next")
    moodle.course.delete_activity(module)
