"""Which reflection a reviewer is given next (DESIGN 3, Allocation).

The order was simulated over leaky cohorts: "least served first" spreads thinly and completes
nobody, "oldest first" starves the newest. So: (1) a reflection with no response yet; (2) one whose
author has given all of theirs and still lacks some; (3) others that lack; among equals the best
match of self-ratings, then the one that has waited longest. A reflection that has all it needs is
only given to somebody who still owes a response, and only when nobody lacks one; so is one whose
author has left the course. Whose reflections come into question at all, the activity's pool and the
list of people who are kept apart decide.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from lti_tool.rules.giving import AllocationPool


@dataclass(frozen=True, slots=True)
class Rating:
    """A self-rating: where somebody stands on a competency, and where they want to be."""

    level: int
    target: int | None = None

    @property
    def growth(self) -> int:
        """How many levels the person wants to grow."""
        return max(0, (self.target or self.level) - self.level)


Ratings = Mapping[uuid.UUID, Rating]
"""Competency to self-rating."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The learner who asks; ids are those of participations."""

    id: uuid.UUID
    ratings: Ratings = field(default_factory=dict)
    owes: bool = True
    """Whether they have still to give responses; one who is done may answer one more."""
    closed: frozenset[uuid.UUID] = frozenset()
    """Reflections that they have answered or declined."""
    pool: AllocationPool = AllocationPool.CONTEXT
    """Of the activity."""
    cohort_id: uuid.UUID | None = None
    """The cohort they are in; those who are in none form a pool of their own."""
    apart: frozenset[uuid.UUID] = frozenset()
    """Authors from whom they are kept apart: same employer, line manager."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A released reflection."""

    reflection_id: uuid.UUID
    author_id: uuid.UUID
    """The author's participation."""
    released_at: datetime
    responses: int = 0
    """Responses that were handed in and not turned down."""
    claims: int = 0
    """Other reviewers who are at it now."""
    author_done: bool = False
    """Whether the author has given all the responses asked of them."""
    ratings: Ratings = field(default_factory=dict)
    cohort_id: uuid.UUID | None = None
    """The author's cohort."""
    author_left: bool = False
    """Whether the author is no longer in the course, so that nobody waits."""

    @property
    def service(self) -> int:
        """Responses that the author has or is about to get."""
        return self.responses + self.claims


class Tier(IntEnum):
    """How urgent a reflection is, most urgent first."""

    UNSERVED = 1
    DESERVING = 2
    LACKING = 3
    GONE = 4
    """Nobody waits for it any more."""
    SERVED = 5

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still lacks a response."""
        return self <= Tier.LACKING


def tier(candidate: Candidate, required: int) -> Tier:
    """Return how urgent ``candidate`` is where each author may expect ``required`` responses."""
    if candidate.author_left:
        return Tier.GONE
    if candidate.service == 0:
        return Tier.UNSERVED
    if candidate.service >= required:
        return Tier.SERVED
    return Tier.DESERVING if candidate.author_done else Tier.LACKING


def match(one: Ratings, other: Ratings) -> int:
    """Return how much two people can learn from each other, in levels.

    For each competency that both rated: how far one wants to grow towards where the other already
    is, and the reverse.
    """
    return sum(
        _learns(one[key], other[key]) + _learns(other[key], one[key])
        for key in one.keys() & other.keys()
    )


def _learns(learner: Rating, model: Rating) -> int:
    return max(0, min(learner.growth, model.level - learner.level))


def next_for(
    reviewer: Reviewer, candidates: Iterable[Candidate], required: int
) -> Candidate | None:
    """Return the reflection that ``reviewer`` is given, or None if there is none for them."""
    open_to_them = [
        candidate
        for candidate in candidates
        if reaches(reviewer, candidate) and (reviewer.owes or tier(candidate, required).is_waiting)
    ]
    return min(open_to_them, key=lambda each: _order(reviewer, each, required), default=None)


def reaches(reviewer: Reviewer, candidate: Candidate) -> bool:
    """Return whether ``reviewer`` may be given the reflection at all, be it urgent or not."""
    if candidate.author_id == reviewer.id or candidate.author_id in reviewer.apart:
        return False
    if reviewer.pool is AllocationPool.OWN_COHORT and candidate.cohort_id != reviewer.cohort_id:
        return False
    return candidate.reflection_id not in reviewer.closed


def _order(
    reviewer: Reviewer, candidate: Candidate, required: int
) -> tuple[bool, bool, int, int, bool, int, datetime, str]:
    """Return the sort key; the id makes ties the same for everybody who looks.

    Where other cohorts come first, one's own is not read while somebody lacks a response there; the
    cap bends for the least served, in whatever cohort.
    """
    urgency = tier(candidate, required)
    waiting = urgency.is_waiting
    prefers_others = reviewer.pool is AllocationPool.OTHER_COHORTS
    second = prefers_others and candidate.cohort_id == reviewer.cohort_id
    return (
        not waiting,
        waiting and second,
        urgency,
        0 if waiting else candidate.service,
        second,
        -match(reviewer.ratings, candidate.ratings),
        candidate.released_at,
        str(candidate.reflection_id),
    )
