"""A calendar that other programs subscribe to (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from icalendar import Calendar, Event

PRODUCT = "-//Miroir//Miroir//EN"
SHOWN_BEFORE = timedelta(minutes=30)
"""A due date is drawn as the half hour that ends with it: programs hide what has no length."""
REFRESH = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Entry:
    """One date: ``key`` tells it from every other and stays; a ``date`` is a whole day."""

    key: str
    title: str
    text: str
    when: datetime | date
    changed_at: datetime


def calendar_file(name: str, entries: Iterable[Entry], zone: tzinfo) -> bytes:
    """Return the dates as an iCalendar file, moments in the reader's ``zone``."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for entry in entries:
        calendar.add_component(_event(entry, zone))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry, zone: tzinfo) -> Event:
    event = Event()
    event.add("uid", entry.key)
    event.add("dtstamp", entry.changed_at)
    event.add("summary", entry.title)
    if entry.text:
        event.add("description", entry.text)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    if isinstance(entry.when, datetime):
        due = entry.when.astimezone(zone)
        event.add("dtstart", due - SHOWN_BEFORE)
        event.add("dtend", due)
    else:
        event.add("dtstart", entry.when)
        event.add("dtend", entry.when + timedelta(days=1))
    return event
