"""Where the marks of a plot of levels over time stand: time along, levels up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

STEP = 36
"""Pixels from one level to the next."""
TOP, BOTTOM = 28, 34
"""Pixels above the highest level and below the lowest, for names and days."""
MARGIN = 8.0
"""Per cent that stay free at either side."""
NEAR = 20.0
"""Per cent within which two days would be written over each other."""

YEARLESS = timedelta(days=300)
"""How long days can be told without their year."""


class Moment(Protocol):
    """What is plotted: a level at a time, told by somebody (``source``)."""

    @property
    def at(self) -> datetime:
        """When."""

    @property
    def source(self) -> str:
        """Who says so; points of one source are joined by a line."""

    @property
    def level(self) -> int:
        """Position on the scale, 1 the lowest."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A point: ``x`` in per cent of the width, ``y`` in pixels from above."""

    x: float
    y: int
    source: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A day that is written below."""

    x: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Plot:
    """All marks, the lines between those of one source, and what is written beside them."""

    height: int
    marks: tuple[Mark, ...]
    lines: tuple[tuple[Mark, Mark], ...]
    ticks: tuple[Tick, ...]
    rungs: tuple[int, ...]
    """Where each level of the scale stands, in pixels from above, the lowest level first."""
    is_mirrored: bool
    is_long: bool
    """Whether it spans so long that days without their year would puzzle."""

    @property
    def base(self) -> int:
        """Where days are written."""
        return self.height - 10


def plot(points: Sequence[Moment], scale_size: int, mirrored: bool = False) -> Plot:
    """Return the plot of ``points``, oldest first; ``mirrored`` lets time run to the left."""
    size = max([scale_size, *(point.level for point in points)], default=1)
    height = TOP + (size - 1) * STEP + BOTTOM
    rungs = tuple(TOP + (size - level) * STEP for level in range(1, size + 1))
    places = _places([point.at for point in points], mirrored)
    marks = tuple(
        Mark(x, rungs[point.level - 1], point.source)
        for x, point in zip(places, points, strict=True)
    )
    moments = [point.at for point in points]
    is_long = bool(moments) and max(moments) - min(moments) > YEARLESS
    return Plot(height, marks, _lines(marks), _ticks(points, places), rungs, mirrored, is_long)


def _places(moments: Sequence[datetime], mirrored: bool) -> list[float]:
    """Return where moments stand by time; all in the middle if they are one."""
    if not moments:
        return []
    first, last = min(moments), max(moments)
    whole = (last - first).total_seconds()
    room = 100 - 2 * MARGIN
    shares = [(one - first).total_seconds() / whole if whole else 0.5 for one in moments]
    return [round(MARGIN + room * (1 - share if mirrored else share), 2) for share in shares]


def _lines(marks: Sequence[Mark]) -> tuple[tuple[Mark, Mark], ...]:
    last: dict[str, Mark] = {}
    lines = []
    for mark in marks:
        if mark.source in last:
            lines.append((last[mark.source], mark))
        last[mark.source] = mark
    return tuple(lines)


def _ticks(points: Sequence[Moment], places: Sequence[float]) -> tuple[Tick, ...]:
    """Return the first and the last day, and those between that have room."""
    if not points:
        return ()
    found = [Tick(x, point.at) for x, point in zip(places, points, strict=True)]
    shown = [found[0]]
    for tick in found[1:-1]:
        if _has_room(tick, shown[-1]) and _has_room(tick, found[-1]):
            shown.append(tick)
    if _has_room(found[-1], shown[-1]):
        shown.append(found[-1])
    return tuple(shown)


def _has_room(tick: Tick, other: Tick) -> bool:
    """Return whether both can be written: far enough apart, and not the same day twice."""
    return abs(tick.x - other.x) >= NEAR and tick.at.date() != other.at.date()
