from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.rules.clocks import DueDates
from lti_tool.rules.signals import (
    REST,
    SignalKind,
    Watched,
    attention_for,
    joined_before,
    joined_late_before,
    read,
    written,
)
from lti_tool.rules.vocabulary import Phase, WorkState

NOW = datetime(2026, 4, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FINE = Watched(
    is_here=True,
    complete=False,
    can_act=True,
    last_sign_at=NOW,
    dates=DueDates(),
    open_phases=frozenset(Phase),
    answer_within=3 * DAY,
)
WAITS = replace(FINE, reflection=WorkState.RELEASED, released_at=NOW - 4 * DAY)


def kinds(learner: Watched, now: datetime = NOW) -> list[SignalKind]:
    return [signal.kind for signal in attention_for(learner, now).signals]


def test_nobody_is_listed_without_a_reason() -> None:
    assert kinds(FINE) == []


def test_a_reflection_without_a_response_is_told_of_after_the_days_that_were_set() -> None:
    assert kinds(WAITS) == [SignalKind.UNANSWERED]
    assert kinds(replace(WAITS, answer_within=5 * DAY)) == []
    assert kinds(replace(WAITS, answered=True)) == []
    assert kinds(replace(WAITS, complete=True)) == [SignalKind.UNANSWERED]


def test_late_is_who_has_something_open_after_their_own_date() -> None:
    dates = DueDates(NOW - 2 * DAY, NOW - DAY, NOW + DAY)
    late = attention_for(replace(FINE, dates=dates), NOW).signals
    assert [(one.kind, one.since) for one in late] == [(SignalKind.LATE, NOW - 2 * DAY)]
    ahead = replace(FINE, dates=dates, open_phases=frozenset({Phase.NEXT}))
    assert kinds(ahead) == []
    assert attention_for(ahead, NOW).next_at == NOW + DAY


def test_silent_is_who_could_do_something_and_shows_no_sign_of_life() -> None:
    quiet = replace(FINE, last_sign_at=NOW - 8 * DAY)
    assert kinds(quiet) == [SignalKind.SILENT]
    assert kinds(replace(quiet, can_act=False)) == []
    assert kinds(replace(quiet, complete=True)) == []


def test_who_left_or_moderates_is_never_listed() -> None:
    everything = replace(WAITS, last_sign_at=NOW - 30 * DAY, harsh_at=NOW, is_here=False)
    assert kinds(everything) == []
    assert attention_for(everything, NOW).next_at is None


def test_the_most_urgent_reason_comes_first() -> None:
    many = replace(
        WAITS,
        harsh_at=NOW - DAY,
        last_sign_at=NOW - 9 * DAY,
        dropped_at=NOW - DAY,
        sitting_since=NOW - 4 * DAY,
        last_given_at=NOW - 6 * DAY,
    )
    assert kinds(many) == [
        SignalKind.HARSH,
        SignalKind.UNANSWERED,
        SignalKind.SILENT,
        SignalKind.SITTING,
        SignalKind.DROPPED,
        SignalKind.NO_NEXT_STEP,
    ]


def test_a_held_reflection_waits_for_the_tutor() -> None:
    held = replace(FINE, reflection=WorkState.HELD, held_since=NOW - 2 * DAY)
    assert kinds(held) == [SignalKind.HELD]
    assert kinds(replace(held, held_since=NOW)) == []


def test_a_very_short_draft_is_told_of_once_it_is_left_alone() -> None:
    draft = replace(
        FINE,
        reflection=WorkState.DRAFT,
        draft_words=4,
        draft_wanted=15,
        draft_saved_at=NOW - 3 * DAY,
    )
    assert kinds(draft) == [SignalKind.SHORT_DRAFT]
    assert kinds(replace(draft, draft_words=20)) == []
    assert kinds(replace(draft, draft_saved_at=NOW)) == []


def test_what_a_tutor_saw_to_rests_for_some_days_and_comes_back() -> None:
    handled = replace(WAITS, handled_at=NOW)
    assert kinds(handled) == []
    assert attention_for(handled, NOW).next_at == NOW + REST
    assert kinds(handled, NOW + REST) == [SignalKind.UNANSWERED]
    new_reason = replace(handled, harsh_at=NOW + timedelta(hours=1))
    assert kinds(new_reason, NOW + DAY) == [SignalKind.HARSH]


def test_who_has_not_begun_is_told_of_after_some_days_or_before_their_date() -> None:
    opened = NOW - 10 * DAY
    assert joined_before(NOW + DAY, None, NOW) is None
    assert joined_before(NOW - DAY, None, NOW) is None
    assert joined_before(opened, None, NOW) == NOW - 3 * DAY
    assert joined_before(NOW - DAY, NOW + DAY, NOW) == NOW


def test_who_joined_late_has_as_much_time_as_the_others_where_time_begins_with_joining() -> None:
    opened, due = NOW - 10 * DAY, NOW - 2 * DAY  # eight days for everybody
    assert joined_late_before(opened, due, NOW) == NOW - 3 * DAY
    assert joined_late_before(NOW - 5 * DAY, NOW - DAY, NOW) == NOW - 2 * DAY
    assert joined_late_before(opened, None, NOW) == NOW - 3 * DAY


moments = st.none() | st.integers(0, 2400).map(
    lambda hours: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hours)
)


@given(st.data())
def test_the_next_look_comes_in_time_for_every_reason(data: st.DataObject) -> None:
    names = ("released_at", "harsh_at", "sitting_since", "dropped_at", "last_given_at")
    facts = {name: data.draw(moments) for name in (*names, "handled_at")}
    learner = replace(FINE, reflection=WorkState.RELEASED, **facts)
    found = attention_for(learner, NOW)
    if found.next_at is None:
        assert kinds(learner, NOW + 400 * DAY) == [one.kind for one in found.signals]
    else:
        just_before = found.next_at - timedelta(microseconds=1)
        assert kinds(learner, just_before) == [one.kind for one in found.signals]
        assert len(kinds(learner, found.next_at)) > len(found.signals)
    assert read(written(found.signals)) == found.signals
