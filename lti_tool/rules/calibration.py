"""Reading an exemplar as the tutor did: how far apart two readings are. Never a grade.

Readings are positions of levels, counted from 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

LEAST_READERS = 5
"""Fewer readings than these are told to nobody: they would tell who read how."""


class Closeness(StrEnum):
    """How a learner's reading stands to the tutor's."""

    SAME = "same"
    HIGHER = "higher"
    LOWER = "lower"
    MUCH_HIGHER = "much_higher"
    MUCH_LOWER = "much_lower"


@dataclass(frozen=True, slots=True)
class Spread:
    """How the learners read one criterion of an exemplar; ``by_level`` counts them by position."""

    readers: int
    same: int
    higher: int
    lower: int
    by_level: Mapping[int, int]

    @property
    def apart(self) -> int:
        """How many read it differently."""
        return self.higher + self.lower


def closeness(own: int, tutors: int) -> Closeness:
    """Return how ``own`` stands to the tutor's reading; two levels or more are much."""
    if own == tutors:
        return Closeness.SAME
    if own > tutors:
        return Closeness.HIGHER if own - tutors == 1 else Closeness.MUCH_HIGHER
    return Closeness.LOWER if tutors - own == 1 else Closeness.MUCH_LOWER


def spread(levels: Iterable[int], tutors: int) -> Spread | None:
    """Return how readings are spread around the tutor's; None where they are too few to tell."""
    by_level = Counter(levels)
    readers = by_level.total()
    if readers < LEAST_READERS:
        return None
    higher = sum(count for level, count in by_level.items() if level > tutors)
    same = by_level[tutors]
    return Spread(readers, same, higher, readers - same - higher, dict(by_level))


def still_to_read(minimum: int, there: int, read: int) -> int:
    """Return how many exemplars a learner still reads; never more than there are."""
    return max(0, min(minimum, there) - read)
