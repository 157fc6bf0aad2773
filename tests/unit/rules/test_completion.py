from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.rules.completion import (
    Item,
    ItemKey,
    ItemState,
    Override,
    Progress,
    Weights,
    progress,
)
from lti_tool.rules.requirements import PATIENCE, Facts, Why, enough_date
from lti_tool.rules.vocabulary import Phase

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
    date_passed=False,
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
        answerable=0,
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
    late = replace(DONE, responses_received=1, responses_rated=1, date_passed=True)
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


# What a learner may do, each once or several times, in any order.
ACTS = (
    "rate_before",
    "reflect",
    "respond",
    "respond",
    "respond",
    "tell",
    "tell",
    "commit",
    "rate_after",
)
counts = st.integers(0, 4)
facts = st.builds(
    Facts,
    has_competencies=st.booleans(),
    rated_before=st.booleans(),
    rated_after=st.booleans(),
    reflection_submitted=st.booleans(),
    reflection_accepted=st.booleans(),
    responses_given=counts,
    responses_required=counts,
    responses_received=counts,
    received_required=counts,
    date_passed=st.booleans(),
    responses_rated=counts,
    next_step_set=st.booleans(),
    confirmation_required=st.booleans(),
    confirmed=st.booleans(),
    answerable=counts,
    handed_in=counts,
    completed=st.booleans(),
    closed=st.frozensets(st.sampled_from(Phase)),
).map(
    lambda one: replace(
        one,
        handed_in=max(one.handed_in, one.responses_given),
        responses_rated=min(one.responses_rated, one.responses_received),
        reflection_submitted=one.reflection_submitted or one.reflection_accepted,
    )
)
splits = st.tuples(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100)).map(
    lambda cuts: [
        right - left for left, right in zip((0, *sorted(cuts)), (*sorted(cuts), 100), strict=True)
    ]
)
weights = splits.map(lambda parts: Weights(*parts))


def after(some: Facts, act: str) -> Facts:
    """Return the facts after one more act of the learner, as far as it is possible."""
    if act == "respond":
        if not some.answerable:
            return some
        return replace(
            some,
            responses_given=some.responses_given + 1,
            handed_in=some.handed_in + 1,
            answerable=some.answerable - 1,
        )
    if act == "tell":
        rated = min(some.responses_rated + 1, some.responses_received)
        return replace(some, responses_rated=rated)
    done: dict[str, dict[str, bool]] = {
        "rate_before": {"rated_before": True},
        "reflect": {"reflection_submitted": True, "reflection_accepted": True},
        "commit": {"next_step_set": True},
        "rate_after": {"rated_after": True},
    }
    return replace(some, **done[act])


def done_lines(result: Progress) -> set[ItemKey]:
    return {each.key for each in result.items if each.state is ItemState.DONE}


@given(facts, weights)
def test_the_score_stays_between_nothing_and_everything(some: Facts, points: Weights) -> None:
    result = progress(some, points)
    assert 0 <= result.score <= 100
    assert sum(each.state is ItemState.NEXT for each in result.items) <= 1
    if result.complete:
        assert result.next_item is None


@given(facts, weights)
def test_the_score_is_the_sum_of_what_is_shown(some: Facts, points: Weights) -> None:
    result = progress(some, points)
    shown = [round(term.points * 10) for term in result.terms]
    assert sum(shown) == round(result.score * 10)
    assert all(term.points == shown[number] / 10 for number, term in enumerate(result.terms))
    assert all(0 <= term.points <= term.weight for term in result.terms)


@given(facts, weights, st.lists(st.sampled_from(ACTS), max_size=12))
def test_doing_more_never_takes_anything_away(
    some: Facts, points: Weights, acts: list[str]
) -> None:
    before = progress(some, points)
    for act in acts:
        some = after(some, act)
        now = progress(some, points)
        assert now.score >= before.score
        assert done_lines(now) >= done_lines(before)
        assert now.complete >= before.complete
        before = now


@given(facts, weights, st.permutations(ACTS))
def test_the_order_in_which_things_are_done_does_not_matter(
    some: Facts, points: Weights, acts: list[str]
) -> None:
    one = other = some
    for act in ACTS:
        one = after(one, act)
    for act in acts:
        other = after(other, act)
    assert progress(one, points) == progress(other, points)


@given(facts, weights)
def test_what_is_asked_is_told_with_its_arithmetic(some: Facts, points: Weights) -> None:
    result = progress(some, points)
    for told in (result.to_give, result.to_receive):
        assert told.of <= told.asked
        assert (told.of < told.asked) is (told.why is not Why.FULL)
        if told.why is Why.TOO_FEW:
            assert told.of == told.done + told.there


@given(facts, weights)
def test_once_the_date_passed_nobody_waits_for_peers(some: Facts, points: Weights) -> None:
    late = progress(replace(some, date_passed=True, answerable=0), points)
    keys = {ItemKey.RESPONSES_GIVEN, ItemKey.RESPONSES_RECEIVED}
    if not some.completed:
        assert keys & {each.key for each in late.items} <= done_lines(late)


@given(facts, weights)
def test_a_response_that_comes_later_takes_nothing_from_who_has_completed(
    some: Facts, points: Weights
) -> None:
    before = progress(replace(some, completed=True), points)
    more = replace(some, completed=True, responses_received=some.responses_received + 1)
    now = progress(more, points)
    assert now.score >= before.score
    assert now.complete >= before.complete


def test_more_responses_than_asked_for_need_not_be_rated() -> None:
    many = replace(DONE, responses_received=4, responses_rated=2)
    assert measured(many).complete
    assert item(many, ItemKey.HELPFULNESS).of == 2


def test_a_tutors_word_counts_and_the_arithmetic_stays_to_be_seen() -> None:
    result = progress(BEGUN, Weights(), Override(80, "Was ill; told me all of it."))
    assert result.complete and result.next_item is None
    assert (result.score, result.earned) == (80, 0)
    assert not result.all_done


def test_a_closed_phase_is_not_what_to_do_next() -> None:
    closed = replace(BEGUN, rated_before=True, closed=frozenset({Phase.NOW}))
    assert item(closed, ItemKey.REFLECTION).state is ItemState.WAITING
    assert item(replace(DONE, closed=frozenset(Phase)), ItemKey.REFLECTION).state is ItemState.DONE


@given(facts)
def test_what_to_do_next_is_always_something_the_learner_can_do(some: Facts) -> None:
    result = measured(some)
    if result.next_item is None:
        return
    assert result.next_item.key not in {ItemKey.RESPONSES_RECEIVED, ItemKey.CONFIRMATION}
    assert some.reflection_submitted or Phase.NOW not in some.closed
