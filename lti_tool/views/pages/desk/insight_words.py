"""What the figures say in plain words: titles, headings, rows, and numbers that are kept back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import format_percent

from lti_tool import i18n
from lti_tool.exports.sheets import Value
from lti_tool.i18n import gettext as _
from lti_tool.i18n import ngettext, pick
from lti_tool.rules.depths import depth_of
from lti_tool.rules.interventions import InterventionKind
from lti_tool.rules.spreads import Band
from lti_tool.rules.stages import Stage
from lti_tool.rules.suppression import Cell, Hidden, Share
from lti_tool.services.insight.figures import Glance, Named, Other, RowKey, Table, TableKey
from lti_tool.views.pages.desk.signal_words import plane

PLOTS = {
    TableKey.STAGES: ("pairs", (0, 1)),
    TableKey.FIRST_RESPONSE: ("bars", (0,)),
    TableKey.RESPONSES: ("pairs", (0, 1)),
    TableKey.HELPFULNESS: ("bars", (0,)),
    TableKey.RATINGS: ("pairs", (1, 3)),
    TableKey.DEPTH: ("bars", (0,)),
    TableKey.DECISIONS: ("bars", (0,)),
    TableKey.SUPPORT: ("bars", (0,)),
    TableKey.SCORES: ("bars", (0,)),
}
"""How a table is drawn, and which of its columns; the levels all, one upon another."""


def title(key: TableKey) -> str:
    """Return what a table is called."""
    return {
        TableKey.GLANCE: _("At a glance"),
        TableKey.STAGES: _("How far learners are"),
        TableKey.FIRST_RESPONSE: _("How long until the first response"),
        TableKey.RESPONSES: _("Responses given and received"),
        TableKey.HELPFULNESS: _("How helpful responses were"),
        TableKey.RATINGS: _("Self-ratings before and after"),
        TableKey.LEVELS: _("Confirmed levels"),
        TableKey.DEPTH: _("How deep reflections go"),
        TableKey.DECISIONS: _("How long work waited for a tutor"),
        TableKey.SUPPORT: _("What tutors did for learners"),
        TableKey.INITIATIVE: _("Before anybody asked"),
        TableKey.SCORES: _("Scores on their way to the LMS"),
    }[key]


def note(key: TableKey) -> str:
    """Return how a table counts."""
    return {
        TableKey.GLANCE: _("Each learner counts once; staff never do."),
        TableKey.STAGES: _("Each learner stands at the furthest that they have come to."),
        TableKey.FIRST_RESPONSE: _(
            "From the moment others could read a reflection to the moment its author could read the"
            " first response, a peer’s or a tutor’s."
        ),
        TableKey.RESPONSES: _(
            "Given to peers and not turned down; received, when their addressee can read them."
        ),
        TableKey.HELPFULNESS: _("As those say who received them."),
        TableKey.RATINGS: _(
            "The mean of the levels that learners chose, 1 the lowest; the change is of those who"
            " rated themselves twice. A self-rating is a claim, never a grade."
        ),
        TableKey.LEVELS: _("Levels that a tutor confirmed."),
        TableKey.DEPTH: _("As tutors marked the last version that they marked; it is no score."),
        TableKey.DECISIONS: _(
            "From the moment work was held, flagged or appealed to the tutor’s decision."
        ),
        TableKey.SUPPORT: _("As tutors wrote it down, and what Miroir notes by itself."),
        TableKey.INITIATIVE: _(
            "Done while the learner stood on the list of Today, and so before they asked."
        ),
        TableKey.SCORES: _("By learner, of the score that was promised last."),
    }[key]


def headings(table: Table) -> list[str]:
    """Return the headings of a table's columns."""
    if table.key is TableKey.LEVELS:
        names = [pick(level.words) for level in table.levels]
        return [_("Competency"), *names, _("None yet")]
    return {
        TableKey.GLANCE: [_("Figure"), _("Value")],
        TableKey.STAGES: [
            _("Stage"),
            _("Learners here"),
            _("This far or further"),
            _("Share of all"),
        ],
        TableKey.FIRST_RESPONSE: [_("How long"), _("Reflections")],
        TableKey.RESPONSES: [_("Responses"), _("Learners who gave"), _("Learners who received")],
        TableKey.HELPFULNESS: [_("How helpful"), _("Responses")],
        TableKey.RATINGS: [
            _("Competency"),
            _("Rated before"),
            _("Level before"),
            _("Rated after"),
            _("Level after"),
            _("Rated twice"),
            _("Difference"),
        ],
        TableKey.DEPTH: [_("How deep"), _("Learners")],
        TableKey.DECISIONS: [_("How long"), _("Decisions")],
        TableKey.SUPPORT: [_("Kind of help"), _("Times")],
        TableKey.INITIATIVE: [_("When"), _("Times")],
        TableKey.SCORES: [_("Score"), _("Learners")],
    }[table.key]


def label(table: Table, key: RowKey) -> str:
    """Return what a row is called."""
    if isinstance(key, Named):
        return f"{key.code} {pick(key.words)}".strip()
    if isinstance(key, Stage):
        return _stage(key)
    if isinstance(key, Band):
        return _band(key)
    if isinstance(key, Glance):
        return glance(key)
    if isinstance(key, InterventionKind):
        return plane(key)
    if isinstance(key, Other):
        return _other(table.key, key)
    if table.key is TableKey.DEPTH:
        return depth_of(table.rubric, key).name
    return _helpful(key) if table.key is TableKey.HELPFULNESS else i18n.number(key)


def glance(key: Glance) -> str:
    """Return what one of the few figures is called."""
    return {
        Glance.LEARNERS: _("Learners"),
        Glance.BEGUN: _("Have begun"),
        Glance.HANDED_IN: _("Have handed in, or are further"),
        Glance.COMPLETE: _("Complete"),
        Glance.FIRST_RESPONSE: _("Hours until the first response (median)"),
        Glance.HELPFULNESS: _("How helpful responses were, from 1 to 4 (mean)"),
        Glance.INITIATIVE: _("Tutors’ help before anybody asked (share)"),
        Glance.SCORES: _("Scores that the LMS accepted (share)"),
        Glance.DECISIONS: _("Hours that work waited for a tutor (median)"),
        Glance.GIVEN: _("Responses given by a learner (mean)"),
        Glance.RECEIVED: _("Responses received by a learner (mean)"),
    }[key]


def text(cell: Cell) -> str:
    """Return a number as a page shows it."""
    if isinstance(cell, Hidden):
        return _("hidden")
    if cell is None:
        return "–"
    if isinstance(cell, Share):
        return format_percent(cell.value, locale=i18n.current())
    return i18n.number(cell)


def value(cell: Cell) -> Value:
    """Return a number as a file has it."""
    return _("hidden") if isinstance(cell, Hidden) else cell


def drawn(cell: Cell) -> int | float | None:
    """Return a number as a plot takes it; None where it is kept back."""
    if isinstance(cell, Share):
        return cell.value
    return None if isinstance(cell, Hidden) else cell


@dataclass(frozen=True, slots=True)
class Plot:
    """How a table is drawn: ``kind`` for the script, and the columns of numbers, from 0."""

    kind: str
    columns: tuple[int, ...]


def plot(table: Table) -> Plot | None:
    """Return how a table is drawn; None where a plot would say nothing."""
    if table.key is TableKey.LEVELS:
        found = Plot("stacks", tuple(range(len(table.levels) + 1)))
    elif table.key in PLOTS:
        found = Plot(*PLOTS[table.key])
    else:
        return None
    cells = [row.cells[column] for row in table.rows for column in found.columns]
    return found if any(drawn(cell) for cell in cells) else None


def has_hidden(rows: Sequence[Sequence[Cell]]) -> bool:
    """Return whether a number is kept back in any of the rows."""
    return any(isinstance(cell, Hidden) for row in rows for cell in row)


def _stage(key: Stage) -> str:
    return {
        Stage.NOT_STARTED: _("Not started"),
        Stage.NOW: _("Now: writing"),
        Stage.SUBMITTED: _("Now: handed in"),
        Stage.NEW: _("New: responding"),
        Stage.NEXT: _("Next: step chosen"),
        Stage.COMPLETE: _("Complete"),
    }[key]


def _band(key: Band) -> str:
    return {
        Band.DAY: _("Less than a day"),
        Band.THREE_DAYS: ngettext("Up to %(num)s day", "Up to %(num)s days", 3),
        Band.WEEK: _("Up to a week"),
        Band.LONGER: _("A week or longer"),
    }[key]


def _helpful(key: int) -> str:
    return {
        1: _("Not helpful"),
        2: _("A little helpful"),
        3: _("Helpful"),
        4: _("Very helpful"),
    }[key]


def _other(table: TableKey, key: Other) -> str:
    if key is Other.OPEN:
        unsaid = {
            TableKey.HELPFULNESS: _("Not said yet"),
            TableKey.DEPTH: _("Not marked yet"),
        }
        return unsaid.get(table) or _("No response yet")
    return {
        Other.MORE: _("Even more"),
        Other.MANAGED: _("Dates, completion and the like"),
        Other.SENT: _("Accepted by the LMS"),
        Other.WAITING: _("Waits to be sent"),
        Other.REFUSED: _("Refused by the LMS"),
        Other.NOTHING: _("Nothing to send yet"),
        Other.PROACTIVE: _("Before they asked"),
        Other.ASKED: _("Later, or to manage"),
    }[key]
