"""Sharing with somebody outside: for how long, how a link stands, what counts as an opening."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

LENGTHS = (7, 30, 90, 365)
"""Days for which a link may be good."""
USUAL = 30
APART = timedelta(minutes=10)
"""What is opened again sooner is the same visit: a reload, another language, a print."""


class LinkState(StrEnum):
    """How a link stands."""

    OPEN = "open"
    ENDED = "ended"
    """Its owner ended it."""
    OVER = "over"
    """Its time is over."""


def state_of(now: datetime, expires_at: datetime, revoked_at: datetime | None) -> LinkState:
    """Return how a link stands; one that was ended stays so when its time is over, too."""
    if revoked_at is not None:
        return LinkState.ENDED
    return LinkState.OPEN if now < expires_at else LinkState.OVER


def is_new_opening(now: datetime, last_opened_at: datetime | None) -> bool:
    """Return whether somebody who looks now opens it once more."""
    return last_opened_at is None or now - last_opened_at >= APART
