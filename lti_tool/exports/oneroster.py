"""OneRoster 1.2, CSV binding: the gradebook's files, from plain data to rows.

Columns stand in the order of the binding's tables, all of them, required or not. All files are
``bulk``: ``status`` and ``dateLastModified`` stay empty then. Courses, classes and people are the
receiver's own; they are referred to by their ``sourcedId`` and not described again.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lti_tool.exports.csv_cells import guarded, lines

VERSION = "1.2"
NAMESPACE = uuid.UUID("0c6a3c57-6f7e-5a5b-9a51-6f1a4c0a9c1d")
"""Of identifiers that exist in these files only: they lead to nothing in our database."""

_EVERY = ("sourcedId", "status", "dateLastModified")
CATEGORIES = (*_EVERY, "title", "weight")
LINE_ITEMS = (
    *_EVERY,
    "title",
    "description",
    "assignDate",
    "dueDate",
    "classSourcedId",
    "categorySourcedId",
    "academicSessionSourcedId",
    "resultValueMin",
    "resultValueMax",
    "schoolSourcedId",
)
LINE_ITEM_OBJECTIVES = (*_EVERY, "lineItemSourcedId", "source", "learningObjectiveId")
RESULTS = (
    *_EVERY,
    "lineItemSourcedId",
    "studentSourcedId",
    "scoreStatus",
    "score",
    "scoreDate",
    "comment",
    "textScore",
    "classSourcedId",
    "inProgress",
    "incomplete",
    "late",
    "missing",
)
RESULT_OBJECTIVES = (
    *_EVERY,
    "resultSourcedId",
    "source",
    "learningObjectiveId",
    "score",
    "textScore",
)
PRESENT = (
    "categories",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "resultLearningObjectiveIds",
    "results",
)
FILES = (
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
)
"""All that a manifest must name, present or not, in the binding's order."""
LEAST, MOST = "0.0", "100.0"


class ScoreStatus(StrEnum):
    """How far a result is, in the binding's words."""

    FULLY_GRADED = "fully graded"
    PARTIALLY_GRADED = "partially graded"
    NOT_SUBMITTED = "not submitted"


@dataclass(frozen=True, slots=True)
class Objective:
    """A competency as a learning objective; ``is_case`` if it has a CASE identifier."""

    identifier: str
    is_case: bool

    @property
    def cells(self) -> tuple[str, str]:
        """Source and identifier."""
        return ("case" if self.is_case else "unknown", self.identifier)


@dataclass(frozen=True, slots=True)
class Category:
    """What kind of line items they are."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Item:
    """An activity as a line item, worth 0 to 100 points."""

    id: str
    title: str
    description: str
    assigned: date
    due: date
    class_id: str
    category_id: str
    session_id: str
    school_id: str
    objectives: tuple[Objective, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What one learner reached; ``points`` is None where nothing was handed in."""

    id: str
    item: Item
    student_id: str
    status: ScoreStatus
    points: float | None
    day: date


@dataclass(frozen=True, slots=True)
class ObjectiveResult:
    """A competency level that a tutor confirmed: its place on the scale, and its name."""

    result_id: str
    objective: Objective
    level: int
    label: str


def derived(*names: object) -> str:
    """Return the identifier of something that is known by its names; always the same."""
    return str(uuid.uuid5(NAMESPACE, "\n".join(map(str, names))))


def manifest(system_name: str, system_code: str) -> Iterator[bytes]:
    """Yield ``manifest.csv``."""
    modes = [(f"file.{name}", "bulk" if name in PRESENT else "absent") for name in FILES]
    told = [("manifest.version", "1.0"), ("oneroster.version", VERSION), *modes]
    source = [("source.systemName", guarded(system_name)), ("source.systemCode", system_code)]
    return _file(("propertyName", "value"), [*told, *source])


def categories(found: Iterable[Category]) -> Iterator[bytes]:
    """Yield ``categories.csv``."""
    return _file(CATEGORIES, ((one.id, "", "", guarded(one.title), "") for one in found))


def line_items(found: Iterable[Item]) -> Iterator[bytes]:
    """Yield ``lineItems.csv``."""
    rows = (
        (
            *(one.id, "", "", guarded(one.title), guarded(one.description)),
            *(one.assigned.isoformat(), one.due.isoformat()),
            *(one.class_id, one.category_id, one.session_id, LEAST, MOST, one.school_id),
        )
        for one in found
    )
    return _file(LINE_ITEMS, rows)


def line_item_objectives(found: Iterable[Item]) -> Iterator[bytes]:
    """Yield ``lineItemLearningObjectiveIds.csv``."""
    rows = (
        (derived("objective", item.id, one.identifier), "", "", item.id, *one.cells)
        for item in found
        for one in item.objectives
    )
    return _file(LINE_ITEM_OBJECTIVES, rows)


def results(found: Iterable[Result]) -> Iterator[bytes]:
    """Yield ``results.csv``; no comment, since none of what people wrote leaves by this way."""
    rows = (
        (
            *(one.id, "", "", one.item.id, one.student_id, one.status.value),
            "" if one.points is None else f"{one.points:.1f}",
            *(one.day.isoformat(), "", "", one.item.class_id),
            "false" if one.status is ScoreStatus.FULLY_GRADED else "true",
            *("", "", ""),
        )
        for one in found
    )
    return _file(RESULTS, rows)


def result_objectives(found: Iterable[ObjectiveResult]) -> Iterator[bytes]:
    """Yield ``resultLearningObjectiveIds.csv``."""
    rows = (
        (
            derived("level", one.result_id, one.objective.identifier),
            *("", "", one.result_id, *one.objective.cells),
            *(f"{one.level:.1f}", guarded(one.label)),
        )
        for one in found
    )
    return _file(RESULT_OBJECTIVES, rows)


def _file(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Yield a file of a table: UTF-8 without a byte order mark, for programs to read.

    Texts that people wrote come guarded; identifiers stay as their owners know them.
    """
    yield from lines([heading], guard=False)
    yield from lines(rows, guard=False)
