"""What is missing or risky in an activity before learners meet it: a list, never a lock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SHORT_PHASE = timedelta(days=2)
"""Less time than this between two dates is hardly enough for people at work."""
SMALLEST_ANONYMOUS = 5
"""Among fewer, it is easily guessed who wrote what."""
LONG = 800
"""Words; more than that is more than an hour of writing."""


class Weight(StrEnum):
    """How much a finding matters."""

    STOP = "stop"
    """It cannot work like this."""
    WARN = "warn"
    """It works, but probably not as meant."""
    INFO = "info"


class Code(StrEnum):
    """What was found."""

    DATES_OVER = "dates_over"
    OPENS_LATE = "opens_late"
    SHORT_NOW = "short_now"
    SHORT_NEW = "short_new"
    SHORT_NEXT = "short_next"
    NO_NEW_DATE = "no_new_date"
    NOTHING_TO_READ = "nothing_to_read"
    TOO_MANY_RESPONSES = "too_many_responses"
    POINTS_FOR_NOTHING = "points_for_nothing"
    SMALL_FOR_ANONYMITY = "small_for_anonymity"
    NO_LEVELS = "no_levels"
    NOBODY_CONFIRMS = "nobody_confirms"
    NO_COMPETENCIES = "no_competencies"
    RETIRED = "retired"
    NO_TUTOR = "no_tutor"
    NO_TUTOR_BEFORE = "no_tutor_before"
    FEELINGS_SHARED = "feelings_shared"
    LONG_WRITING = "long_writing"
    NOT_PLACED = "not_placed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know; ``number`` is the count that its words speak of, if they do."""

    code: Code
    weight: Weight
    number: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an activity and its course."""

    now: datetime
    opens_at: datetime | None
    now_due_at: datetime | None
    new_due_at: datetime | None
    next_due_at: datetime | None
    responses_required: int
    weight_responses: int
    checked_first: bool
    """Whether tutors read reflections before peers do."""
    hides_names: bool
    tutor_confirms: bool
    competencies: int
    levels: int
    shared_questions: int
    """Questions whose answers peers read."""
    shared_feelings: int
    least_words: int
    learners: int
    """As far as the course list or launches tell; 0 if nobody is known yet."""
    tutors: int
    placed: bool
    retired: int = 0
    """Competencies that their publisher has dropped."""


def findings(facts: Facts) -> tuple[Finding, ...]:
    """Return what is missing or risky, what weighs most first."""
    order = list(Weight)
    found = [*_dates(facts), *_peers(facts), *_confirming(facts), *_questions(facts)]
    if not facts.placed:
        found.append(Finding(Code.NOT_PLACED, Weight.INFO))
    return tuple(sorted(found, key=lambda one: order.index(one.weight)))


def _dates(facts: Facts) -> Iterator[Finding]:
    due = [date for date in (facts.now_due_at, facts.new_due_at, facts.next_due_at) if date]
    over = sum(date < facts.now for date in due)
    if over:
        weight = Weight.STOP if over == len(due) else Weight.WARN
        yield Finding(Code.DATES_OVER, weight, over)
    start = max(facts.opens_at, facts.now) if facts.opens_at else facts.now
    spans = (
        (Code.SHORT_NOW, start, facts.now_due_at),
        (Code.SHORT_NEW, facts.now_due_at or start, facts.new_due_at),
        (Code.SHORT_NEXT, facts.new_due_at or facts.now_due_at or start, facts.next_due_at),
    )
    for code, begin, end in spans:
        if end is not None and end > facts.now and end - begin < SHORT_PHASE:
            yield Finding(code, Weight.WARN)
    if facts.new_due_at is None and facts.responses_required:
        yield Finding(Code.NO_NEW_DATE, Weight.INFO)
    if facts.opens_at is not None and facts.opens_at > facts.now:
        yield Finding(Code.OPENS_LATE, Weight.INFO)


def _peers(facts: Facts) -> Iterator[Finding]:
    if facts.responses_required and not facts.shared_questions:
        yield Finding(Code.NOTHING_TO_READ, Weight.STOP)
    if facts.learners and facts.responses_required > facts.learners - 1:
        yield Finding(Code.TOO_MANY_RESPONSES, Weight.WARN, max(facts.learners - 1, 0))
    if not facts.responses_required and facts.weight_responses:
        yield Finding(Code.POINTS_FOR_NOTHING, Weight.WARN, facts.weight_responses)
    if facts.hides_names and 0 < facts.learners < SMALLEST_ANONYMOUS:
        yield Finding(Code.SMALL_FOR_ANONYMITY, Weight.WARN, facts.learners)


def _confirming(facts: Facts) -> Iterator[Finding]:
    if facts.competencies and not facts.levels:
        yield Finding(Code.NO_LEVELS, Weight.STOP)
    if not facts.competencies:
        code = Code.NOBODY_CONFIRMS if facts.tutor_confirms else Code.NO_COMPETENCIES
        yield Finding(code, Weight.INFO)
    if facts.retired:
        yield Finding(Code.RETIRED, Weight.INFO, facts.retired)
    if not facts.tutors:
        if facts.checked_first:
            yield Finding(Code.NO_TUTOR_BEFORE, Weight.WARN)
        else:
            yield Finding(Code.NO_TUTOR, Weight.INFO)


def _questions(facts: Facts) -> Iterator[Finding]:
    if facts.shared_feelings:
        yield Finding(Code.FEELINGS_SHARED, Weight.WARN, facts.shared_feelings)
    if facts.least_words > LONG:
        yield Finding(Code.LONG_WRITING, Weight.WARN, facts.least_words)
