"""What tutors look up in Miroir, in the frame that Moodle gives it."""

from __future__ import annotations

import pytest
from playwright.sync_api import FrameLocator, Locator, Page

from tests.lms.moodle import miroir
from tests.lms.moodle.moodle import Moodle
from tests.lms.moodle.people import TUTOR
from tests.lms.moodle.site import SECONDS


def open_learners(moodle: Moodle, module: int, user: str = TUTOR) -> tuple[Page, FrameLocator]:
    """Open the list of learners."""
    page, frame = moodle.course.open_activity(user, module)
    miroir.open_tab(frame, "Learners")
    return page, frame


def row_of(frame: FrameLocator, name: str) -> Locator:
    """Return a learner's row of the open list."""
    return frame.locator("table.people tbody").get_by_role("row").filter(has_text=name)


def expect_sent(moodle: Moodle, module: int, name: str, score: str = "100") -> None:
    """Look at the list of learners until it says that a learner's score was sent."""
    page, frame = open_learners(moodle, module)
    for _second in range(SECONDS):
        if f"{score} sent" in row_of(frame, name).inner_text():
            return
        page.wait_for_timeout(1000)
        miroir.open_tab(frame, "Learners")
    pytest.fail(f"the score of {name} was not sent")
