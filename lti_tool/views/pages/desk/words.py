"""What the desk says in plain words: where a learner stands, and why a score was not taken."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.errors import WhoCanFix
from lti_tool.i18n import gettext as _
from lti_tool.i18n import number
from lti_tool.rules.completion import Item, ItemKey, ItemState, Progress

BY_ITSELF = {
    "rate_limited",
    "server_error",
    "no_answer",
    "timeout",
    "unreachable",
    "moodle_resting",
}
"""Troubles of an LMS that mostly end without anybody doing something."""


def reason(code: str) -> str:
    """Return the sentence for the stable code of a refused or postponed score or rating."""
    if code.startswith("moodle_"):
        return _of_moodle(code)
    return (_of_scores() | _of_columns()).get(code) or _("The LMS did not take the grade.")


def _of_scores() -> dict[str, str]:
    """Return the sentences for what happens to scores, by code."""
    return {
        "not_a_student": _("The LMS does not know this person as a learner of the course."),
        "newer_in_lms": _("The gradebook holds a newer grade, for instance one set by hand."),
        "changed_in_lms": _("Somebody changed the grade in the LMS."),
        "unauthorized": _("The LMS does not accept our key at the moment."),
        "token_refused": _("The LMS does not let Miroir send grades."),
        "forbidden": _("The LMS does not let Miroir write to this gradebook column."),
        "rate_limited": _("The LMS asked us to slow down."),
        "scope_missing": _("The LMS lets Miroir read this gradebook column, but not write to it."),
        "not_json": _("The LMS answered with a page instead of data, for instance its login page."),
        "nonsense": _("The LMS gave an answer that makes no sense."),
        "server_error": _("The LMS reports a fault of its own."),
        "no_answer": _("The LMS cannot be reached."),
        "tls": _("The LMS’s certificate is not valid."),
        "redirected": _("The LMS sends Miroir to another address."),
        "forbidden_address": _("The LMS’s address is not one that Miroir may call."),
        "not_accepted": _("The LMS did not accept the grade."),
        "attempts_used_up": _("The LMS allows no more attempts for this activity."),
        "not_published": _("The activity is not published in the LMS yet."),
        "course_over": _("The course is over in the LMS."),
        "bad_request": _("The LMS did not understand the grade."),
        "gave_up": _("The LMS did not take the grade for three days."),
        "timeout": _("The LMS did not answer in time."),
        "unreachable": _("The LMS cannot be reached."),
    }


def _of_columns() -> dict[str, str]:
    """Return the sentences for what is about gradebook columns, by code."""
    return {
        "line_item_gone": _(
            "The gradebook column does not exist any more, and the course has no other for this"
            " activity. Open the activity once from the course: if the LMS has a column for it,"
            " Miroir learns it then."
        ),
        "column_gone": _(
            "The gradebook column of this competency was deleted in the LMS. Nothing more reaches"
            " it; an educator can have it made again under Publish, Columns of competencies."
        ),
        "columns_not_allowed": _("The LMS does not let Miroir make gradebook columns."),
        "column_conflict": _("The LMS is changing this gradebook column at the moment."),
        "line_item_unfit": _("The LMS does not take such a gradebook column."),
        "line_item_refused": _("The LMS did not take the gradebook column."),
        "line_item_unusable": _("The gradebook column does not take grades from Miroir."),
    }


def _of_moodle(code: str) -> str:
    """Return the sentence for the code of a competency rating that was refused or postponed."""
    closed = _("Moodle’s web services do not let Miroir in; its self-test says why.")
    sentences = {
        **dict.fromkeys(
            ("moodle_off", "moodle_no_services", "moodle_token", "moodle_access", "moodle_account"),
            closed,
        ),
        "moodle_competencies_off": _("Competencies are switched off in this Moodle."),
        "moodle_permission": _("Miroir’s account in Moodle may not rate in this course."),
        "moodle_course_closed": _("Miroir’s account in Moodle may not enter this course."),
        "moodle_record": _("The course or the person does not exist in Moodle any more."),
        "moodle_not_gradable": _("Moodle does not know this person as a learner of the course."),
        "moodle_not_in_course": _("The course has no such competency in Moodle."),
        "moodle_framework_missing": _(
            "Moodle does not have this competency framework. Its administrator can import it: it is"
            " exported in Miroir for Moodle."
        ),
        "moodle_competency_missing": _(
            "Moodle has the framework, but not this competency. Import it there once more."
        ),
        "moodle_scale": _(
            "No level of Moodle’s scale is called like the one confirmed here. Rename the levels of"
            " one side."
        ),
        "moodle_no_course": _("This space is no course in Moodle."),
        "moodle_no_user": _("Moodle does not show this person to Miroir."),
        "moodle_other_person": _(
            "In Moodle somebody else has this person’s number; nothing was told about them."
        ),
        "moodle_resting": _("Moodle is in maintenance or being upgraded."),
    }
    return sentences.get(code) or _("Moodle did not take the rating.")


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
