from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.rules.date_shift import first_day, same_weekday, shift, suggestion

ZONES = (
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "America/Havana",
    "Asia/Kolkata",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)
PARIS = ZoneInfo("Europe/Paris")
NAMES = ("opens_at", "now_due_at", "new_due_at", "next_due_at")

zones = st.sampled_from([ZoneInfo(name) for name in ZONES])
seconds = st.integers(31_536_000, 7_258_118_400)
moments = seconds.map(lambda second: datetime.fromtimestamp(second, UTC))
dates = st.lists(st.none() | moments, min_size=4, max_size=4).map(
    lambda told: dict(zip(NAMES, told, strict=True))
)
days = st.dates(date(1971, 1, 1), date(2199, 12, 31))


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)  # type: ignore[misc, arg-type]


def test_clocks_agree_across_summer_time() -> None:
    before = {"opens_at": paris(2026, 1, 12, 9), "now_due_at": paris(2026, 2, 16, 17, 30)}
    after = shift(before, date(2026, 3, 9), PARIS)
    assert after == {"opens_at": paris(2026, 3, 9, 9), "now_due_at": paris(2026, 4, 13, 17, 30)}


def test_an_hour_that_is_left_out_begins_at_its_end() -> None:
    before = {
        "opens_at": paris(2026, 2, 1, 2, 30),
        "now_due_at": paris(2026, 2, 1, 3),
        "new_due_at": paris(2026, 2, 1, 3),
    }
    after = shift(before, date(2026, 3, 29), PARIS)
    assert after["opens_at"] == paris(2026, 3, 29, 3)
    assert after["now_due_at"] == after["new_due_at"] == paris(2026, 3, 29, 3, 1)


def test_what_is_not_set_stays_so() -> None:
    assert shift(dict.fromkeys(NAMES), date(2026, 1, 1), PARIS) == dict.fromkeys(NAMES)
    assert first_day(dict.fromkeys(NAMES), PARIS) is None


def test_the_day_is_the_readers() -> None:
    late = {"opens_at": datetime(2026, 1, 1, 23, 30, tzinfo=UTC)}
    assert first_day(late, PARIS) == date(2026, 1, 2)


@given(days, days)
def test_the_suggestion_is_the_next_such_weekday(first: date, today: date) -> None:
    day = suggestion(first, today)
    assert day.weekday() == first.weekday()
    assert timedelta(0) <= day - today < timedelta(days=7)


@given(days, days, days)
def test_the_nearest_such_weekday_is_not_over(first: date, wanted: date, today: date) -> None:
    day = same_weekday(first, wanted, today)
    assert day.weekday() == first.weekday()
    assert day >= today or wanted < today
    assert abs(day - wanted) <= timedelta(days=6 if today <= wanted < today + timedelta(7) else 3)


@given(dates, days, zones)
def test_the_order_is_kept(before: dict, day: date, zone: ZoneInfo) -> None:
    after = shift(before, day, zone)
    told = [name for name in NAMES if before[name] is not None]
    for one in told:
        for other in told:
            assert (before[one] < before[other]) == (after[one] < after[other])


@given(dates, days, zones)
def test_distances_are_kept_in_days_and_times_of_day(
    before: dict, day: date, zone: ZoneInfo
) -> None:
    after = shift(before, day, zone)
    told = [name for name in NAMES if before[name] is not None]
    for name in told:
        moved = after[name].astimezone(zone).replace(tzinfo=None)
        wanted = before[name].astimezone(zone).replace(tzinfo=None)
        wanted += timedelta(days=(day - first_day(before, zone)).days)
        # A clock that was put forward, once by a whole day (Apia, 2011); a date a minute later.
        leap = timedelta(hours=25) if str(zone) == "Pacific/Apia" else timedelta(hours=1, minutes=4)
        assert abs(moved - wanted) <= leap


@given(dates, days, zones)
def test_there_and_back_again(before: dict, day: date, zone: ZoneInfo) -> None:
    first = first_day(before, zone)
    if first is not None:
        again = first_day(shift(before, day, zone), zone)
        assert abs(again - day) <= timedelta(days=1)


extreme = st.datetimes(timezones=st.just(UTC))


@given(st.lists(extreme, min_size=1, max_size=4), st.dates(), zones)
def test_nothing_makes_it_fail(told: list[datetime], day: date, zone: ZoneInfo) -> None:
    told = [one for one in told if 2 < one.year < 9998]
    before = dict(zip(NAMES, told, strict=False))
    assert len(shift(before, day, zone)) == len(before)
    same_weekday(date(2026, 1, 1), day, date(2026, 1, 1))
