"""Moving the dates of a copied activity: by whole days of the calendar, so that clocks agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo

Dates = Mapping[str, datetime | None]
"""Aware moments by name, in their order; None where there is none."""
MINUTE = timedelta(minutes=1)
FIRST, LAST = date(2, 1, 1), date(9998, 12, 31)
"""Days that every time zone can show."""
WEEK = 7


def first_day(dates: Dates, zone: tzinfo) -> date | None:
    """Return the day of the earliest date, as a calendar in ``zone`` shows it; None without any."""
    told = [moment for moment in dates.values() if moment is not None]
    return min(told).astimezone(zone).date() if told else None


def suggestion(first: date, today: date) -> date:
    """Return the next day on or after ``today`` that falls on the weekday of ``first``."""
    return today + timedelta(days=(first - today).days % WEEK)


def same_weekday(first: date, wanted: date, today: date) -> date:
    """Return the day nearest to ``wanted`` that falls on the weekday of ``first``.

    If ``wanted`` is still to come, so is the answer.
    """
    later = (first - wanted).days % WEEK
    earlier = later - WEEK
    is_over = wanted >= today and later and wanted.toordinal() + earlier < today.toordinal()
    days = later if later <= WEEK // 2 or is_over else earlier
    try:
        return wanted + timedelta(days=days)
    except OverflowError:
        return wanted


def shift(dates: Dates, first: date, zone: tzinfo) -> dict[str, datetime | None]:
    """Move all dates by as many days as bring the earliest to ``first``.

    Days are counted and times of day kept as a clock in ``zone`` shows them, also where summer
    time begins or ends in between; an hour that a clock leaves out begins at its end. The order
    stays: dates that were apart never fall together. Never raises: ``first`` is brought back to
    where all dates fit into the calendar.
    """
    local = {name: moment.astimezone(zone) for name, moment in dates.items() if moment is not None}
    moved: dict[str, datetime | None] = dict.fromkeys(dates)
    if not local:
        return moved
    days = _days(list(local.values()), first, zone)
    before: tuple[datetime, datetime] | None = None
    for name in sorted(local, key=lambda one: local[one].astimezone(UTC)):
        old, new = local[name].astimezone(UTC), _there(local[name], days, zone)
        if before is not None:
            least = before[1] + (MINUTE if old > before[0] else timedelta())
            new = max(new, least)
        moved[name], before = new, (old, new)
    return moved


def _days(local: list[datetime], first: date, zone: tzinfo) -> int:
    """Return by how many days to move, within what the calendar has."""
    days = (first - min(one.astimezone(UTC) for one in local).astimezone(zone).date()).days
    earliest, latest = min(one.date() for one in local), max(one.date() for one in local)
    return max((FIRST - earliest).days, min(days, (LAST - latest).days))


def _there(local: datetime, days: int, zone: tzinfo) -> datetime:
    """Return the moment at which a clock in ``zone`` shows the same time, ``days`` later."""
    wall = datetime.combine(local.date() + timedelta(days=days), local.time())
    moment = wall.replace(tzinfo=zone, fold=local.fold).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    return _end_of_gap(wall, zone)


def _end_of_gap(wall: datetime, zone: tzinfo) -> datetime:
    """Return the moment at which clocks were put forward over ``wall``."""
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)
