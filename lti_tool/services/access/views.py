"""What programs are told of a course: plain data, without a word that anybody wrote."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from lti_tool.rules.completion import ItemKey, ItemState
from lti_tool.rules.vocabulary import ActivityState, Anonymity, OutboxState, Step, WorkState
from lti_tool.services.outbox.shown import Drift

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A piece of a list; ``next`` asks for the piece that follows, None after the last one."""

    items: list[T]
    next: str | None


@dataclass(frozen=True, slots=True)
class CompetencyLine:
    """A competency that an activity is about; ``statement`` by language."""

    id: uuid.UUID
    identifier: str
    code: str
    statement: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """An activity of the course."""

    id: uuid.UUID
    title: str
    language: str
    state: ActivityState
    anonymity: Anonymity
    days_only: bool
    """Whether moments tell days, not times: names are hidden from staff."""
    created_at: datetime
    opens_at: datetime | None
    now_due_at: datetime | None
    new_due_at: datetime | None
    next_due_at: datetime | None
    closed_at: datetime | None
    responses_required: int
    learners_begun: int
    competencies: list[CompetencyLine]


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A line of a learner's checklist."""

    key: ItemKey
    state: ItemState
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class LevelLine:
    """A level that a tutor confirmed, counted from 1."""

    competency_id: uuid.UUID
    code: str
    level: int
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class LearnerLine:
    """A learner, and where they stand in an activity; who has not begun has no id in it."""

    id: uuid.UUID | None
    user_id: uuid.UUID | None
    name: str | None
    cohort: str
    reflection: WorkState | None
    progress: list[ItemLine]
    score: float | None
    is_overridden: bool
    completed_at: datetime | None
    levels: list[LevelLine]
    last_seen_at: datetime | None
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """How a learner's score fares on its way to the LMS."""

    learner_id: uuid.UUID
    name: str | None
    state: OutboxState
    points: float
    of: float
    attempts: int
    reason: str
    who_can_fix: str
    http_status: int | None
    promised_at: datetime
    next_attempt_at: datetime | None
    sent_at: datetime | None
    shown: ShownLine | None


@dataclass(frozen=True, slots=True)
class ShownLine:
    """What the LMS showed when it was last asked."""

    points: float | None
    of: float
    drift: Drift
    read_at: datetime


@dataclass(frozen=True, slots=True)
class ReflectionLine:
    """A reflection that staff see, without its text."""

    id: uuid.UUID
    learner_id: uuid.UUID
    name: str | None
    state: WorkState
    version: int
    responses: int
    submitted_at: datetime | None
    released_at: datetime | None
    is_flagged: bool
    is_appealed: bool


@dataclass(frozen=True, slots=True)
class ResponseLine:
    """A response that staff see, without its text; without ``learner_id`` it is a tutor's."""

    id: uuid.UUID
    reflection_id: uuid.UUID
    learner_id: uuid.UUID | None
    name: str | None
    is_by_tutor: bool
    state: WorkState
    helpfulness: int | None
    submitted_at: datetime | None
    released_at: datetime | None
    is_flagged: bool
    is_appealed: bool


@dataclass(frozen=True, slots=True)
class WhoLine:
    """A person in the history."""

    user_id: uuid.UUID | None
    name: str | None


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A line of the moderation history; ``by`` is None where a rule did it."""

    id: uuid.UUID
    at: datetime
    by: WhoLine | None
    about: WhoLine | None
    subject: str
    work_id: uuid.UUID | None
    step: Step
    from_state: WorkState | None
    to_state: WorkState | None


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row of figures; None where there is nothing to tell, ``hidden`` where it is kept back."""

    key: str
    words: Mapping[str, str] | None
    cells: list[float | str | None]


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A table of figures; ``levels`` are columns that come from a scale, by language."""

    key: str
    levels: list[Mapping[str, str]]
    rows: list[FigureRow]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of an activity: of ``learners`` people, without tables where they are too few."""

    learners: int
    tables: list[FigureTable]
