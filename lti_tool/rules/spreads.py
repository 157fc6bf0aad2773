"""How long things took: medians and bands of a histogram in whole hours."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Band(Enum):
    """Lengths of time, each up to so many hours and not including them."""

    DAY = 24
    THREE_DAYS = 72
    WEEK = 168
    LONGER = None


def bands(hours: Mapping[int, int]) -> dict[Band, int]:
    """Count by bands what is counted by whole hours (``26`` is 26 to 27 hours)."""
    counts = dict.fromkeys(Band, 0)
    for length, number in hours.items():
        counts[band_of(length)] += number
    return counts


def band_of(hours: int) -> Band:
    """Return the band that a number of whole hours belongs to."""
    return next(band for band in Band if band.value is None or hours < band.value)


def median(hours: Mapping[int, int]) -> float | None:
    """Return the median of what is counted by whole hours; None of nothing."""
    total = sum(hours.values())
    if total == 0:
        return None
    low, high = (total - 1) // 2, total // 2
    return (_at(hours, low) + _at(hours, high)) / 2


def _at(hours: Mapping[int, int], place: int) -> int:
    """Return the value that stands at ``place`` when all are put in order."""
    passed = 0
    for length in sorted(hours):
        passed += hours[length]
        if place < passed:
            return length
    raise IndexError(place)
