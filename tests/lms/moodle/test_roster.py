"""The course list of a real Moodle: who is listed, who is a tutor, who came and left."""

from __future__ import annotations

import pytest
from playwright.sync_api import FrameLocator, expect

from tests.lms.moodle import desk, miroir, plain
from tests.lms.moodle.connecting import course_called
from tests.lms.moodle.course import EDUCATOR
from tests.lms.moodle.enrolments import enrol, unenrol
from tests.lms.moodle.moodle import Moodle
from tests.lms.moodle.people import NAMES, TUTOR

NEWCOMER, TOM = "Lea Fischer", "Tom Okafor"


@pytest.fixture
def evening(moodle: Moodle) -> Moodle:
    """Return a course that no other test opens, so that its first launch is here."""
    return moodle.elsewhere(course_called(moodle.people, "MIROIR102"))


def test_the_list_comes_with_the_first_launch_and_with_the_button(evening: Moodle) -> None:
    module = plain.place(evening, "Who is here?")
    page, frame = desk.open_learners(evening, module, EDUCATOR)
    miroir.expect_role(frame, "Educator")
    expect_read(frame)
    # Moodle lists a non-editing teacher as a learner: only a launch tells that Tom is none.
    expect_listed(frame, *NAMES.values(), TOM)
    miroir.see(frame, "one who has not opened an activity yet")
    evening.album.take(page, "course-list")
    page, frame = desk.open_learners(evening, module, TUTOR)
    miroir.expect_role(frame, "Tutor")
    expect(frame.get_by_role("link", name="Settings")).to_have_count(0)
    expect_listed(frame, *NAMES.values())
    evening.album.take(page, "non-editing-teacher")
    enrol(evening.course, NEWCOMER)
    expect_after_update(evening, module, *NAMES.values(), NEWCOMER)
    unenrol(evening.course, NEWCOMER)
    expect_after_update(evening, module, *NAMES.values())
    _page, frame = evening.course.open_activity(TUTOR, module)
    miroir.expect_role(frame, "Tutor")
    evening.course.delete_activity(module)


def expect_after_update(moodle: Moodle, module: int, *names: str) -> None:
    """Press the button and expect these learners then."""
    _page, frame = desk.open_learners(moodle, module, EDUCATOR)
    miroir.press(frame, "Update from the course list")
    miroir.see(frame, "The course list is asked for")  # the page before told of a list, too
    expect_read(frame)
    expect_listed(frame, *names)


def expect_read(frame: FrameLocator) -> None:
    """Wait until the list is read, and have the page show it."""
    miroir.see(frame, "Course list from the LMS")
    anew = frame.get_by_role("link", name="Show the list anew")
    if anew.is_visible():
        anew.click()
    expect(frame.get_by_role("button", name="Update from the course list")).to_be_visible()


def expect_listed(frame: FrameLocator, *names: str) -> None:
    """Expect these learners, and nobody else."""
    rows = frame.locator("table.people tbody tr")
    expect(rows).to_have_count(len(names))
    for name in names:
        expect(rows.filter(has_text=name)).to_have_count(1)
