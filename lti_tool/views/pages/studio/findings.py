"""What the check of an activity found, in words, with where it is put right."""

from __future__ import annotations

from typing import Any

from lti_tool.i18n import gettext as _
from lti_tool.i18n import ngettext
from lti_tool.rules.readiness import Code, Finding

SECTIONS = {
    Code.DATES_OVER: "dates",
    Code.OPENS_LATE: "dates",
    Code.SHORT_NOW: "dates",
    Code.SHORT_NEW: "dates",
    Code.SHORT_NEXT: "dates",
    Code.NO_NEW_DATE: "dates",
    Code.NOTHING_TO_READ: "questions",
    Code.TOO_MANY_RESPONSES: "responses",
    Code.POINTS_FOR_NOTHING: "more",
    Code.SMALL_FOR_ANONYMITY: "responses",
    Code.NO_LEVELS: "competencies",
    Code.NOBODY_CONFIRMS: "competencies",
    Code.NO_COMPETENCIES: "competencies",
    Code.RETIRED: "competencies",
    Code.NO_TUTOR_BEFORE: "responses",
    Code.FEELINGS_SHARED: "questions",
    Code.LONG_WRITING: "questions",
}
"""Where in the settings each is put right; what is missing here is put right elsewhere."""


def told(finding: Finding) -> dict[str, Any]:
    """Return a finding for the page: its words, its weight, the section of the settings."""
    number = finding.number
    words = {**_about_dates(number), **_about_people(number), **_about_work(number)}
    return {
        "text": words[finding.code],
        "weight": finding.weight.value,
        "section": SECTIONS.get(finding.code, ""),
    }


def _about_dates(number: int) -> dict[Code, str]:
    return {
        Code.DATES_OVER: ngettext(
            "%(num)s date is over already.", "%(num)s dates are over already.", number
        ),
        Code.OPENS_LATE: _("Learners cannot begin yet: it opens later."),
        Code.SHORT_NOW: _("Less than two days to write a reflection."),
        Code.SHORT_NEW: _("Less than two days to read and answer peers."),
        Code.SHORT_NEXT: _("Less than two days for the last phase."),
        Code.NO_NEW_DATE: _(
            "Without a date for responses, a learner may wait for peers without an end."
        ),
        Code.NOT_PLACED: _("No link in the course opens it yet."),
    }


def _about_people(number: int) -> dict[Code, str]:
    return {
        Code.TOO_MANY_RESPONSES: ngettext(
            "More responses are asked for than the course can give: there is %(num)s other learner."
            " Miroir then asks for as many as there are.",
            "More responses are asked for than the course can give: there are %(num)s other"
            " learners. Miroir then asks for as many as there are.",
            number,
        ),
        Code.SMALL_FOR_ANONYMITY: ngettext(
            "Pseudonyms protect little here: the course has %(num)s learner.",
            "Pseudonyms protect little here: the course has only %(num)s learners.",
            number,
        ),
        Code.NO_TUTOR: _("The course has no tutor besides educators: you look after it yourself."),
        Code.NO_TUTOR_BEFORE: _(
            "Every reflection waits for a tutor, and the course has none: learners wait for you."
        ),
    }


def _about_work(number: int) -> dict[Code, str]:
    return {
        Code.NOTHING_TO_READ: _(
            "Responses are asked for, but no answer is for peers: there would be nothing to read."
        ),
        Code.POINTS_FOR_NOTHING: ngettext(
            "%(num)s point is given for responses, and none is asked for.",
            "%(num)s points are given for responses, and none is asked for.",
            number,
        ),
        Code.NO_LEVELS: _("Its competencies have no levels: nobody can rate or confirm one."),
        Code.NOBODY_CONFIRMS: _(
            "A tutor is to confirm a level, but no competency is chosen: that has no effect."
        ),
        Code.NO_COMPETENCIES: _("No competency is chosen: learners rate nothing."),
        Code.RETIRED: ngettext(
            "%(num)s competency was retired by its publisher; it still counts here.",
            "%(num)s competencies were retired by their publisher; they still count here.",
            number,
        ),
        Code.FEELINGS_SHARED: ngettext(
            "%(num)s question about feelings is read by peers.",
            "%(num)s questions about feelings are read by peers.",
            number,
        ),
        Code.LONG_WRITING: ngettext(
            "At least %(num)s word is asked for: that is more than an hour of writing.",
            "At least %(num)s words are asked for: that is more than an hour of writing.",
            number,
        ),
    }
