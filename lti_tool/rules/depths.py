"""How deep a reflection goes: two rubrics of four steps each, in our own words.

The steps follow Kember, McKay, Sinclair and Wong (2008) and Hatton and Smith (1995). They are for
learning: nothing of them is ever part of a score, and the last step is rare by nature.
"""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.i18n import gettext as _
from lti_tool.rules.vocabulary import DepthRubric

DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Depth:
    """One step of a rubric, in the reader's language."""

    level: int
    name: str
    looks: str
    """What a reflection of this depth does."""
    deeper: str
    """What its author could try to get to the next step; empty at the last."""


def depths_of(rubric: DepthRubric) -> tuple[Depth, ...]:
    """Return the steps of a rubric, the plainest first; none where depth is not marked."""
    if rubric is DepthRubric.KEMBER:
        return _kember()
    return _hatton_smith() if rubric is DepthRubric.HATTON_SMITH else ()


def depth_of(rubric: DepthRubric, level: int) -> Depth:
    """Return one step of a rubric."""
    return depths_of(rubric)[level - 1]


def following(rubric: DepthRubric, level: int) -> Depth | None:
    """Return the step after ``level``; None after the last."""
    return depth_of(rubric, level + 1) if level < DEEPEST else None


def _kember() -> tuple[Depth, ...]:
    return (
        Depth(
            1,
            _("By habit"),
            _("Says what was done, or what one is supposed to do, as a matter of course."),
            _("Say in your own words which idea is behind it, and why it should work."),
        ),
        Depth(
            2,
            _("Understanding"),
            _("Explains an idea well, without a tie to own work."),
            _(
                "Take one moment of your own work: what did you see and decide there, and what"
                " does the idea tell you about it?"
            ),
        ),
        Depth(
            3,
            _("Reflection"),
            _("Ties an idea to own experience, and draws something from it for own work."),
            _(
                "Ask what you took for granted: where does that come from, who would see it"
                " differently, and what do you see otherwise now?"
            ),
        ),
        Depth(
            4,
            _("Critical reflection"),
            _("Notices something taken for granted, questions it, and comes to see it anew."),
            "",
        ),
    )


def _hatton_smith() -> tuple[Depth, ...]:
    return (
        Depth(
            1,
            _("Describing"),
            _("Tells what happened, in order, without reasons."),
            _("Add why: what made it happen, and what made you act as you did?"),
        ),
        Depth(
            2,
            _("Describing with reasons"),
            _("Gives reasons for what happened, from one point of view."),
            _(
                "Step back and talk it over with yourself: what else could explain it, and what"
                " speaks for and against?"
            ),
        ),
        Depth(
            3,
            _("In dialogue with oneself"),
            _("Weighs several explanations, and ways in which it could have gone."),
            _(
                "Look beyond the moment: which habits, rules or conditions of the place and the"
                " time shaped it, and for whom would it look different?"
            ),
        ),
        Depth(
            4,
            _("In a wider setting"),
            _("Sees what happened from several sides, and what around it made it so."),
            "",
        ),
    )
