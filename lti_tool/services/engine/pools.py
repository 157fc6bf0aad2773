"""The candidates that ``rules.allocation`` chooses among, kind by kind, most urgent first.

Of each kind the oldest few are read from an index, whatever the number of learners. A cohort that
learners keep to is small, so it is read as a whole.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, literal, select
from sqlalchemy.orm import Session

from lti_tool.models.participations import SelfRating
from lti_tool.models.people import Membership
from lti_tool.models.reflections import Reflection
from lti_tool.rules.allocation import Candidate, Rating, Ratings, Reviewer
from lti_tool.rules.giving import AllocationPool
from lti_tool.rules.vocabulary import Moment
from lti_tool.services.engine.absence import author_left
from lti_tool.services.engine.reach import Reach, author_is, open_to

POOL = 50
"""Candidates read of one kind, oldest first: the best match is looked for among so many."""
MOST_OF_COHORT = 200
"""Candidates read of a cohort, the least served first."""
ELSEWHERE = uuid.UUID(int=0)
"""Stands for any cohort but the reviewer's, where which one it is does not matter."""

CandidateQuery = Select[uuid.UUID, uuid.UUID, datetime | None, int, int, bool, bool, bool]


def reviewer_of(session: Session, reach: Reach, owes: bool) -> Reviewer:
    """Return what the rule needs to know of the learner who asks."""
    return Reviewer(
        reach.me,
        _ratings(session, [reach.me])[reach.me],
        owes,
        pool=reach.pool,
        cohort_id=reach.cohort_id,
    )


def candidates_for(
    session: Session, reach: Reach, who: Reviewer, required: int
) -> Iterator[list[Candidate]]:
    """Yield candidates kind by kind; those whom nobody waits for last, and only if one owes."""
    query = _query(reach)
    if reach.fellows is not None:
        order = (Reflection.service, Reflection.released_at, Reflection.id)
        yield _candidates(session, query.order_by(*order).limit(MOST_OF_COHORT), who)
        return
    for wider in _widening(reach, query):
        waiting = wider.where(~author_left())
        yield _kinds(session, waiting, who, (True, False), [0])
        for author_done in (True, False):
            yield _kinds(session, waiting, who, (author_done,), range(1, required))
    if who.owes:
        rest: list[Candidate] = []
        for author_done in (True, False):
            least = query.where(Reflection.author_done.is_(author_done)).order_by(
                Reflection.service, Reflection.released_at, Reflection.id
            )
            rest += _candidates(session, least.limit(POOL), who)
        yield rest


def _widening(reach: Reach, query: CandidateQuery) -> Iterator[CandidateQuery]:
    """Yield the activity's pool, and where that is a preference alone, then the whole course."""
    if reach.pool is AllocationPool.OTHER_COHORTS:
        yield query.where(_is_elsewhere(reach))
    yield query


def _is_elsewhere(reach: Reach) -> ColumnElement[bool]:
    return author_is(reach, Membership.cohort_id.is_distinct_from(reach.cohort_id))


def _kinds(
    session: Session,
    query: CandidateQuery,
    who: Reviewer,
    done: Iterable[bool],
    services: Iterable[int],
) -> list[Candidate]:
    """Return the oldest candidates of each kind: author done or not, so well served."""
    found: list[Candidate] = []
    services = list(services)
    for author_done in done:
        for service in services:
            kind = query.where(
                Reflection.author_done.is_(author_done), Reflection.service == service
            )
            found += _candidates(
                session, kind.order_by(Reflection.released_at, Reflection.id).limit(POOL), who
            )
    return found


def _query(reach: Reach) -> CandidateQuery:
    """Select what the rule needs to know of the reflections open to the reviewer."""
    prefers = reach.pool is AllocationPool.OTHER_COHORTS
    elsewhere = case((_is_elsewhere(reach), True), else_=False) if prefers else literal(False)
    return open_to(reach).with_only_columns(
        Reflection.id,
        Reflection.participation_id,
        Reflection.released_at,
        Reflection.served,
        Reflection.service,
        Reflection.author_done,
        case((author_left(), True), else_=False).label("left"),
        elsewhere.label("elsewhere"),
    )


def _candidates(session: Session, query: CandidateQuery, who: Reviewer) -> list[Candidate]:
    rows = session.execute(query).all()
    ratings = _ratings(session, [row.participation_id for row in rows])
    return [
        Candidate(
            reflection_id=row.id,
            author_id=row.participation_id,
            released_at=row.released_at,
            responses=row.served,
            claims=row.service - row.served,
            author_done=row.author_done,
            ratings=ratings[row.participation_id],
            cohort_id=ELSEWHERE if row.elsewhere else who.cohort_id,
            author_left=row.left,
        )
        for row in rows
    ]


def _ratings(session: Session, participation_ids: list[uuid.UUID]) -> dict[uuid.UUID, Ratings]:
    """Return the self-ratings made at the beginning, per participation."""
    found: dict[uuid.UUID, dict[uuid.UUID, Rating]] = defaultdict(dict)
    columns = (
        SelfRating.participation_id,
        SelfRating.competency_id,
        SelfRating.level,
        SelfRating.target,
    )
    query = select(*columns).where(
        SelfRating.participation_id.in_(participation_ids), SelfRating.moment == Moment.BEFORE
    )
    for owner, competency_id, level, target in session.execute(query) if participation_ids else ():
        found[owner][competency_id] = Rating(level, target)
    return defaultdict(dict, found)
