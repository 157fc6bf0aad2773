from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.rules.allocation import Candidate, Rating, Reviewer, Tier, match, next_for, tier

BEGIN = datetime(2026, 5, 1, tzinfo=UTC)
SEARCH, TEACH = uuid.UUID(int=1), uuid.UUID(int=2)


def candidate(days: int = 0, **fields: object) -> Candidate:
    made = Candidate(uuid.uuid4(), uuid.uuid4(), BEGIN + timedelta(days=days))
    return replace(made, **fields)  # type: ignore[arg-type]


def reviewer(**fields: object) -> Reviewer:
    return replace(Reviewer(uuid.uuid4()), **fields)  # type: ignore[arg-type]


def test_without_a_response_comes_first() -> None:
    unserved = candidate(days=9)
    others = [candidate(responses=1, author_done=True), candidate(responses=1)]
    assert next_for(reviewer(), [*others, unserved], 2) is unserved


def test_who_gave_all_theirs_comes_before_others_that_lack() -> None:
    deserving = candidate(days=9, responses=1, author_done=True)
    assert next_for(reviewer(), [candidate(responses=1), deserving], 2) is deserving


def test_a_live_claim_counts_as_service() -> None:
    claimed, unclaimed = candidate(claims=1), candidate(days=1)
    assert next_for(reviewer(), [claimed, unclaimed], 2) is unclaimed
    assert tier(candidate(responses=1, claims=1), 2) is Tier.SERVED


def test_best_match_among_equals_then_the_oldest() -> None:
    me = reviewer(ratings={SEARCH: Rating(1, 4), TEACH: Rating(3)})
    helps_me = candidate(days=5, ratings={SEARCH: Rating(4)})
    i_help = candidate(days=4, ratings={TEACH: Rating(1, 2)})
    oldest = candidate()
    assert next_for(me, [oldest, i_help, helps_me], 2) is helps_me
    assert next_for(me, [oldest, i_help], 2) is i_help
    assert next_for(reviewer(), [i_help, oldest], 2) is oldest


def test_match_is_mutual() -> None:
    one = {SEARCH: Rating(1, 3), TEACH: Rating(4)}
    other = {SEARCH: Rating(4), TEACH: Rating(2, 3)}
    assert match(one, other) == match(other, one) == 3
    assert match(one, {}) == 0


def test_never_ones_own_nor_what_is_closed() -> None:
    me = reviewer()
    own, answered = candidate(author_id=me.id), candidate()
    closed = replace(me, closed=frozenset({answered.reflection_id}))
    assert next_for(closed, [own, answered], 2) is None


def test_a_served_reflection_is_given_only_while_one_owes() -> None:
    served, more = candidate(responses=2), candidate(days=-1, responses=3)
    assert next_for(reviewer(), [more, served], 2) is served
    assert next_for(reviewer(owes=False), [more, served], 2) is None


def test_who_is_done_may_still_help_somebody_who_lacks() -> None:
    lacking = candidate(responses=1)
    assert next_for(reviewer(owes=False), [lacking], 2) is lacking


services = st.builds(
    candidate,
    days=st.integers(0, 9),
    responses=st.integers(0, 3),
    claims=st.integers(0, 2),
    author_done=st.booleans(),
)


@given(st.lists(services, min_size=1, max_size=12), st.integers(1, 3))
def test_nobody_is_served_past_the_cap_while_another_lacks(
    candidates: list[Candidate], required: int
) -> None:
    choice = next_for(reviewer(), candidates, required)
    assert choice is not None
    if choice.service >= required:
        assert all(each.service >= required for each in candidates)
    if choice.service > 0:
        assert all(each.service > 0 for each in candidates)


@given(st.lists(services, min_size=1, max_size=12))
def test_the_choice_does_not_depend_on_the_order_of_looking(candidates: list[Candidate]) -> None:
    me = reviewer()
    assert next_for(me, candidates, 2) is next_for(me, candidates[::-1], 2)
