"""What people do inside Miroir, in the frame that Moodle gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import FrameLocator, expect


@dataclass(frozen=True)
class Wanted:
    """An activity as the educator wants it; everything else stays as it is offered."""

    title: str
    competencies: Sequence[str]
    """Their codes."""
    responses: int = 1
    grace_minutes: int = 0


@dataclass(frozen=True)
class Reflecting:
    """One learner's words."""

    need: str
    answer: str
    """Given to every question."""
    response: str
    """Each part of what the learner answers to a peer."""
    reply: str
    next_step: str
    by_date: str
    """ISO date."""
    opportunity: str


def create(frame: FrameLocator, wanted: Wanted) -> None:
    """Fill the form of a new activity and place it in the course."""
    frame.locator("#f-title").fill(wanted.title)
    for code in wanted.competencies:
        frame.locator("#competencies .form-check").filter(has_text=code).get_by_role(
            "checkbox"
        ).check()
    frame.locator("#responses > summary").click()
    frame.locator("#f-responses_required").fill(str(wanted.responses))
    frame.locator("[name=reflection_moderation][value=before]").check()
    frame.locator("#f-grace_minutes").fill(str(wanted.grace_minutes))
    frame.locator("#f-tutor_confirms").check()


def place(frame: FrameLocator) -> None:
    """Place the activity in the course."""
    press(frame, "Place it in the course")


def press(frame: FrameLocator, name: str) -> None:
    """Press a button or follow a link that looks like one."""
    frame.locator("main button, main a").filter(has_text=name).first.click()


def heading(frame: FrameLocator, text: str) -> None:
    """Wait for the page with this heading."""
    expect(frame.get_by_role("heading", level=1)).to_contain_text(text)


def rate_before(frame: FrameLocator, words: Reflecting) -> None:
    """Say which need this serves and where one stands, aiming two levels higher."""
    heading(frame, "Before you write")
    frame.locator("#f-need").fill(words.need)
    for rating in frame.locator(".rating").all():
        rating.get_by_role("radio").nth(0).check()
        rating.get_by_role("combobox").select_option(index=3)
    press(frame, "Go on to writing")


def write_reflection(frame: FrameLocator, words: Reflecting) -> None:
    """Answer every question."""
    heading(frame, "Your reflection")
    write(frame, words.answer)


def write(frame: FrameLocator, text: str) -> None:
    """Type into every rich-text editor of the page, and wait until all is saved."""
    sheets = frame.locator("[data-editor-field] [contenteditable=true]")
    sheets.first.wait_for()
    for sheet in sheets.all():
        sheet.fill(text)
    expect(frame.locator("[data-save-text]")).to_contain_text("Saved at")


def share_all(frame: FrameLocator) -> int:
    """Share everything that waits on the tutor's desk; return how much it was."""
    heading(frame, "Waiting for you")
    waiting = int(frame.locator(".chips [aria-current=page] .numbers").inner_text())
    if waiting:
        # Only the first is chosen: after each decision the desk opens the following one.
        frame.locator(".pane-list a").first.click()
    for left in range(waiting - 1, -1, -1):
        press(frame, "Share it")
        expect(frame.locator(".chips [aria-current=page] .numbers")).to_have_text(str(left))
    return waiting


def answer_a_peer(frame: FrameLocator, words: Reflecting) -> str:
    """Ask for a reflection and answer it; return the text that was read."""
    press(frame, "Give me a reflection to answer")
    heading(frame, "Answer")
    read = frame.locator(".reading").inner_text()
    write(frame, words.response)
    return read


def rate_and_reply(frame: FrameLocator, words: Reflecting) -> None:
    """Say how helpful the response received is, and write back."""
    heading(frame, "What came in for you")
    frame.locator("[name=helpfulness][value='3']").first.check()
    frame.get_by_label("Write back, once").first.fill(words.reply)


def commit(frame: FrameLocator, words: Reflecting) -> None:
    """Fill in the next step."""
    heading(frame, "Your next step")
    frame.locator("#f-action").fill(words.next_step)
    frame.locator("#f-by_date").fill(words.by_date)
    frame.locator("#f-opportunity").fill(words.opportunity)


def rate_after(frame: FrameLocator) -> None:
    """Rate oneself again, one level higher than before."""
    for scale in frame.locator("fieldset.levels").all():
        scale.get_by_role("radio").nth(1).check()


def confirm_levels(frame: FrameLocator, note: str) -> None:
    """Confirm the third level of each competency of the learner whose page is open."""
    for scale in frame.locator("#levels fieldset.levels").all():
        scale.get_by_role("radio").nth(2).check()
    for field in frame.locator("#levels textarea").all():
        field.fill(note)
    press(frame, "Save levels")
    frame.get_by_text("The levels are saved.").wait_for()
