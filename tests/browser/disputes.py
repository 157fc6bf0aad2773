"""Where people disagree in a walk: withholding, appealing, flagging, and how each ends."""

from __future__ import annotations

from tests.browser.journey import WORDS
from tests.browser.people import Somebody


def withhold(tutor: Somebody, link_id: str, language: str) -> None:
    """Withhold what waits longest, with a reason."""
    tutor.open(link_id)
    tutor.go("/desk")
    tutor.frame.fill("form[action*='/desk/reflection/'] [name=reason]", WORDS[language])
    tutor.press("/desk/reflection/", "button[value=withhold]", then="decided=")


def appeal(learner: Somebody, link_id: str, language: str) -> None:
    """Read why one's reflection was withheld, and appeal."""
    learner.open(link_id)
    learner.look("withheld-told")
    learner.go("/submission")
    learner.look("withheld")
    learner.go("/decisions")
    form = learner.frame.locator("form[action*='/appeal']")
    form.locator("xpath=ancestor::details").evaluate("one => one.setAttribute('open', '')")
    learner.look("appealing")
    form.locator("[name=words]").fill(WORDS[language])
    learner.press("/appeal", "button.btn", then="said=")
    learner.look("appealed")


def uphold(tutor: Somebody, link_id: str, language: str) -> None:
    """Decide for the author of an appeal, as a tutor who did not decide before."""
    tutor.open(link_id)
    tutor.go("/desk")
    for _ in range(10):
        if tutor.frame.locator("form[action*='/appeal'] button[value=uphold]").count():
            break
        tutor.activate("[data-work=next]")
    tutor.look("deciding-an-appeal")
    tutor.frame.fill("form[action*='/appeal'] [name=reason]", WORDS[language])
    tutor.press("/appeal", "button[value=uphold]", then="/desk")


def flag(learner: Somebody, link_id: str, language: str) -> None:
    """Ask a tutor to look at a response that came in."""
    learner.open(link_id)
    learner.go("/received")
    learner.go("/flag/received/")
    learner.look("flagging")
    learner.frame.check("[name=reason][value=confidential]")
    learner.frame.fill("[name=words]", WORDS[language])
    learner.press("/flag/received/", "button.btn-primary", then="said=")


def leave_as_it_is(tutor: Somebody, link_id: str, language: str) -> None:
    """Answer a flag: the text may stay."""
    tutor.open(link_id)
    tutor.go("/desk")
    tutor.look("flagged")
    tutor.frame.fill("form[action*='/desk/response/'] [name=reason]", WORDS[language])
    tutor.press("/desk/response/", "button[value=leave]", then="decided=")
