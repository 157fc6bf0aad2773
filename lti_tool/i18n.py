"""Languages: catalogues, the language in force, dates and numbers.

Built on Babel alone, not on a Flask extension, because services and background work translate too
(the comment of a score is written in its reader's language, far from any request).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import (
    format_date,
    format_datetime,
    format_skeleton,
    format_time,
    format_timedelta,
)
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from babel.units import format_unit

from lti_tool import clock

LOCALES = ("en", "fr", "ar")
DEFAULT = "en"
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
CATALOGUES = Path(__file__).parent / "translations"

_locale: ContextVar[str] = ContextVar("locale", default=DEFAULT)
_time_zone: ContextVar[str] = ContextVar("time_zone", default="")


@cache
def _translations(locale: str) -> NullTranslations:
    """Read a catalogue; compiled in memory, so that no stale compiled file can lie about."""
    path = CATALOGUES / locale / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as po:
        catalogue = read_po(po, locale=locale)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def negotiate(wanted: Iterable[str]) -> str:
    """Return the first language of ``wanted`` (BCP 47 or POSIX tags) that we have, else English."""
    for tag in wanted:
        language = tag.replace("_", "-").split("-")[0].lower()
        if language in LOCALES:
            return language
    return DEFAULT


@contextmanager
def use(locale: str, time_zone: str = "") -> Iterator[None]:
    """Put a language (and an IANA time zone) in force within the ``with`` block."""
    tokens = _locale.set(negotiate([locale])), _time_zone.set(time_zone)
    try:
        yield
    finally:
        _locale.reset(tokens[0])
        _time_zone.reset(tokens[1])


def current() -> str:
    """Return the language in force."""
    return _locale.get()


@cache
def direction(locale: str) -> str:
    """Return ``rtl`` or ``ltr``."""
    return Locale.parse(locale).text_direction


@cache
def language_name(locale: str) -> str:
    """Return a language's name in that language."""
    return Locale.parse(locale).get_display_name(locale) or locale


def gettext(message: str, **values: object) -> str:
    """Translate ``message``; ``values`` fill its ``%(name)s`` places."""
    text = _translated(current(), message)
    return text % values if values else text


@lru_cache(maxsize=8192)
def _translated(locale: str, message: str) -> str:
    """Look a message up; a learner's page asks for 150, and the same ones again and again."""
    text: str = _translations(locale).ugettext(message)
    return text


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """Translate by number; ``num`` is filled with it."""
    text: str = _translations(current()).ungettext(singular, plural, number)
    return text % {"num": number, **values}


def pgettext(context: str, message: str, **values: object) -> str:
    """Translate a message that means different things in different contexts."""
    text: str = _translations(current()).upgettext(context, message)
    return text % values if values else text


def npgettext(context: str, singular: str, plural: str, number: int, **values: object) -> str:
    """Translate by number, in a context."""
    text: str = _translations(current()).unpgettext(context, singular, plural, number)
    return text % {"num": number, **values}


def pick(texts: Mapping[str, str]) -> str:
    """Return the text in the language in force, else in English, else any."""
    return texts.get(current()) or texts.get(DEFAULT) or next(iter(texts.values()), "")


def way(texts: Mapping[str, str]) -> str:
    """Return the direction of the text that ``pick`` gives: of its language, not its first word.

    A title in Arabic may begin with a name in Latin letters.
    """
    chosen = next((tag for tag in (current(), DEFAULT) if texts.get(tag)), next(iter(texts), ""))
    language = chosen.replace("_", "-").split("-")[0].lower()
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def zone() -> tzinfo:
    """Return the reader's time zone; UTC if it is not known."""
    try:
        return ZoneInfo(_time_zone.get()) if _time_zone.get() else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def exact(moment: datetime) -> str:
    """Return a moment's day and time to the minute, in the reader's zone."""
    local, locale = moment.astimezone(zone()), current()
    pattern = str(Locale.parse(locale).datetime_formats["medium"]).replace("'", "")
    time = format_time(local, "short", locale=locale)
    return pattern.format(time, format_date(local, "medium", locale=locale))


def hour(moment: datetime) -> str:
    """Return a moment's time of day where the reader is, "14:05"; with its day if not today."""
    local = moment.astimezone(zone())
    if local.date() != clock.now().astimezone(zone()).date():
        return format_datetime(moment, "short", tzinfo=zone(), locale=current())
    return format_time(local, "short", locale=current())


def day(value: date) -> str:
    """Return a date in words."""
    return format_date(value, "long", locale=current())


def short_day(moment: datetime, with_year: bool = False) -> str:
    """Return a day as it stands below a plot: day and month, or month and year."""
    value = moment.astimezone(zone()).date()
    return format_skeleton("yMMM" if with_year else "MMMd", value, locale=current())


def full_day(value: date) -> str:
    """Return a date with its day of the week."""
    return format_date(value, "full", locale=current())


def full(moment: datetime) -> str:
    """Return a moment's day of the week, day and time, in the reader's zone."""
    local, locale = moment.astimezone(zone()), current()
    pattern = str(Locale.parse(locale).datetime_formats["medium"]).replace("'", "")
    return pattern.format(format_time(local, "short", locale=locale), full_day(local.date()))


def ago(moment: datetime) -> str:
    """Return how far a moment is from now: "3 hours ago", "in 2 days"."""
    distance: timedelta = moment - clock.now()
    return format_timedelta(distance, add_direction=True, threshold=0.95, locale=current())


def days_ago(value: date, today: date) -> str:
    """Return how far a day is from today: "today", "3 days ago"."""
    if value == today:
        return gettext("today")
    distance = value - today
    return format_timedelta(distance, granularity="day", add_direction=True, locale=current())


def span(distance: timedelta) -> str:
    """Return a length of time: "3 hours"."""
    return format_timedelta(distance, threshold=0.95, locale=current())


def listing(items: Sequence[str]) -> str:
    """Return things one after the other: "A, B, and C"."""
    return format_list(items, locale=current())


def file_size(octets: int) -> str:
    """Return the size of a file: "12 kB", "1.5 MB"."""
    kilo = max(1, round(octets / 1000))
    unit, value = ("kilobyte", kilo) if kilo < 1000 else ("megabyte", round(octets / 1e6, 1))
    return format_unit(value, f"digital-{unit}", length="short", locale=current())


def number(value: float) -> str:
    """Return a number with the reader's separators."""
    return _number(value, current())


@lru_cache(maxsize=2048)
def _number(value: float, locale: str) -> str:
    """Format a number; a learner's page shows dozens, and the same ones again and again."""
    return format_decimal(value, locale=locale)
