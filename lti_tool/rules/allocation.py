"""Which reflection a reviewer is given next (DESIGN 3, Allocation).

The order was simulated over leaky cohorts: "least served first" spreads thinly and completes
nobody, "oldest first" starves the newest. So: (1) a reflection with no response yet; (2) one whose
author has given all of theirs and still lacks some; (3) others that lack; among equals the best
match of self-ratings, then the one that has waited longest. A reflection that has all it needs is
only given to somebody who still owes a response, and only when nobody lacks one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum


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

    @property
    def service(self) -> int:
        """Responses that the author has or is about to get."""
        return self.responses + self.claims


class Tier(IntEnum):
    """How urgent a reflection is, most urgent first."""

    UNSERVED = 1
    DESERVING = 2
    LACKING = 3
    SERVED = 4


def tier(candidate: Candidate, required: int) -> Tier:
    """Return how urgent ``candidate`` is where each author may expect ``required`` responses."""
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
        if candidate.author_id != reviewer.id
        and candidate.reflection_id not in reviewer.closed
        and (reviewer.owes or tier(candidate, required) is not Tier.SERVED)
    ]
    return min(open_to_them, key=lambda each: _order(reviewer, each, required), default=None)


def _order(
    reviewer: Reviewer, candidate: Candidate, required: int
) -> tuple[int, int, int, datetime, str]:
    """Return the sort key; the id makes ties the same for everybody who looks."""
    urgency = tier(candidate, required)
    beyond = candidate.service if urgency is Tier.SERVED else 0
    return (
        urgency,
        beyond,
        -match(reviewer.ratings, candidate.ratings),
        candidate.released_at,
        str(candidate.reflection_id),
    )
