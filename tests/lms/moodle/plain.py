"""The shortest activity that earns a grade: one reflection, one next step, nothing to confirm."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import FrameLocator, Page, expect

from tests.lms.moodle import miroir
from tests.lms.moodle.moodle import Moodle
from tests.lms.moodle.people import WORDS


def place(moodle: Moodle, title: str, dates: Mapping[str, str] | None = None) -> int:
    """Make it in Moodle's form; return the number of its course module.

    ``dates`` are local moments like ``2025-09-01T09:00`` by the name of the field.
    """
    page = moodle.course.open_new_activity(moodle.type_id)
    frame = moodle.course.select_content(page)
    describe(frame, title, dates or {})
    return finish(moodle, page, frame, title)


def describe(frame: FrameLocator, title: str, dates: Mapping[str, str]) -> None:
    """Fill the form of a new activity."""
    miroir.expect_heading(frame, "A new reflection activity")
    frame.locator("#f-title").fill(title)
    if dates:
        frame.locator("#dates > summary").click()
    for name, moment in dates.items():
        frame.locator(f"#f-{name}").fill(moment)
    frame.locator("#responses > summary").click()
    frame.locator("#f-responses_required").fill("0")
    frame.locator("[name=reflection_moderation][value=after]").check()
    frame.locator("#f-grace_minutes").fill("0")


def finish(moodle: Moodle, page: Page, frame: FrameLocator, title: str) -> int:
    """Place the activity, save Moodle's form, and wait until its educator sees the desk."""
    miroir.press(frame, "Place it in the course")
    expect(page.locator("#id_name")).to_have_value(title)
    module = moodle.course.save(page)
    miroir.expect_desk(page.frame_locator("#contentframe"))
    return module


def reflect(moodle: Moodle, module: int, learner: str) -> FrameLocator:
    """Write a reflection and send it."""
    _page, frame = moodle.course.open_activity(learner, module)
    miroir.press(frame, "Write your reflection")
    miroir.expect_heading(frame, "Before you write")
    frame.locator("#f-need").fill(WORDS[learner].need)
    miroir.press(frame, "Go on to writing")
    miroir.write(frame, WORDS[learner].reflection)
    miroir.press(frame, "Send to your tutor")
    miroir.see(frame, "Your reflection is sent.")
    return frame


def complete(moodle: Moodle, module: int, learner: str) -> None:
    """Do all of it: 100 points."""
    frame = reflect(moodle, module, learner)
    miroir.press(frame, "Choose your next step")
    miroir.describe_next_step(frame, WORDS[learner])
    miroir.press(frame, "Commit to this step")
    miroir.see(frame, "That was your part of Next.")
