from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.rules.completion import (
    PATIENCE,
    Facts,
    Item,
    ItemKey,
    ItemState,
    Progress,
    Weights,
    enough_date,
    progress,
)

BEGUN = Facts(
    has_competencies=True,
    rated_before=False,
    rated_after=False,
    reflection_submitted=False,
    reflection_accepted=False,
    responses_given=0,
    responses_required=2,
    responses_received=0,
    received_required=2,
    received_date_passed=False,
    responses_rated=0,
    next_step_set=False,
    confirmation_required=True,
    confirmed=False,
)
DONE = replace(
    BEGUN,
    rated_before=True,
    rated_after=True,
    reflection_submitted=True,
    reflection_accepted=True,
    responses_given=2,
    responses_received=2,
    responses_rated=2,
    next_step_set=True,
    confirmed=True,
)


def measured(facts: Facts) -> Progress:
    return progress(facts, Weights())


def item(facts: Facts, key: ItemKey) -> Item:
    return next(item for item in measured(facts).items if item.key is key)


def test_at_first_only_the_first_line_is_next_and_nobody_waits() -> None:
    states = [each.state for each in measured(BEGUN).items]
    assert states[0] is ItemState.NEXT
    assert ItemState.WAITING not in states[:2]
    assert states.count(ItemState.NEXT) == 1
    assert measured(BEGUN).score == 0


def test_all_done_is_complete_and_full() -> None:
    result = measured(DONE)
    assert result.complete
    assert result.score == 100
    assert result.next_item is None


def test_a_fast_learner_goes_on_where_there_is_nothing_to_answer_yet() -> None:
    alone = replace(
        BEGUN,
        rated_before=True,
        reflection_submitted=True,
        reflection_accepted=True,
        something_to_answer=False,
    )
    assert item(alone, ItemKey.RESPONSES_GIVEN).state is ItemState.WAITING
    assert item(alone, ItemKey.RESPONSES_RECEIVED).state is ItemState.WAITING
    next_item = measured(alone).next_item
    assert next_item is not None
    assert next_item.key is ItemKey.NEXT_STEP


def test_a_held_reflection_waits_and_a_returned_one_is_next() -> None:
    held = replace(BEGUN, rated_before=True, reflection_submitted=True)
    assert item(held, ItemKey.REFLECTION).state is ItemState.WAITING
    returned = replace(BEGUN, rated_before=True)
    assert item(returned, ItemKey.REFLECTION).state is ItemState.NEXT


def test_helpfulness_is_not_done_by_receiving_nothing() -> None:
    waiting = replace(DONE, responses_received=0, responses_rated=0)
    assert item(waiting, ItemKey.HELPFULNESS).state is ItemState.WAITING
    assert not measured(waiting).complete


def test_enough_or_date() -> None:
    late = replace(DONE, responses_received=1, responses_rated=1, received_date_passed=True)
    assert measured(late).complete
    assert measured(late).score == 100
    nobody = replace(late, responses_received=0, responses_rated=0)
    assert measured(nobody).complete


def test_the_score_is_a_weighted_sum() -> None:
    half = replace(DONE, responses_given=1, responses_rated=1, next_step_set=False)
    assert measured(half).score == 40 + 15 + 5
    assert [term.points for term in measured(half).terms] == [40, 15, 5, 0]


def test_without_competencies_nothing_is_rated_or_confirmed() -> None:
    plain = replace(BEGUN, has_competencies=False, confirmation_required=False)
    keys = {each.key for each in measured(plain).items}
    assert not keys & {ItemKey.RATED_BEFORE, ItemKey.RATED_AFTER, ItemKey.CONFIRMATION}


def test_without_responses_nothing_is_given_or_received() -> None:
    solo = replace(BEGUN, responses_required=0, received_required=0)
    keys = {each.key for each in measured(solo).items}
    assert not keys & {ItemKey.RESPONSES_GIVEN, ItemKey.RESPONSES_RECEIVED, ItemKey.HELPFULNESS}


def test_the_date_of_enough_or_date() -> None:
    due, sent = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    assert enough_date(due, sent) == due
    assert enough_date(None, sent) == sent + PATIENCE == sent + timedelta(days=14)
    assert enough_date(None, None) is None


facts = st.builds(
    Facts,
    **{
        name: st.integers(0, 4) if kind == "int" else st.booleans()
        for name, kind in Facts.__annotations__.items()
    },
)


@given(facts)
def test_the_score_stays_between_nothing_and_everything(some: Facts) -> None:
    result = measured(some)
    assert 0 <= result.score <= 100
    assert sum(each.state is ItemState.NEXT for each in result.items) <= 1
    if result.complete:
        assert result.next_item is None
