"""The tables of an activity's figures: numbers as they may be shown, keys for what words say.

Every table counts the same learners (``whole``), so that no two of them tell together what each of
them hides.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lti_tool.rules.interventions import InterventionKind
from lti_tool.rules.spreads import Band
from lti_tool.rules.stages import Stage
from lti_tool.rules.suppression import Cell
from lti_tool.rules.vocabulary import DepthRubric


class TableKey(StrEnum):
    """The tables, in the order of the page."""

    GLANCE = "glance"
    STAGES = "stages"
    FIRST_RESPONSE = "first_response"
    RESPONSES = "responses"
    HELPFULNESS = "helpfulness"
    RATINGS = "ratings"
    LEVELS = "levels"
    DEPTH = "depth"
    DECISIONS = "decisions"
    SUPPORT = "support"
    INITIATIVE = "initiative"
    SCORES = "scores"


class Glance(StrEnum):
    """The few figures that sum an activity up."""

    LEARNERS = "learners"
    BEGUN = "begun"
    HANDED_IN = "handed_in"
    COMPLETE = "complete"
    FIRST_RESPONSE = "first_response"
    """Median, in hours."""
    HELPFULNESS = "helpfulness"
    """Mean, from 1 to 4."""
    INITIATIVE = "initiative"
    """Share of what tutors did before anybody asked."""
    SCORES = "scores"
    """Share of the promised scores that the LMS accepted."""
    DECISIONS = "decisions"
    """Median, in hours; not told of a whole course."""
    GIVEN = "given"
    RECEIVED = "received"
    """Means of responses by learner; not told of a whole course."""


class Other(StrEnum):
    """Rows that are no value of a vocabulary of their own."""

    OPEN = "open"
    """Nothing yet, or not said yet."""
    MORE = "more"
    """More than the row before."""
    MANAGED = "managed"
    """What tutors did without supporting on a plane: dates, completion."""
    SENT = "sent"
    WAITING = "waiting"
    REFUSED = "refused"
    NOTHING = "nothing"
    PROACTIVE = "proactive"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Named:
    """A competency as a row, or a level as a column; ``words`` per language."""

    words: Mapping[str, str]
    code: str = ""


RowKey = Stage | Band | InterventionKind | Glance | Other | Named | int


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it is about, and its numbers."""

    key: RowKey
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table; ``levels`` are columns that come from a scale, ``rubric`` names rows of depth."""

    key: TableKey
    rows: tuple[Row, ...]
    levels: tuple[Named, ...] = ()
    rubric: DepthRubric = DepthRubric.NONE


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment of which kept figures tell; ``id`` has files tell of the same."""

    id: uuid.UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Insight:
    """The figures of an activity; without tables where the learners are too few."""

    whole: int
    """How many learners they are about."""
    tables: tuple[Table, ...]
    kept: Moment | None = None

    @property
    def is_too_small(self) -> bool:
        """Whether there are learners, but too few for figures."""
        return self.whole > 0 and not self.tables


@dataclass(frozen=True, slots=True)
class CourseLine:
    """An activity in the figures of its course; ``cells`` by ``COURSE`` are empty if too few."""

    activity_id: uuid.UUID
    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class CourseFigures:
    """The few figures of a course, an activity a line."""

    lines: tuple[CourseLine, ...]
    kept: Moment | None = None


COURSE = (
    Glance.LEARNERS,
    Glance.BEGUN,
    Glance.HANDED_IN,
    Glance.COMPLETE,
    Glance.FIRST_RESPONSE,
    Glance.HELPFULNESS,
    Glance.INITIATIVE,
    Glance.SCORES,
)
"""The columns of a course's figures: the same as in each activity's own."""
