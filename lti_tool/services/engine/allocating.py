"""Giving a reviewer the next reflection, correctly also when many ask at once.

``rules.allocation`` decides; this module offers it the few candidates that can win, each kind read
from an index, so that a request costs the same among 100,000 learners as among 30. No text is
loaded. Every function here runs inside its caller's transaction.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import BindParameter, Select, bindparam, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_tool import clock
from lti_tool.models.base import UtcDateTime
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.allocation import Candidate, next_for
from lti_tool.rules.vocabulary import AllocationState, WorkState
from lti_tool.services.engine.leases import reconcile, recount
from lti_tool.services.engine.pools import candidates_for, reviewer_of
from lti_tool.services.engine.reach import reach_of
from lti_tool.services.locking import lock_activity

Expression = InstrumentedAttribute[uuid.UUID] | BindParameter[uuid.UUID | None]
LEASE = timedelta(minutes=30)
"""How long a claim counts as service to the author without a sign of life."""


def claim(session: Session, reviewer: Participation, owes: bool) -> Allocation | None:
    """Give ``reviewer`` a reflection to answer: one they are at already, else the next.

    ``owes`` says whether they have still to give responses; one who is done is only given a
    reflection that lacks some. None if there is nothing for them.
    """
    lock_activity(session, reviewer.activity_id)
    mine = current_claim(session, reviewer.id)
    if mine is not None:
        return renew(mine)
    reconcile(session, reviewer.activity_id)
    choice = _choose(session, reviewer, owes)
    return _take(session, reviewer, choice) if choice is not None else None


def renew(allocation: Allocation) -> Allocation:
    """Begin the lease of a claim anew."""
    allocation.leased_until = clock.now() + LEASE
    return allocation


def current_claim(session: Session, reviewer_id: uuid.UUID) -> Allocation | None:
    """Return the claim that the reviewer is at: live, or with a text of theirs begun in it."""
    return session.scalar(_CURRENT_CLAIM, {"me": reviewer_id, "now": clock.now()})


def claim_of(reviewer_id: Expression) -> Select[Allocation]:
    """Select the reviewer's current claim; the moment is the bound parameter ``now``."""
    begun = exists().where(Response.allocation_id == Allocation.id)
    return (
        select(Allocation)
        .join(Reflection, Allocation.reflection_id == Reflection.id)
        .where(
            Allocation.reviewer_id == reviewer_id,
            Allocation.state == AllocationState.CLAIMED,
            Reflection.state == WorkState.RELEASED,
            (Allocation.leased_until > bindparam("now", type_=UtcDateTime)) | begun,
        )
        .order_by(Allocation.created_at, Allocation.id)
        .limit(1)
    )


# Built once: every page of a learner asks it.
_CURRENT_CLAIM = claim_of(bindparam("me"))


def _choose(session: Session, reviewer: Participation, owes: bool) -> Candidate | None:
    """Offer the rule one kind of candidate after the other, most urgent first."""
    required = reviewer.activity.responses_required
    reach = reach_of(session, reviewer)
    who = reviewer_of(session, reach, owes)
    for candidates in candidates_for(session, reach, who, required):
        choice = next_for(who, candidates, required)
        if choice is not None:
            return choice
    return None


def _take(session: Session, reviewer: Participation, choice: Candidate) -> Allocation:
    """Claim the chosen reflection; an own claim whose lease ran out is taken up again."""
    allocation = session.scalar(
        select(Allocation).where(
            Allocation.reflection_id == choice.reflection_id,
            Allocation.reviewer_id == reviewer.id,
        )
    )
    if allocation is None:
        allocation = Allocation(
            activity_id=reviewer.activity_id,
            reflection_id=choice.reflection_id,
            reviewer_id=reviewer.id,
        )
        session.add(allocation)
    allocation.counted = True
    renew(allocation)
    session.flush()
    recount(session, [choice.reflection_id])
    return allocation
