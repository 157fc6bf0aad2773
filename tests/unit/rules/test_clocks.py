from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.rules.clocks import (
    NAMES,
    DueDates,
    closed_phases,
    late_start,
    out_of_order,
    own_dates,
    proposal,
    together,
)
from lti_tool.rules.vocabulary import Phase

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 3, 20, 18, 0, tzinfo=PARIS)
USUAL = DueDates(
    START, datetime(2026, 4, 1, 18, 0, tzinfo=PARIS), datetime(2026, 4, 10, 18, 0, tzinfo=PARIS)
)
moments = st.none() | st.integers(0, 2400).map(
    lambda hours: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hours)
)
dates = st.builds(DueDates, moments, moments, moments)


def shown(moment: datetime | None) -> str:
    assert moment is not None
    return moment.astimezone(PARIS).strftime("%d %b %H:%M")


@given(dates, st.lists(dates, max_size=4))
def test_more_time_never_takes_time_away(usual: DueDates, extensions: list[DueDates]) -> None:
    own = own_dates(usual, extensions)
    for name in NAMES:
        before, after = getattr(usual, name), getattr(own, name)
        assert (before is None) is (after is None)
        assert before is None or after >= before


@given(dates, st.lists(dates, max_size=3))
def test_the_order_of_extensions_does_not_matter(
    usual: DueDates, extensions: list[DueDates]
) -> None:
    found = {own_dates(usual, order) for order in permutations(extensions)}
    assert found == {own_dates(usual, [together(extensions)])}


def test_a_phase_without_an_end_has_none_for_anybody() -> None:
    open_end = DueDates(now_due_at=START)
    given_more = DueDates(new_due_at=START + timedelta(days=9))
    assert own_dates(open_end, [given_more]) == open_end


def test_who_joins_late_has_as_many_days_at_the_same_time_of_day() -> None:
    """Clocks go forward in Paris on 29 March 2026."""
    opened = datetime(2026, 3, 13, 9, 0, tzinfo=PARIS)
    late = late_start(USUAL, opened, datetime(2026, 3, 25, 23, 50, tzinfo=PARIS), PARIS)
    assert shown(late.now_due_at) == "01 Apr 18:00"
    assert shown(late.new_due_at) == "13 Apr 18:00"
    assert shown(late.next_due_at) == "22 Apr 18:00"


def test_who_joins_in_time_has_the_usual_dates() -> None:
    opened = datetime(2026, 3, 13, 9, 0, tzinfo=PARIS)
    for joined in (opened - timedelta(days=30), opened, opened + timedelta(hours=10)):
        assert late_start(USUAL, opened, joined, PARIS) == DueDates()


def test_phases_close_only_where_nothing_is_taken_late() -> None:
    now = START + timedelta(days=1)
    assert closed_phases(USUAL, accepts_late=True, now=now) == frozenset()
    assert closed_phases(USUAL, accepts_late=False, now=now) == {Phase.NOW}
    assert closed_phases(DueDates(), accepts_late=False, now=now) == frozenset()


def test_dates_out_of_order_are_named() -> None:
    assert out_of_order(USUAL) is None
    assert out_of_order(DueDates(START + timedelta(days=30), USUAL.new_due_at)) == "new_due_at"
    assert out_of_order(DueDates(START, None, START)) == "next_due_at"


def test_a_week_more_is_proposed_from_now_on_and_keeps_the_time_of_day() -> None:
    now = datetime(2026, 3, 24, 12, 0, tzinfo=PARIS)
    found = proposal(USUAL, Phase, now, PARIS)
    assert shown(found.now_due_at) == "31 Mar 18:00"
    assert shown(found.new_due_at) == "12 Apr 18:00"
    assert shown(found.next_due_at) == "21 Apr 18:00"
    assert out_of_order(found) is None


def test_who_has_handed_in_needs_more_time_only_for_what_follows() -> None:
    now = datetime(2026, 3, 30, 12, 0, tzinfo=PARIS)
    found = proposal(USUAL, [Phase.NEW, Phase.NEXT], now, PARIS)
    assert found.now_due_at is None
    assert shown(found.new_due_at) == "06 Apr 18:00"


def test_nothing_is_proposed_where_there_is_time_enough() -> None:
    assert proposal(USUAL, Phase, START - timedelta(days=30), PARIS) == DueDates()
    assert proposal(DueDates(), Phase, START, PARIS) == DueDates()
