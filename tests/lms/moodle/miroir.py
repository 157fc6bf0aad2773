"""What people do inside Miroir, in the frame that Moodle gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import FrameLocator, expect

LEVELS = ("Discovering", "Practising", "Autonomous", "Guiding others")


@dataclass(frozen=True)
class Words:
    """What one learner writes."""

    need: str
    reflection: Sequence[str]
    """An answer to each question of the Now–New–Next template; the third is for the tutor only."""
    response: Sequence[str]
    """What resonates, a question, a suggestion: to a peer."""
    reply: str
    """To whom answered."""
    next_step: str
    by_date: str
    """ISO date."""
    opportunity: str


def expect_heading(frame: FrameLocator, text: str) -> None:
    """Expect the page with this heading."""
    expect(frame.get_by_role("heading", level=1)).to_contain_text(text)


def open_tab(frame: FrameLocator, name: str) -> None:
    """Open a page of the tutor's desk."""
    frame.locator(".site-nav").get_by_role("link", name=name, exact=True).click()
    expect(frame.locator(".site-nav [aria-current=page]")).to_have_text(name)


def expect_desk(frame: FrameLocator) -> None:
    """Expect the pages of tutors and educators."""
    expect(frame.locator(".site-nav").get_by_role("link", name="Learners")).to_be_visible()


def press(frame: FrameLocator, name: str) -> None:
    """Press a button, or follow a link, of the page's main part."""
    frame.locator("main").locator("button, a").filter(has_text=name).first.click()


def see(frame: FrameLocator, text: str) -> None:
    """Wait for a text."""
    frame.get_by_text(text).first.wait_for()


def describe_activity(frame: FrameLocator, title: str, competencies: Sequence[str]) -> None:
    """Fill the form of a new activity: one response each, tutors read reflections first."""
    frame.locator("#f-title").fill(title)
    for code in competencies:
        frame.locator("#f-competency_search").fill(code)
        frame.locator("#competency-search button").click()
        expect(frame.locator("[name=competency_searched]")).to_have_value(code)
        found = frame.locator("#picker-found ~ .picker-row").filter(has_text=code)
        found.get_by_role("checkbox").first.check()
    frame.locator("#responses > summary").click()
    frame.locator("#f-responses_required").fill("1")
    frame.locator("[name=reflection_moderation][value=before]").check()
    frame.locator("#f-grace_minutes").fill("0")
    frame.locator("#f-tutor_confirms").check()


def rate_before(frame: FrameLocator, words: Words) -> None:
    """Say which need this serves and where one stands: the lowest level, aiming at the third."""
    expect_heading(frame, "Before you write")
    frame.locator("#f-need").fill(words.need)
    for rating in frame.locator(".rating").all():
        rating.get_by_label(LEVELS[0], exact=True).check()
        rating.get_by_role("combobox").select_option(label=LEVELS[2])


def write(frame: FrameLocator, texts: Sequence[str]) -> None:
    """Write into the rich-text editors of the page, in order, and wait until all is saved."""
    sheets = frame.locator("[data-editor-field] [contenteditable=true]")
    expect(sheets).to_have_count(len(texts))
    for sheet, text in zip(sheets.all(), texts, strict=True):
        sheet.fill(text)
    expect(frame.locator("[data-save-text]")).to_contain_text("Saved at")


def share_all(frame: FrameLocator) -> int:
    """Share everything that waits on the tutor's desk; return how much it was."""
    number = frame.locator(".chips [aria-current=page] .numbers")
    waiting = int(number.inner_text())
    for left in range(waiting - 1, -1, -1):
        press(frame, "Share it")
        # After each decision the desk opens what comes next.
        expect(number).to_have_text(str(left))
    return waiting


def rate_response(frame: FrameLocator, words: Words) -> None:
    """Say how helpful the first response received is, and write back."""
    expect_heading(frame, "What came in for you")
    frame.get_by_label("Helpful", exact=True).first.check()
    frame.get_by_label("Write back, once").first.fill(words.reply)


def describe_next_step(frame: FrameLocator, words: Words) -> None:
    """Fill in what will be done, by when and with which opportunity."""
    expect_heading(frame, "Your next step")
    frame.locator("#f-action").fill(words.next_step)
    frame.locator("#f-by_date").fill(words.by_date)
    frame.locator("#f-opportunity").fill(words.opportunity)


def rate_after(frame: FrameLocator) -> None:
    """Rate oneself again: the second level."""
    see(frame, "Where do you stand now?")
    for scale in frame.locator("fieldset.levels").all():
        scale.get_by_label(LEVELS[1], exact=True).check()


def confirm_levels(frame: FrameLocator, note: str) -> None:
    """Confirm the third level of each competency of the learner whose page is open."""
    for scale in frame.locator("#levels fieldset.levels").all():
        scale.get_by_label(LEVELS[2], exact=True).check()
    for field in frame.locator("#levels textarea").all():
        field.fill(note)


def expect_role(frame: FrameLocator, role: str) -> None:
    """Expect that the page's header calls the person so."""
    expect(frame.locator(".site-viewer")).to_contain_text(role)
