"""Giving a reviewer the next reflection, correctly also when many ask at once.

``rules.allocation`` decides; this module offers it the few candidates that can win, each pool read
from an index, so that a request costs the same among 100,000 learners as among 30. No text is
loaded. Every function here runs inside its caller's transaction.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from lti_tool import clock
from lti_tool.models.activities import Activity
from lti_tool.models.base import UtcDateTime
from lti_tool.models.participations import Participation, SelfRating
from lti_tool.models.people import Membership, User
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.allocation import Candidate, Rating, Ratings, Reviewer, next_for
from lti_tool.rules.vocabulary import AllocationState, Moment, Role, WorkState
from lti_tool.services.absence import author_left
from lti_tool.services.locking import lock_activity

Expression = InstrumentedAttribute[uuid.UUID] | BindParameter[uuid.UUID | None]
LEASE = timedelta(minutes=30)
"""How long a claim counts as service to the author without a sign of life."""
POOL = 50
"""Candidates read of one kind, oldest first: the best match is looked for among so many."""
STAFF = (Role.TUTOR, Role.EDUCATOR)


def claim(session: Session, reviewer: Participation, owes: bool) -> Allocation | None:
    """Give ``reviewer`` a reflection to answer: one they are at already, else the next.

    ``owes`` says whether they have still to give responses; one who is done is only given a
    reflection that lacks some. None if there is nothing for them.
    """
    lock_activity(session, reviewer.activity_id)
    mine = current_claim(session, reviewer.id)
    if mine is not None:
        return renew(mine)
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
        .order_by(Allocation.created_at)
        .limit(1)
    )


def answerable(session: Session, reviewer: Participation, most: int) -> int:
    """Count the reflections that ``reviewer`` can still answer; stop counting at ``most``."""
    values = {"me": reviewer.id, "activity_id": reviewer.activity_id, "most": most}
    session.flush()  # what follows goes past the session, which is half the price
    return session.connection().execute(_ANSWERABLE, values).scalar_one()


def still_waiting(session: Session, reviewer: Participation, required: int, most: int) -> int:
    """Count those that ``reviewer`` can answer and that lack responses, up to ``most``."""
    some = (
        _open_to(reviewer)
        .with_only_columns(Reflection.id)
        # Both values are named so that the index is used as far as ``served``.
        .where(Reflection.author_done.in_((True, False)), Reflection.served < required)
        .where(~author_left())
        .limit(most)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(some)) or 0


def waiting_longest(
    session: Session, reviewer: Participation, required: int, most: int
) -> list[User]:
    """Return authors that lack responses and whom ``reviewer`` can answer, longest wait first."""
    query = (
        _open_to(reviewer)
        .join(Participation, Reflection.participation_id == Participation.id)
        .join(User, Participation.user_id == User.id)
        .with_only_columns(Reflection.released_at, User)
        .where(~author_left())
        .order_by(Reflection.released_at)
        .limit(most)
    )
    found = [
        (released_at, user)
        for done, served in _kinds(required)
        for released_at, user in session.execute(
            query.where(Reflection.author_done.is_(done), Reflection.served == served)
        )
    ]
    found.sort(key=lambda row: (row[0] is None, row[0], str(row[1].id)))
    return [user for _released_at, user in found[:most]]


def _kinds(required: int) -> list[tuple[bool, int]]:
    """Return every kind of reflection that lacks responses: (author done, responses handed in)."""
    return [(done, served) for done in (True, False) for served in range(required)]


def _open_to(reviewer: Participation) -> Select[Reflection]:
    """Select the released reflections of other learners that the reviewer has not closed."""
    return _open_among(reviewer.activity_id, reviewer.id)


def _open_among(
    activity_id: uuid.UUID | Expression, reviewer_id: uuid.UUID | Expression
) -> Select[Reflection]:
    closed = exists().where(
        Allocation.reflection_id == Reflection.id,
        Allocation.reviewer_id == reviewer_id,
        Allocation.state != AllocationState.CLAIMED,
    )
    return select(Reflection).where(
        Reflection.activity_id == activity_id,
        Reflection.state == WorkState.RELEASED,
        Reflection.participation_id != reviewer_id,
        ~closed,
    )


# Built once: every page of a learner asks them.
_CURRENT_CLAIM = claim_of(bindparam("me"))
_ANSWERABLE = select(func.count()).select_from(
    _open_among(bindparam("activity_id"), bindparam("me"))
    .with_only_columns(Reflection.id)
    .limit(bindparam("most", type_=Integer))
    .subquery()
)


def _choose(session: Session, reviewer: Participation, owes: bool) -> Candidate | None:
    """Offer the rule one pool after the other, most urgent first, until it chooses."""
    required = session.get_one(Activity, reviewer.activity_id).responses_required
    who = Reviewer(reviewer.id, _ratings(session, [reviewer.id])[reviewer.id], owes)
    for pool in _pools(session, reviewer, required, owes):
        choice = next_for(who, pool, required)
        if choice is not None:
            return choice
    return None


def _pools(
    session: Session, reviewer: Participation, required: int, owes: bool
) -> Iterator[list[Candidate]]:
    """Yield the candidates tier by tier (``rules.allocation.Tier``); theirs who left, last."""
    claims = _claims_of_others(reviewer)
    yield _pool(session, reviewer, claims, [(True, 0), (False, 0)], claims == 0)
    lacking = Reflection.served + claims < required
    for author_done in (True, False):
        kinds = [kind for kind in _kinds(required) if kind[0] is author_done]
        yield _pool(session, reviewer, claims, kinds, lacking)
    if owes:
        query = _query(reviewer, claims).order_by(Reflection.served, Reflection.released_at)
        yield _candidates(session, query.limit(POOL))


def _pool(
    session: Session,
    reviewer: Participation,
    claims: ColumnElement[int],
    kinds: Iterable[tuple[bool, int]],
    condition: ColumnElement[bool],
) -> list[Candidate]:
    """Return the oldest candidates of each kind (author done, responses handed in)."""
    found: list[Candidate] = []
    for done, served in kinds:
        query = _query(reviewer, claims).where(
            Reflection.author_done.is_(done), Reflection.served == served, condition, ~author_left()
        )
        found += _candidates(session, query.order_by(Reflection.released_at).limit(POOL))
    return found


CandidateQuery = Select[uuid.UUID, uuid.UUID, datetime | None, int, bool, int]


def _query(reviewer: Participation, claims: ColumnElement[int]) -> CandidateQuery:
    """Select what the rule needs to know of the reflections open to the reviewer; no staff's."""
    staff = (
        exists()
        .where(Participation.id == Reflection.participation_id)
        .where(
            Membership.user_id == Participation.user_id,
            Membership.context_id == Activity.context_id,
            Activity.id == Reflection.activity_id,
            func.coalesce(Membership.granted_role, Membership.role).in_(STAFF),
        )
    )
    columns = (
        Reflection.id,
        Reflection.participation_id,
        Reflection.released_at,
        Reflection.served,
        Reflection.author_done,
        claims.label("claims"),
    )
    return _open_to(reviewer).where(~staff).with_only_columns(*columns)


def _claims_of_others(reviewer: Participation) -> ColumnElement[int]:
    """Count the live claims of other reviewers on a reflection."""
    other = aliased(Allocation)
    return (
        select(func.count())
        .where(
            other.reflection_id == Reflection.id,
            other.reviewer_id != reviewer.id,
            other.state == AllocationState.CLAIMED,
            other.leased_until > clock.now(),
        )
        .correlate(Reflection)
        .scalar_subquery()
    )


def _candidates(session: Session, query: CandidateQuery) -> list[Candidate]:
    rows = session.execute(query).all()
    ratings = _ratings(session, [row.participation_id for row in rows])
    return [
        Candidate(
            reflection_id=row.id,
            author_id=row.participation_id,
            released_at=row.released_at,
            responses=row.served,
            claims=row.claims,
            author_done=row.author_done,
            ratings=ratings[row.participation_id],
        )
        for row in rows
    ]


def _ratings(session: Session, participation_ids: list[uuid.UUID]) -> dict[uuid.UUID, Ratings]:
    """Return the self-ratings made at the beginning, per participation."""
    found: dict[uuid.UUID, dict[uuid.UUID, Rating]] = defaultdict(dict)
    query = select(SelfRating).where(
        SelfRating.participation_id.in_(participation_ids), SelfRating.moment == Moment.BEFORE
    )
    for row in session.scalars(query) if participation_ids else ():
        found[row.participation_id][row.competency_id] = Rating(row.level, row.target)
    return defaultdict(dict, found)


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
    return renew(allocation)
