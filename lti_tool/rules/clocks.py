"""Each learner's own dates (DESIGN 3, Clocks): the activity's, or later ones that are theirs.

An extension never takes time away: the latest of all dates that apply to a learner counts. So the
order in which extensions are given does not matter, and taking one back leaves the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from lti_tool.rules.date_shift import shift
from lti_tool.rules.vocabulary import Phase

EXTENSION = timedelta(days=7)
"""How much more time is proposed."""


class ExtensionScope(StrEnum):
    """To whom more time is given."""

    CHOSEN = "chosen"
    """To those that were picked."""
    NOT_HANDED_IN = "not_handed_in"
    """To all who have not handed in their reflection, begun or not."""
    NOT_COMPLETE = "not_complete"
    """To all who are not complete."""
    COHORT = "cohort"
    """To the learners of a cohort, and to who comes into it later."""


@dataclass(frozen=True, slots=True)
class DueDates:
    """When the three phases are due; aware moments. Of an activity, None is a phase without end."""

    now_due_at: datetime | None = None
    new_due_at: datetime | None = None
    next_due_at: datetime | None = None

    def of(self, phase: Phase) -> datetime | None:
        """Return the date of ``phase``."""
        return {
            Phase.NOW: self.now_due_at,
            Phase.NEW: self.new_due_at,
            Phase.NEXT: self.next_due_at,
        }[phase]


NAMES = tuple(item.name for item in fields(DueDates))
"""The three dates in the order in which they must come."""


def own_dates(activity: DueDates, given: Iterable[DueDates]) -> DueDates:
    """Return a learner's dates: of each phase the latest that applies.

    ``given`` are extensions (None where they leave a phase alone). A phase that has no end in the
    activity has none for anybody.
    """
    extensions = list(given)
    return DueDates(
        *(
            _latest(getattr(activity, name), [getattr(each, name) for each in extensions])
            for name in NAMES
        )
    )


def together(given: Iterable[DueDates]) -> DueDates:
    """Return what several extensions make together: the latest of each phase."""
    extensions = list(given)
    found = {
        name: [moment for each in extensions if (moment := getattr(each, name)) is not None]
        for name in NAMES
    }
    return DueDates(**{name: max(moments) for name, moments in found.items() if moments})


def late_start(
    activity: DueDates, opened_at: datetime, joined_at: datetime, zone: tzinfo
) -> DueDates:
    """Return the dates of somebody who joined after the activity opened.

    They have as many days as those who were there from the start, counted in whole days of the
    calendar in ``zone``, with the same times of day; empty for who was there in time.
    """
    days = (joined_at.astimezone(zone).date() - opened_at.astimezone(zone).date()).days
    if days <= 0:
        return DueDates()
    dates = {"opened": opened_at, **{name: getattr(activity, name) for name in NAMES}}
    earliest = min(moment for moment in dates.values() if moment is not None)
    moved = shift(dates, earliest.astimezone(zone).date() + timedelta(days=days), zone)
    return DueDates(**{name: moved[name] for name in NAMES})


def closed_phases(dates: DueDates, accepts_late: bool, now: datetime) -> frozenset[Phase]:
    """Return the phases in which nothing is taken any more: none, unless the educator said so."""
    if accepts_late:
        return frozenset()
    return frozenset(
        phase for phase in Phase if (due := dates.of(phase)) is not None and due <= now
    )


def out_of_order(dates: DueDates) -> str | None:
    """Return the name of the first date that does not come after the one before it."""
    before: datetime | None = None
    for name in NAMES:
        moment = getattr(dates, name)
        if moment is not None and before is not None and moment <= before:
            return name
        before = moment or before
    return None


def proposal(
    dates: DueDates, todo: Iterable[Phase], now: datetime, zone: tzinfo, by: timedelta = EXTENSION
) -> DueDates:
    """Return dates that leave at least ``by`` from now for the first phase still to be done.

    All dates from that phase on move by the same number of days, as a calendar in ``zone`` counts
    them, and keep their time of day; empty if there is time enough, or no end.
    """
    wanted = set(todo)
    names = [name for name, phase in zip(NAMES, Phase, strict=True) if phase in wanted]
    first = next((getattr(dates, name) for name in names if getattr(dates, name)), None)
    days = _days_until(first, now + by) if first is not None else 0
    if not days:
        return DueDates()
    from_there_on = NAMES[NAMES.index(names[0]) :]
    return DueDates(
        **{
            name: moment.astimezone(zone) + timedelta(days=days)
            for name in from_there_on
            if (moment := getattr(dates, name)) is not None
        }
    )


def _days_until(moment: datetime, wanted: datetime) -> int:
    """Return by how many whole days ``moment`` has to move so that it is not before ``wanted``."""
    missing = wanted - moment
    return max(0, missing.days + (1 if missing % timedelta(days=1) else 0))


def _latest(activity: datetime | None, given: Iterable[datetime | None]) -> datetime | None:
    if activity is None:
        return None
    return max([activity, *(moment for moment in given if moment is not None)])
