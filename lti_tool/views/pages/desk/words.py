"""What the desk says in plain words: where a learner stands, and why a score was not taken."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.errors import WhoCanFix
from lti_tool.i18n import gettext as _
from lti_tool.i18n import number
from lti_tool.rules.completion import Item, ItemKey, ItemState, Progress

BY_ITSELF = {"rate_limited", "server_error", "no_answer", "timeout", "unreachable"}
"""Troubles of an LMS that mostly end without anybody doing something."""


def reason(code: str) -> str:
    """Return the sentence for the stable code of a refused or postponed score."""
    sentences = {
        "not_a_student": _("The LMS does not know this person as a learner of the course."),
        "newer_in_lms": _("The gradebook holds a newer grade, for instance one set by hand."),
        "changed_in_lms": _("Somebody changed the grade in the LMS."),
        "unauthorized": _("The LMS does not accept our key at the moment."),
        "token_refused": _("The LMS does not let Miroir send grades."),
        "forbidden": _("The LMS does not let Miroir write to this gradebook column."),
        "rate_limited": _("The LMS asked us to slow down."),
        "line_item_gone": _(
            "The gradebook column does not exist any more, and the course has no other for this"
            " activity. Open the activity once from the course: if the LMS has a column for it,"
            " Miroir learns it then."
        ),
        "scope_missing": _("The LMS lets Miroir read this gradebook column, but not write to it."),
        "not_json": _("The LMS answered with a page instead of data, for instance its login page."),
        "nonsense": _("The LMS gave an answer that makes no sense."),
        "server_error": _("The LMS reports a fault of its own."),
        "no_answer": _("The LMS cannot be reached."),
        "tls": _("The LMS’s certificate is not valid."),
        "redirected": _("The LMS sends Miroir to another address."),
        "forbidden_address": _("The LMS’s address is not one that Miroir may call."),
        "line_item_unusable": _("The gradebook column does not take grades from Miroir."),
        "not_accepted": _("The LMS did not accept the grade."),
        "attempts_used_up": _("The LMS allows no more attempts for this activity."),
        "not_published": _("The activity is not published in the LMS yet."),
        "course_over": _("The course is over in the LMS."),
        "bad_request": _("The LMS did not understand the grade."),
        "gave_up": _("The LMS did not take the grade for three days."),
        "timeout": _("The LMS did not answer in time."),
        "unreachable": _("The LMS cannot be reached."),
    }
    return sentences.get(code) or _("The LMS did not take the grade.")


def who(code: str) -> str:
    """Return who can remove the cause, as a sentence; empty if that is nobody in particular."""
    sentences = {
        WhoCanFix.LEARNER: _("The learner can change that."),
        WhoCanFix.TEACHER: _("The teacher of the course can change that in the LMS."),
        WhoCanFix.LMS_ADMIN: _("The LMS's administrator can change that."),
        WhoCanFix.OPERATOR: _("The operator of Miroir can change that."),
    }
    return sentences[WhoCanFix(code)] if code in set(WhoCanFix) else ""


def who_must_act(code: str, who_can_fix: str) -> str:
    """Return who has to do something about a postponed score; empty where it passes by itself."""
    return "" if code in BY_ITSELF else who(who_can_fix)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a learner is: ``phase`` (now, new, next; empty when complete) and what comes next."""

    phase: str
    text: str


PHASES = {
    ItemKey.RATED_BEFORE: "now",
    ItemKey.REFLECTION: "now",
    ItemKey.RESPONSES_GIVEN: "new",
    ItemKey.RESPONSES_RECEIVED: "new",
    ItemKey.HELPFULNESS: "new",
}
"""The phase of a checklist's line; the other lines belong to Next."""


def stage(progress: Progress) -> Stage:
    """Return where a learner stands: what is theirs to do, else what they wait for."""
    item = progress.next_item or next(
        (item for item in progress.items if item.state is not ItemState.DONE), None
    )
    if item is None:
        return Stage("", _("Complete"))
    waits = item.state is ItemState.WAITING
    step = line(item)
    text = _("Waits for: %(step)s", step=step) if waits else _("To do: %(step)s", step=step)
    return Stage(PHASES.get(item.key, "next"), text)


def line(item: Item) -> str:
    """Return the name of a checklist's line, with its numbers where it counts something."""
    counts = {"done": number(item.done), "of": number(item.of)}
    return {
        ItemKey.RATED_BEFORE: _("first self-rating"),
        ItemKey.REFLECTION: _("reflection"),
        ItemKey.RESPONSES_GIVEN: _("responses given, %(done)s of %(of)s", **counts),
        ItemKey.RESPONSES_RECEIVED: _("responses received, %(done)s of %(of)s", **counts),
        ItemKey.HELPFULNESS: _("word on how helpful responses were"),
        ItemKey.NEXT_STEP: _("next step"),
        ItemKey.RATED_AFTER: _("second self-rating"),
        ItemKey.CONFIRMATION: _("a level confirmed by a tutor"),
    }[item.key]


def heading(item: Item) -> str:
    """Return the name of a checklist's line as it begins a line of its own."""
    text = line(item)
    return text[:1].upper() + text[1:]
