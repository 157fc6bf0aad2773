from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.rules.copies import (
    ASK,
    MAX_ID,
    MOST_IDS,
    Act,
    Decision,
    KnownLink,
    NamedActivity,
    NewLink,
    decide,
    read_history,
    was_over,
)
from lti_tool.rules.vocabulary import CopySign

FIRST, SECOND, THIRD, HERE, ELSEWHERE = (uuid.uuid4() for _ in range(5))


def new(**values: object) -> NewLink:
    return NewLink(**{"context_id": HERE, "context": "2027", **values})  # type: ignore[arg-type]


def known(activity: uuid.UUID, context: str, **values: object) -> KnownLink:
    fields = {"lti_id": f"{context}-x", "title": "", "named_id": None, **values}
    return KnownLink(context=context, activity_id=activity, **fields)  # type: ignore[arg-type]


def copied(activity: uuid.UUID, sign: CopySign) -> Decision:
    return Decision(Act.COPY, activity, sign)


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("", ()),
        ("$Context.id.history", ()),
        (" $ResourceLink.id.history", ()),
        ("b,a", ("b", "a")),
        ("b%2Cc, a%20%2B,+", ("b,c", "a +", "+")),
        ("9,8,truncated", ("9", "8")),
        ("a,,a, ,b", ("a", "b")),
        ("a%00b,\ud800,%ED%A0%80x,ok", ("\ufffd\ufffd\ufffdx", "ok")),
        ("x" * (MAX_ID + 1) + ",y", ("y",)),
    ],
)
def test_a_history_is_read_as_platforms_write_it(value: str, ids: tuple[str, ...]) -> None:
    assert read_history(value) == ids


def test_of_a_long_history_the_newest_are_read() -> None:
    ids = [f"course-{number}" for number in range(10_000)]
    assert read_history(",".join(ids)) == tuple(ids[:MOST_IDS])


@pytest.mark.parametrize("value", ["x" * 1_000_000, "," * 1_000_000, "a" * 39_999 + ",bcdef"])
def test_a_hostile_history_tells_nothing(value: str) -> None:
    assert read_history(value) == ()


@given(st.text())
def test_reading_a_history_never_fails(value: str) -> None:
    assert all(0 < len(one) <= MAX_ID for one in read_history(value))


@given(st.lists(st.text("abc,%$ é", min_size=1, max_size=9), max_size=9, unique=True))
def test_ids_survive_their_encoding(ids: list[str]) -> None:
    encoded = ",".join(quote(one, safe="") for one in ids)
    assert read_history(encoded) == tuple(ids)


def test_a_link_opens_the_activity_that_it_was_placed_for() -> None:
    for named in (NamedActivity(FIRST, None, False), NamedActivity(FIRST, HERE, False)):
        assert decide(new(named_id=FIRST), named, []) == Decision(Act.OPEN, FIRST)


def test_a_second_link_that_was_placed_on_purpose_opens_the_same() -> None:
    named = NamedActivity(FIRST, HERE, True)
    link = new(named_id=FIRST, is_placed_anew=True)
    assert decide(link, named, [known(FIRST, "2027", named_id=FIRST)]).act is Act.OPEN


def test_a_duplicate_in_the_course_is_a_copy() -> None:
    named = NamedActivity(FIRST, HERE, True)
    links = [known(FIRST, "2027", named_id=FIRST)]
    assert decide(new(named_id=FIRST), named, links) == copied(FIRST, CopySign.ACTIVITY_ID)


def test_an_activity_of_another_course_is_copied_without_any_history() -> None:
    named = NamedActivity(FIRST, ELSEWHERE, True)
    assert decide(new(named_id=FIRST), named, []) == copied(FIRST, CopySign.ACTIVITY_ID)


def test_the_nearest_relative_has_the_newest_settings() -> None:
    link = new(named_id=FIRST, title="X", context_history=("2026", "2025"))
    links = [
        known(FIRST, "2025", named_id=FIRST, title="X"),
        known(SECOND, "2026", named_id=FIRST, title="X"),
    ]
    named = NamedActivity(FIRST, ELSEWHERE, True)
    assert decide(link, named, links).activity_id == SECOND


def test_of_duplicates_the_one_of_the_same_title_is_meant() -> None:
    link = new(named_id=FIRST, title="X (copy)", context_history=("2026",))
    links = [
        known(THIRD, "2027", named_id=FIRST, title="X"),
        known(FIRST, "2026", named_id=FIRST, title="X"),
        known(SECOND, "2026", named_id=FIRST, title=" x  (Copy)"),
    ]
    named = NamedActivity(FIRST, ELSEWHERE, True)
    assert decide(link, named, links).activity_id == SECOND


def test_a_duplicate_in_a_copied_course_follows_this_years() -> None:
    link = new(named_id=FIRST, title="X (copy)", context_history=("2026",))
    links = [
        known(FIRST, "2026", named_id=FIRST, title="X"),
        known(SECOND, "2027", named_id=FIRST, title="X"),
    ]
    assert decide(link, NamedActivity(FIRST, ELSEWHERE, True), links).activity_id == SECOND


def test_relatives_in_courses_that_are_no_ancestors_do_not_count() -> None:
    link = new(named_id=FIRST, title="X")
    links = [known(SECOND, "other", named_id=FIRST, title="X")]
    assert decide(link, NamedActivity(FIRST, ELSEWHERE, True), links).activity_id == FIRST


def test_the_history_of_the_link_is_the_best_proof() -> None:
    link = new(link_history=("gone", "l2", "l1"), context_history=("2026",))
    links = [known(FIRST, "2025", lti_id="l1"), known(SECOND, "2026", lti_id="l2")]
    assert decide(link, None, links) == copied(SECOND, CopySign.LINK_HISTORY)


def test_the_history_of_the_course_needs_one_link_of_the_same_title() -> None:
    link = new(title="X", context_history=("2026", "2025"))
    far = known(FIRST, "2025", title="X")
    assert decide(link, None, [far]) == copied(FIRST, CopySign.COURSE_HISTORY)
    two = [known(SECOND, "2026", title="X"), known(THIRD, "2026", title="x")]
    assert decide(link, None, [far, *two]) == ASK
    assert decide(new(title="X"), None, [far]) == ASK
    assert decide(new(context_history=("2025",)), None, [known(FIRST, "2025")]) == ASK


def test_a_foreign_id_says_no_more_than_none() -> None:
    assert decide(new(named_id=FIRST), None, []) == ASK
    link = new(named_id=FIRST, title="X", context_history=("2026",))
    by_title = known(SECOND, "2026", title="X")
    assert decide(link, None, [by_title]) == copied(SECOND, CopySign.COURSE_HISTORY)
    chosen_by_hand = known(THIRD, "2026", title="Y", named_id=FIRST)
    assert decide(link, None, [by_title, chosen_by_hand]).activity_id == THIRD


def test_dates_are_over_when_the_last_is() -> None:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    day = timedelta(days=1)
    assert was_over([now - day, None, now - 2 * day], now)
    assert not was_over([now - day, now + day], now)
    assert not was_over([None, None], now)
