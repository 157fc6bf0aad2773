"""What is asked of one learner: enough, or until the date (DESIGN 3, Allocation and Completion).

Where peers are too few the requirement shrinks by a rule that everybody can see, and who has
completed is never asked for more again; so nobody is stuck because of others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lti_tool.rules.vocabulary import Phase

PATIENCE = timedelta(days=14)
"""How long after submitting a learner waits for peers where the activity has no New date."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What counts, all derived from the database.

    ``*_required`` is what the activity asks for, 0 where it does not; the rule makes of it what is
    asked of this learner (``to_give``, ``to_receive``).
    """

    has_competencies: bool
    rated_before: bool
    rated_after: bool
    reflection_submitted: bool
    reflection_accepted: bool
    """Released, or submitted and waiting only for its grace window."""
    responses_given: int
    responses_required: int
    responses_received: int
    received_required: int
    date_passed: bool
    """Whether the learner's own date of *enough or date* passed."""
    responses_rated: int
    next_step_set: bool
    confirmation_required: bool
    confirmed: bool
    answerable: int = 1
    """Peers' reflections that are there for the learner to answer now."""
    handed_in: int = 0
    """Responses that the learner handed in at any time, whatever became of them."""
    completed: bool = False
    """Whether the learner had completed before: then nothing more is asked."""
    closed: frozenset[Phase] = frozenset()
    """Phases in which nothing is taken any more."""


class Why(StrEnum):
    """Why as much is asked as is asked."""

    FULL = "full"
    """As the activity says."""
    TOO_FEW = "too_few"
    """The date passed, and there is no more than that."""
    COMPLETED = "completed"
    """Who has completed is never asked for more."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What is asked of one learner, with its arithmetic: of ``asked``, ``of`` are enough.

    Where ``why`` is TOO_FEW, ``of`` = ``done`` + ``there``.
    """

    asked: int
    of: int
    done: int
    there: int
    why: Why = Why.FULL


def enough_date(new_due_at: datetime | None, submitted_at: datetime | None) -> datetime | None:
    """Return the date of *enough or date*: from then on nobody waits for others.

    The activity's New date; where it has none, two weeks after the learner's own submission, so
    that a small cohort holds nobody for ever. None if neither is known yet.
    """
    if new_due_at is not None:
        return new_due_at
    return submitted_at + PATIENCE if submitted_at is not None else None


def to_give(facts: Facts) -> Requirement:
    """Return how many responses this learner has to give.

    Once the date passed no more than there are peers' reflections to answer; who has completed is
    never asked for more again.
    """
    asked, given, there = facts.responses_required, facts.responses_given, facts.answerable
    if facts.completed and facts.handed_in < asked:
        return Requirement(asked, facts.handed_in, given, there, Why.COMPLETED)
    if not facts.completed and facts.date_passed and given + there < asked:
        return Requirement(asked, given + there, given, there, Why.TOO_FEW)
    return Requirement(asked, asked, given, there)


def to_receive(facts: Facts) -> Requirement:
    """Return how many responses this learner has to wait for: enough, or until the date."""
    asked, received = facts.received_required, facts.responses_received
    if received >= asked:
        return Requirement(asked, asked, received, 0)
    if facts.completed:
        return Requirement(asked, received, received, 0, Why.COMPLETED)
    if facts.date_passed:
        return Requirement(asked, received, received, 0, Why.TOO_FEW)
    return Requirement(asked, asked, received, 0)


def to_rate(facts: Facts) -> int:
    """Return of how many responses the learner says how helpful they were.

    Of as many as they were to receive: what comes in beyond that may be rated and need not be. Who
    has completed need not rate what came in later.
    """
    most = min(facts.responses_received, facts.received_required)
    return min(most, facts.responses_rated) if facts.completed else most
