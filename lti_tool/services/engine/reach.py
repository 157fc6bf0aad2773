"""Which reflections a learner may be given at all, and who of their authors waits.

Released ones of other learners that they have not closed, of nobody from whom they are kept apart;
and where the activity keeps to cohorts, of their own.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased, joinedload

from lti_tool.models.cohorts import Exclusion
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation
from lti_tool.rules.giving import AllocationPool
from lti_tool.rules.vocabulary import AllocationState, Role, WorkState
from lti_tool.services.engine.absence import author_left
from lti_tool.services.engine.rows import AnyParticipation

STAFF = (Role.TUTOR, Role.EDUCATOR)
Reader = Session | Connection
"""What reads: a session, or a connection past it where nothing changes."""
Given = Any
"""An identifier, or a bound parameter that stands for one."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A learner in an activity, and the cohort that bounds what they are given, if one does."""

    me: Given
    user_id: Given
    activity_id: Given
    context_id: Given
    pool: AllocationPool = AllocationPool.CONTEXT
    cohort_id: uuid.UUID | None = None
    fellows: tuple[uuid.UUID, ...] | None = None
    """Who is in the cohort that they keep to; None if they keep to none."""


def reach_of(reader: Reader, reviewer: AnyParticipation) -> Reach:
    """Return what a learner reaches; nothing is asked where cohorts do not matter."""
    activity = reviewer.activity
    cohort_id, fellows = None, None
    if activity.allocation_pool is not AllocationPool.CONTEXT:
        cohort_id = reader.scalar(
            select(Membership.cohort_id).where(
                Membership.context_id == activity.context_id,
                Membership.user_id == reviewer.user_id,
            )
        )
    if cohort_id is not None and activity.allocation_pool is AllocationPool.OWN_COHORT:
        members = select(Membership.user_id).where(Membership.cohort_id == cohort_id)
        fellows = tuple(reader.scalars(members))
    return Reach(
        reviewer.id,
        reviewer.user_id,
        activity.id,
        activity.context_id,
        activity.allocation_pool,
        cohort_id,
        fellows,
    )


def open_to(reach: Reach) -> Select[Reflection]:
    """Select the reflections that a learner may be given."""
    closed = exists().where(
        Allocation.reflection_id == Reflection.id,
        Allocation.reviewer_id == reach.me,
        Allocation.state != AllocationState.CLAIMED,
    )
    query = select(Reflection).where(
        Reflection.state == WorkState.RELEASED,
        Reflection.participation_id != reach.me,
        Reflection.participation_id.not_in(_apart(reach)),
        ~closed,
        ~author_is_staff(reach),
    )
    if reach.fellows is not None:
        # Begins with the few members of the cohort, not with all of the activity's work.
        author = aliased(Participation)
        theirs = select(author.id).where(
            author.activity_id == reach.activity_id, author.user_id.in_(reach.fellows)
        )
        return query.where(Reflection.participation_id.in_(theirs))
    query = query.where(Reflection.activity_id == reach.activity_id)
    if reach.pool is AllocationPool.OWN_COHORT:
        return query.where(author_is(reach, Membership.cohort_id.is_(None)))
    return query


def author_is(reach: Reach, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell that the membership of a reflection's author fulfils the conditions."""
    return exists().where(
        Participation.id == Reflection.participation_id,
        Membership.user_id == Participation.user_id,
        Membership.context_id == reach.context_id,
        *conditions,
    )


def author_is_staff(reach: Reach) -> ColumnElement[bool]:
    """Tell that a reflection's author is staff by now: they are never allocated."""
    role = func.coalesce(Membership.granted_role, Membership.role)
    # Not ``in_``: a list is put into the statement again by each execution.
    return author_is(reach, or_(*(role == staff for staff in STAFF)))


def past_session(reader: Reader) -> Connection:
    """Return a connection to read by, at half the price; what a session holds is written first."""
    if isinstance(reader, Connection):
        return reader
    reader.flush()
    return reader.connection()


def answerable(reader: Reader, reviewer: AnyParticipation, most: int) -> int:
    """Count the reflections that ``reviewer`` can still answer; stop counting at ``most``."""
    reader = past_session(reader)
    activity = reviewer.activity
    if activity.allocation_pool is AllocationPool.OWN_COHORT:
        return _count(reader, open_to(reach_of(reader, reviewer)), most)
    values = {
        "me": reviewer.id,
        "user_id": reviewer.user_id,
        "activity_id": activity.id,
        "context_id": activity.context_id,
        "most": most,
    }
    return reader.execute(_ANSWERABLE, values).scalar_one()


def still_waiting(session: Session, reviewer: Participation, required: int, most: int) -> int:
    """Count those that ``reviewer`` can answer and that lack responses, up to ``most``."""
    query = open_to(reach_of(session, reviewer)).where(
        # Both values are named so that the index is used as far as ``service``.
        Reflection.author_done.in_((True, False)),
        Reflection.service < required,
        ~author_left(),
    )
    return _count(session, query, most)


def waiting_longest(
    session: Session, reviewer: Participation, required: int, most: int
) -> list[Participation]:
    """Return authors that lack responses and whom ``reviewer`` can answer, longest wait first."""
    query = (
        open_to(reach_of(session, reviewer))
        .join(Participation, Reflection.participation_id == Participation.id)
        .with_only_columns(Reflection.released_at, Participation)
        .options(joinedload(Participation.user))
        .where(~author_left())
        .order_by(Reflection.released_at, Reflection.id)
        .limit(most)
    )
    found = [
        (released_at, author)
        for done in (True, False)
        for service in range(required)
        for released_at, author in session.execute(
            query.where(Reflection.author_done.is_(done), Reflection.service == service)
        )
    ]
    found.sort(key=lambda row: (row[0] is None, row[0], str(row[1].id)))
    return [author for _released_at, author in found[:most]]


def _apart(reach: Reach) -> Select[uuid.UUID]:
    """Select the participations of those from whom the learner is kept apart."""
    author = aliased(Participation)
    return (
        select(author.id)
        .join(Exclusion, Exclusion.other_id == author.user_id)
        .where(
            Exclusion.context_id == reach.context_id,
            Exclusion.user_id == reach.user_id,
            author.activity_id == reach.activity_id,
        )
    )


def _count(reader: Reader, query: Select[Reflection], most: int) -> int:
    some = query.with_only_columns(Reflection.id).limit(most).subquery()
    return reader.scalar(select(func.count()).select_from(some)) or 0


# Built once: every page of a learner asks it.
_ANSWERABLE = select(func.count()).select_from(
    open_to(
        Reach(
            bindparam("me"), bindparam("user_id"), bindparam("activity_id"), bindparam("context_id")
        )
    )
    .with_only_columns(Reflection.id)
    .limit(bindparam("most", type_=Integer))
    .subquery()
)
