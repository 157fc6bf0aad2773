"""Which numbers of a table would tell about single people, and are therefore not shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

FLOOR = 5
"""Fewer people than this are never counted apart."""


class Hidden(Enum):
    """Stands in a table where a number is kept back; the same word, whatever the reason is."""

    HIDDEN = "hidden"


HIDDEN = Hidden.HIDDEN


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, from 0 to 1, to two decimals: 0.4 is 40 %."""

    value: float


Cell = int | float | Share | Hidden | None
"""A number of a table; None where there is nothing to tell."""


def is_few(people: int) -> bool:
    """Return whether a number of people is too small to be told; nobody is no group."""
    return 0 < people < FLOOR


def hidden_parts(people: Sequence[int]) -> frozenset[int]:
    """Return which parts of a known whole must be hidden, given how many people each stands for.

    All parts that are few; and others, the smallest first, until what is hidden cannot be worked
    out from the whole and the rest. A whole of fewer than ``FLOOR`` people ends with nothing shown;
    it should not be shown at all.
    """
    hidden = [place for place, number in enumerate(people) if is_few(number)]
    rest = sorted(
        (place for place in range(len(people)) if place not in hidden),
        key=lambda place: (people[place] == 0, people[place], place),
    )
    while hidden and rest and _is_plain([people[place] for place in hidden]):
        hidden.append(rest.pop(0))
    return frozenset(hidden)


def _is_plain(hidden: Sequence[int]) -> bool:
    """Return whether parts could be worked out by who knows their sum, and why they are hidden.

    One alone can; so can several that only fit the sum if each is as small, or as large, as a
    hidden part can be.
    """
    total, number = sum(hidden), len(hidden)
    all_few = all(is_few(one) for one in hidden)
    return number < 2 or total < FLOOR or (all_few and total in (number, number * (FLOOR - 1)))


def parts(values: Sequence[int], people: Sequence[int] | None = None) -> tuple[int | Hidden, ...]:
    """Return the parts of a known whole as they may be shown.

    ``people`` says how many people stand behind each, where that is not the value itself.
    """
    hidden = hidden_parts(values if people is None else people)
    return tuple(HIDDEN if place in hidden else value for place, value in enumerate(values))


def reached(here: Sequence[int], hidden: Collection[int]) -> tuple[int | Hidden, ...]:
    """Return for each stage how many are there or further, hidden where it would tell ``here``."""
    first, last = min(hidden, default=0), max(hidden, default=0)
    return tuple(
        HIDDEN if first < stage <= last else sum(here[stage:]) for stage in range(len(here))
    )


def all_or_none(
    values: Sequence[int], people: Sequence[int] | None = None
) -> tuple[int | Hidden, ...]:
    """Return the parts of a known whole, or all hidden if one must be.

    For what is shown with its mean: two hidden parts could be worked out from that.
    """
    shown = parts(values, people)
    return (HIDDEN,) * len(shown) if HIDDEN in shown else shown


def some_of(number: int, whole: int) -> int | Hidden:
    """Return how many of a known whole did something, hidden if they or the others are few."""
    return parts((number, whole - number))[0]


def mean(total: float, number: int, people: int) -> float | Hidden | None:
    """Return a mean to two decimals; None of nothing, hidden where few people stand behind it."""
    if number == 0:
        return None
    return HIDDEN if is_few(people) else round(total / number, 2)


def share(value: int | Hidden, whole: int) -> Share | Hidden | None:
    """Return a part of the whole as a share; None of nothing."""
    if isinstance(value, Hidden):
        return HIDDEN
    return Share(round(value / whole, 2)) if whole else None
