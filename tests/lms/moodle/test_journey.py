"""From Moodle's activity chooser to a passed, completed, competency-tagged grade."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.lms.moodle import miroir
from tests.lms.moodle.desk import expect_sent
from tests.lms.moodle.moodle import Moodle
from tests.lms.moodle.people import AMINA, NAMES, TUTOR, WORDS

TITLE = "What I take from this month"
COMPETENCIES = ("B1", "C3")
MOODLE_COMPETENCY = "Reflects on own practice"


def test_an_activity_from_the_chooser_to_the_passed_grade(moodle: Moodle) -> None:
    module = embed(moodle)
    for learner in NAMES:
        reflect(moodle, module, learner)
    share_reflections(moodle, module)
    for learner in NAMES:
        respond(moodle, module, learner)
    for learner in NAMES:
        take_next_step(moodle, module, learner)
    confirm(moodle, module)
    expect_grades(moodle, module)
    expect_completion(moodle, module)
    expect_desk_of_the_administrator(moodle, module)
    moodle.course.delete_activity(module)


def embed(moodle: Moodle) -> int:
    """Make an activity in Moodle's own form; return the number of its course module."""
    course, album = moodle.course, moodle.album
    page = course.open_chooser()
    album.take(page, "chooser")
    course.choose_tool(page, moodle.type_id)
    album.take(page, "form")
    frame = course.select_content(page)
    miroir.expect_heading(frame, "A new reflection activity")
    album.take(page, "select-content")
    miroir.describe_activity(frame, TITLE, COMPETENCIES)
    album.take(page, "moderation")
    miroir.press(frame, "Place it in the course")
    expect(page.locator("#id_selectcontentindicator")).to_contain_text("Content selected")
    expect(page.locator("#id_name")).to_have_value(TITLE)
    album.take(page, "selected")
    course.complete_by_passing(page, 50, MOODLE_COMPETENCY)
    album.take_at(page, "#id_gradepass", "grade-to-pass")
    album.take_at(page, "#id_completionusegrade", "completion")
    module = course.save(page)
    miroir.expect_desk(page.frame_locator("#contentframe"))
    album.take(page, "educator")
    return module


def reflect(moodle: Moodle, module: int, learner: str) -> None:
    """Rate oneself, write, lose nothing by a reload, and hand in."""
    words, album = WORDS[learner], moodle.album
    page, frame = moodle.course.open_activity(learner, module)
    miroir.expect_heading(frame, TITLE)
    album.take(page, f"{learner}-overview")
    miroir.press(frame, "Begin")
    miroir.rate_before(frame, words)
    album.take(page, f"{learner}-rating")
    miroir.press(frame, "Go on to writing")
    miroir.write(frame, words.reflection)
    page.reload()
    miroir.press(frame, "Go on writing")
    expect(frame.locator("[contenteditable=true]").first).to_have_text(words.reflection[0])
    album.take(page, f"{learner}-writing")
    miroir.press(frame, "Send to your tutor")
    miroir.see(frame, "Your reflection is sent.")
    album.take(page, f"{learner}-sent")


def share_reflections(moodle: Moodle, module: int) -> None:
    """Read both reflections as the tutor and share them."""
    page, frame = moodle.course.open_activity(TUTOR, module)
    miroir.expect_desk(frame)
    moodle.album.take(page, "today")
    miroir.open_tab(frame, "To decide")
    miroir.expect_heading(frame, "Waiting for you")
    moodle.album.take(page, "desk")
    frame.locator(".pane-list a").first.click()
    miroir.see(frame, "Words to the author")
    moodle.album.take(page, "desk-reading")
    assert miroir.share_all(frame) == len(NAMES)
    moodle.album.take(page, "desk-shared")


def respond(moodle: Moodle, module: int, learner: str) -> None:
    """Answer the other learner's reflection, without what that learner wrote for the tutor only."""
    other, peer = next(one for one in NAMES.items() if one[0] != learner)
    page, frame = moodle.course.open_activity(learner, module)
    miroir.press(frame, "Answer a peer")
    miroir.press(frame, "Give me a reflection to answer")
    miroir.expect_heading(frame, f"Answer {peer}")
    shared, for_tutor = WORDS[other].reflection[0], WORDS[other].reflection[2]
    expect(frame.locator(".reading")).to_contain_text(shared)
    expect(frame.locator(".reading")).not_to_contain_text(for_tutor)
    moodle.album.take(page, f"{learner}-reading")
    miroir.write(frame, WORDS[learner].response)
    moodle.album.take(page, f"{learner}-responding")
    miroir.press(frame, f"Send to {peer}")
    miroir.see(frame, "Your response is sent.")


def take_next_step(moodle: Moodle, module: int, learner: str) -> None:
    """Say how helpful the response was, choose a next step, and rate oneself again."""
    words, album = WORDS[learner], moodle.album
    page, frame = moodle.course.open_activity(learner, module)
    miroir.press(frame, "Read what came in")
    miroir.rate_response(frame, words)
    album.take(page, f"{learner}-received")
    miroir.press(frame, "Tell ")
    miroir.see(frame, "This was passed on.")
    miroir.press(frame, "Choose your next step")
    miroir.describe_next_step(frame, words)
    album.take(page, f"{learner}-next-step")
    miroir.press(frame, "Commit to this step")
    miroir.rate_after(frame)
    miroir.press(frame, "This is where I stand now")
    miroir.see(frame, "What has changed")
    page, frame = moodle.course.open_activity(learner, module)
    miroir.see(frame, "Nothing for you to do just now")
    album.take(page, f"{learner}-waits")


def confirm(moodle: Moodle, module: int) -> None:
    """Confirm both learners' levels as the tutor; their scores are then sent."""
    page, frame = moodle.course.open_activity(TUTOR, module)
    for name in NAMES.values():
        miroir.open_tab(frame, "Learners")
        frame.get_by_role("link", name=name).click()
        miroir.expect_heading(frame, name)
        miroir.confirm_levels(frame, "Tells a real case, and what was learned from it.")
        moodle.album.take(page, "levels")
        miroir.press(frame, "Save levels")
        miroir.see(frame, "The levels are saved.")
    for name in NAMES.values():
        expect_sent(moodle, module, name)
    moodle.album.take(page, "sent")


def expect_grades(moodle: Moodle, module: int) -> None:
    """Find grade, pass mark and comment in the learners' and the educator's reports."""
    for learner in NAMES:
        page, grade = moodle.gradebook.own(learner, module)
        assert (grade.value, grade.passed) == ("100.00", True)
        _assert_names_levels(grade.comment)
        moodle.album.take(page, f"{learner}-grade")
    page = moodle.gradebook.open_grader()
    moodle.album.take(page, "gradebook")
    grade = moodle.gradebook.of(page, NAMES[AMINA], module)
    assert (grade.value, grade.passed) == ("100.00", True)
    _assert_names_levels(grade.comment)
    moodle.album.take(page, "feedback")


def expect_completion(moodle: Moodle, module: int) -> None:
    """Find the activity completed by its passing grade, and with it Moodle's competency."""
    for learner in NAMES:
        page = moodle.course.expect_done(learner, module)
        moodle.album.take(page, f"{learner}-done")
        page = moodle.course.expect_competency(learner, MOODLE_COMPETENCY)
        moodle.album.take(page, f"{learner}-competency")
    report = moodle.course.expect_completed(tuple(NAMES.values()), TITLE)
    moodle.album.take(report, "completion-report")


def expect_desk_of_the_administrator(moodle: Moodle, module: int) -> None:
    """Find that an administrator who is not in the course gets the staff's desk."""
    page, frame = moodle.course.open_activity("admin", module)
    miroir.expect_desk(frame)
    moodle.album.take(page, "administrator")


def _assert_names_levels(comment: str) -> None:
    assert "B1 Finds out what users need by listening, observing and measuring: Auto" in comment
    assert "C3 Promotes openness" in comment and "Together: 100 of 100" in comment
