"""The words of the checklist and of the score: the same for learner, tutor and LMS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lti_tool.i18n import gettext as _
from lti_tool.i18n import ngettext, number, pick
from lti_tool.rules.completion import Item, ItemKey, Progress, Term


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
    arithmetic.append(_("Together: %(points)s of 100", points=points(progress.score)))
    heading = [_("Levels that your tutor confirmed:")] if levels else []
    return "\n".join([*heading, *(f"{line}." for line in (*levels, *arithmetic))])
