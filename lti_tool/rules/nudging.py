"""Whether a learner can be reminded at all: never of what they can do nothing about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lti_tool.rules.signals import SignalKind

AGAIN = timedelta(days=1)
"""Before that nobody is reminded a second time, whoever did it first."""
NOT_THEIRS = frozenset({SignalKind.HARSH, SignalKind.UNANSWERED, SignalKind.HELD})
"""Reasons for which a learner stands on the list that are the tutor's to do something about."""


class Hindrance(StrEnum):
    """Why somebody is not reminded."""

    GONE = "gone"
    """Not in the course any more, erased, or one of the staff."""
    NOT_OPEN = "not_open"
    ARCHIVED = "archived"
    COMPLETE = "complete"
    OVER = "over"
    """What is left belongs to phases that take nothing any more."""
    WAITS = "waits"
    """For peers or a tutor: nothing is theirs to do now."""
    RECENT = "recent"
    """Was reminded less than a day ago."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of somebody who might be reminded."""

    is_here: bool
    """Takes part in the course: no staff, not gone, not erased."""
    is_open: bool
    is_archived: bool
    complete: bool
    can_act: bool
    """Whether something is theirs to do now; of who has not begun, whether they can begin."""
    closed: bool
    """Whether something left to do is in a phase that takes nothing any more."""
    reminded_at: datetime | None = None


def hindrance(case: Case, now: datetime) -> Hindrance | None:
    """Return why somebody must not be reminded; None if they may be."""
    if not case.is_here:
        return Hindrance.GONE
    if case.is_archived:
        return Hindrance.ARCHIVED
    if not case.is_open:
        return Hindrance.NOT_OPEN
    if case.complete:
        return Hindrance.COMPLETE
    if not case.can_act:
        return Hindrance.OVER if case.closed else Hindrance.WAITS
    if case.reminded_at is not None and now - case.reminded_at < AGAIN:
        return Hindrance.RECENT
    return None


def reason_of(kinds: frozenset[SignalKind]) -> SignalKind | None:
    """Return the most urgent reason that a learner can do something about."""
    return min(kinds - NOT_THEIRS, default=None)
