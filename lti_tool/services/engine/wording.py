"""The words of the checklist and of the score: the same for learner, tutor and LMS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lti_tool.i18n import gettext as _
from lti_tool.i18n import ngettext, number, pick
from lti_tool.rules.completion import Item, ItemKey, Progress, Term
from lti_tool.rules.requirements import Requirement, Why


@dataclass(frozen=True, slots=True)
class LevelLine:
    """A competency with the name of a level; texts per language."""

    code: str
    statement: Mapping[str, str]
    label: Mapping[str, str]


def item_text(item: Item) -> str:
    """Return what a line of the checklist asks for."""
    if item.key is ItemKey.RESPONSES_GIVEN:
        if item.of == 0:
            return _("Respond to peers’ reflections")
        return ngettext(
            "Respond to %(num)s peer’s reflection", "Respond to %(num)s peers’ reflections", item.of
        )
    if item.key is ItemKey.RESPONSES_RECEIVED:
        if item.of == 0:
            return _("Receive responses")
        return ngettext("Receive %(num)s response", "Receive %(num)s responses", item.of)
    return {
        ItemKey.RATED_BEFORE: _("Say where you stand now"),
        ItemKey.REFLECTION: _("Write your reflection and send it"),
        ItemKey.HELPFULNESS: _("Say how helpful the responses were"),
        ItemKey.NEXT_STEP: _("Commit to a next step"),
        ItemKey.RATED_AFTER: _("Say where you stand after it"),
        ItemKey.CONFIRMATION: _("Your tutor confirms your levels"),
    }[item.key]


def term_label(term: Term) -> str:
    """Return the name of a term of the score."""
    return {
        ItemKey.REFLECTION: _("Reflection"),
        ItemKey.RESPONSES_GIVEN: _("Responses given"),
        ItemKey.HELPFULNESS: _("Said how helpful responses were"),
        ItemKey.NEXT_STEP: _("Next step"),
    }[term.key]


def term_share(term: Term) -> str:
    """Return the fraction of a term in words: "1 of 2"; a term that asks for nothing is whole."""
    if term.of == 0:
        return _("nothing to do")
    return _("%(done)s of %(of)s", done=number(min(term.done, term.of)), of=number(term.of))


def points(value: float) -> str:
    """Return points to one decimal at most, with the reader's separators."""
    return number(round(value, 1))


def given_arithmetic(told: Requirement) -> str:
    """Return by which arithmetic fewer responses are asked than the activity says; else empty."""
    values = {name: number(getattr(told, name)) for name in ("asked", "of", "done", "there")}
    if told.why is Why.TOO_FEW:
        return _(
            "Asked for: %(asked)s. The date passed with %(done)s given and %(there)s more there to"
            " answer: %(done)s + %(there)s = %(of)s is enough.",
            **values,
        )
    if told.why is Why.COMPLETED:
        return _("Asked for: %(asked)s. Complete with %(of)s; no more is asked.", **values)
    return ""


def received_arithmetic(told: Requirement) -> str:
    """Return why fewer received responses are enough than the activity says; else empty."""
    values = {"asked": number(told.asked), "of": number(told.of)}
    if told.why is Why.TOO_FEW:
        return _(
            "Hoped for: %(asked)s. The date passed with %(of)s received: that is enough.", **values
        )
    if told.why is Why.COMPLETED:
        return _("Hoped for: %(asked)s. Complete with %(of)s received.", **values)
    return ""


def shown_name(name: str) -> str:
    """Return a person's name, or what to say of somebody who has none."""
    return name or _("A colleague")


def score_comment(progress: Progress, confirmed: Iterable[LevelLine]) -> str:
    """Return confirmed levels and the score's arithmetic as plain text, a line each.

    The levels come first: an LMS may cut a long comment. Every line is a sentence, because Moodle's
    feedback window shows all of them in one paragraph.
    """
    levels = [
        _(
            "%(competency)s: %(level)s",
            competency=" ".join(
                part for part in (line.code, pick(line.statement).rstrip(".。")) if part
            ),
            level=pick(line.label),
        )
        for line in confirmed
    ]
    arithmetic = [
        _(
            "%(term)s: %(points)s of %(weight)s (%(share)s)",
            term=term_label(term),
            points=points(term.points),
            weight=number(term.weight),
            share=term_share(term),
        )
        for term in progress.terms
        if term.weight
    ]
    arithmetic.append(_("Together: %(points)s of 100", points=points(progress.earned)))
    if progress.override is not None:
        arithmetic.append(
            _(
                "Your tutor counts it as complete with %(points)s of 100: %(reason)s",
                points=points(progress.score),
                reason=progress.override.reason.rstrip(".。"),
            )
        )
    heading = [_("Levels that your tutor confirmed:")] if levels else []
    return "\n".join([*heading, *(f"{line}." for line in (*levels, *arithmetic))])
