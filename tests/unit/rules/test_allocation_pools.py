"""Whose reflections come into question: the activity's pool, and people who are kept apart."""

from __future__ import annotations

import uuid
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.rules.allocation import Candidate, Tier, next_for, reaches, tier
from lti_tool.rules.giving import AllocationPool
from tests.unit.rules.test_allocation import candidate, reviewer

LYON, ORAN = uuid.UUID(int=1), uuid.UUID(int=2)
OWN, OTHERS = AllocationPool.OWN_COHORT, AllocationPool.OTHER_COHORTS


def test_ones_own_cohort_is_a_wall() -> None:
    me = reviewer(pool=OWN, cohort_id=LYON)
    far, near = candidate(cohort_id=ORAN), candidate(days=9, responses=5, cohort_id=LYON)
    assert next_for(me, [far, candidate(), near], 2) is near
    assert next_for(me, [far, candidate()], 2) is None


def test_those_in_no_cohort_read_each_other() -> None:
    loose = candidate()
    assert next_for(reviewer(pool=OWN), [candidate(cohort_id=LYON), loose], 2) is loose


def test_other_cohorts_come_first_while_somebody_waits_there() -> None:
    me = reviewer(pool=OTHERS, cohort_id=LYON)
    near = candidate(cohort_id=LYON)
    assert next_for(me, [near, waits := candidate(responses=1, cohort_id=ORAN)], 2) is waits
    assert next_for(me, [near, candidate(responses=2, cohort_id=ORAN)], 2) is near


def test_a_lonely_reflection_elsewhere_is_not_answered_by_everybody() -> None:
    """Ten learners in Lyon, one in Oran: the cap bends for the least served, wherever."""
    me = reviewer(pool=OTHERS, cohort_id=LYON)
    far = candidate(responses=3, cohort_id=ORAN)
    near = candidate(responses=2, cohort_id=LYON)
    assert next_for(me, [far, near], 2) is near
    assert next_for(me, [far, replace(near, responses=3)], 2) is far


def test_people_who_are_kept_apart_never_meet() -> None:
    manager = candidate()
    me = reviewer(apart=frozenset({manager.author_id}))
    assert next_for(me, [manager], 2) is None


def test_nobody_waits_for_who_left() -> None:
    gone = candidate(author_left=True)
    assert tier(gone, 2) is Tier.GONE
    assert next_for(reviewer(), [gone, waits := candidate(responses=1)], 2) is waits
    assert next_for(reviewer(), [gone], 2) is gone
    assert next_for(reviewer(owes=False), [gone], 2) is None


cohorts = st.sampled_from([None, LYON, ORAN])
anybody = st.builds(
    candidate,
    days=st.integers(0, 9),
    responses=st.integers(0, 3),
    claims=st.integers(0, 2),
    author_done=st.booleans(),
    cohort_id=cohorts,
    author_left=st.booleans(),
)


@given(st.lists(anybody, max_size=12), st.integers(1, 3), st.sampled_from(AllocationPool), cohorts)
def test_in_every_pool_the_cap_bends_only_when_nobody_is_less_served(
    candidates: list[Candidate], required: int, pool: AllocationPool, cohort_id: uuid.UUID | None
) -> None:
    me = reviewer(pool=pool, cohort_id=cohort_id)
    choice = next_for(me, candidates, required)
    reached = [each for each in candidates if reaches(me, each)]
    assert (choice is None) is not bool(reached)
    if choice is not None and not tier(choice, required).is_waiting:
        assert not any(tier(each, required).is_waiting for each in reached)
        if tier(choice, required) is Tier.SERVED:
            served = [each.service for each in reached if not each.author_left]
            assert choice.service == min(served)
