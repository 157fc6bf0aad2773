"""From a cell of Moodle's gradebook to one learner's work."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.lms.moodle import miroir, plain
from tests.lms.moodle.course import EDUCATOR
from tests.lms.moodle.moodle import Moodle
from tests.lms.moodle.people import AMINA, JONAS, NAMES, WORDS

WORK = WORDS[AMINA].reflection[0]
TITLE = "Nobody else's"
REVIEW = {"action": "gradeReport"}


def test_a_learner_s_work_opens_from_the_gradebook(moodle: Moodle) -> None:
    module = plain.place(moodle, "Reviewed from the gradebook")
    plain.reflect(moodle, module, AMINA)
    page = moodle.gradebook.open_grader()
    frame = moodle.gradebook.review(page, NAMES[AMINA], module)
    miroir.expect_heading(frame, NAMES[AMINA])
    expect(frame.locator("main")).to_contain_text(WORK)
    moodle.album.take(page, "review")
    page = moodle.gradebook.open_grader()
    frame = moodle.gradebook.review(page, NAMES[JONAS], module)
    miroir.expect_heading(frame, "Whose work would you like to see?")
    miroir.see(frame, "has not opened")
    moodle.album.take(page, "review-not-opened")
    _page, frame = moodle.course.open_view(EDUCATOR, id=module, **REVIEW)
    miroir.expect_heading(frame, "Whose work would you like to see?")
    frame.get_by_role("link", name=NAMES[AMINA]).click()
    miroir.expect_heading(frame, NAMES[AMINA])
    moodle.course.delete_activity(module)


def test_a_learner_who_asks_for_another_s_work_sees_their_own(moodle: Moodle) -> None:
    module = plain.place(moodle, TITLE)
    plain.reflect(moodle, module, AMINA)
    amina = moodle.people.number_of(AMINA)
    _page, frame = moodle.course.open_view(AMINA, id=module, **REVIEW, user=amina)
    miroir.expect_heading(frame, TITLE)
    miroir.press(frame, "Choose your next step")
    expect(frame.locator("main")).to_contain_text(WORK)
    # Moodle's view.php refuses this; its launch.php does not look.
    page = moodle.people.page(JONAS)
    asked = {"id": module, "triggerview": 0, **REVIEW, "user": amina}
    page.goto(moodle.people.site.at("/mod/lti/launch.php", asked))
    expect(page.locator(".site-viewer")).to_contain_text(NAMES[JONAS])
    expect(page.locator("main")).not_to_contain_text(WORK[:40])
    moodle.album.take(page, "review-of-another")
    moodle.course.delete_activity(module)
