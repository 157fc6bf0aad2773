"""When Miroir may write to somebody, and to which addresses.

Sparing: one mail a day is the most, and none at night, where the reader is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo
from email.errors import HeaderParseError
from email.headerregistry import Address
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

QUIET_FROM, QUIET_UNTIL = time(20), time(7)
"""No mail is written of itself between these times of the reader's day."""
DUE_SOON = timedelta(days=2)
"""So long before a date it is told, once, to who has something left to do for it."""
FORGET = timedelta(days=3)
"""News that is older is not told any more, and a mail that waits for longer is not sent."""
SUMMARY_WEEKDAY, SUMMARY_TIME = 0, time(8)
"""Monday, eight o'clock, where the educator is."""
LONGEST_ADDRESS = 254
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


def zone_of(name: str) -> tzinfo:
    """Return a person's time zone; the installation's own where theirs is not known."""
    try:
        if name:
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        pass
    return datetime.now(UTC).astimezone().tzinfo or UTC


def next_moment(now: datetime, zone: tzinfo, mailed_at: datetime | None = None) -> datetime:
    """Return the first moment, ``now`` or later, at which somebody in ``zone`` may be written to.

    ``mailed_at`` is when they were written to last.
    """
    local = now.astimezone(zone)
    day = local.date()
    mailed = mailed_at.astimezone(zone).date() if mailed_at is not None else None
    if local.time() >= QUIET_FROM:
        day += timedelta(days=1)
    if mailed is not None and mailed >= day:
        day = mailed + timedelta(days=1)
    if day > local.date() or local.time() < QUIET_UNTIL:
        return datetime.combine(day, QUIET_UNTIL, zone)
    return now


def next_summary(now: datetime, zone: tzinfo) -> datetime:
    """Return the next Monday morning in ``zone``, after ``now``."""
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=(SUMMARY_WEEKDAY - local.weekday()) % 7)
    moment = datetime.combine(day, SUMMARY_TIME, zone)
    return moment if moment > now else moment + timedelta(days=7)


def usable(address: str) -> bool:
    """Return whether mail can be sent to an address as a platform told it; it is not trusted."""
    if not address or len(address) > LONGEST_ADDRESS or _CONTROL.search(address):
        return False
    try:
        parsed = Address(addr_spec=address)
    except (HeaderParseError, ValueError, IndexError):
        return False
    return bool(parsed.username and parsed.domain) and "," not in address and "<" not in address
