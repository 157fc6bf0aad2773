"""Which learners the list of an activity holds, in which order, and how many in which state.

By name the database walks an index, so that a page of a large course costs what one of a small
course does; how many there are of each state is kept there (``services.keeping``).
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from lti_tool.errors import NotFound
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.models.people import Membership, User
from lti_tool.models.reflections import Reflection
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import OutboxState, Role, WorkState
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import Scope
from lti_tool.services.engine.anonymity import masked_row, staff_order
from lti_tool.services.keeping.kept import Asked, is_large, keep, recall
from lti_tool.services.outbox import scores

HANDED_IN = (WorkState.SUBMITTED, WorkState.HELD, WorkState.RELEASED)
KIND = "learners"
PATIENCE = timedelta(seconds=10)
"""For so long the numbers of a large course may stay behind what changes."""


class PeopleFilter(StrEnum):
    """Which learners to list, in the order of the choices."""

    ALL = "all"
    NOT_STARTED = "not_started"
    """Have never opened the activity."""
    WRITING = "writing"
    """Opened it; their reflection is not handed in, or was returned."""
    UNDER_WAY = "under_way"
    """Handed in, not complete."""
    TO_CONFIRM = "to_confirm"
    """Handed in, and no level of theirs is confirmed yet."""
    COMPLETE = "complete"
    REFUSED = "refused"
    """Their last score was refused by the LMS."""
    GONE = "gone"
    """No longer in the course; in none of the lists of what there is still to do."""


def order_of(activity: Activity) -> tuple[ColumnElement[Any], ...]:
    """Return the order of the list: by name, as staff know people."""
    if activity.anonymity.hides_from_staff:
        return staff_order(activity), User.id.expression
    return Membership.listed_name.expression, Membership.user_id.expression


def stands_after(session: Session, activity: Activity, place: uuid.UUID) -> ColumnElement[bool]:
    """Tell that somebody stands after a place in the list; the URL then holds no name.

    ``place`` is a participation, or the person where staff know who it is; raises NotFound.
    """
    order = order_of(activity)
    mine = and_(Participation.user_id == User.id, Participation.activity_id == activity.id)
    found = session.execute(
        select(*order)
        .select_from(User)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(Participation, mine)
        .where(
            Membership.context_id == activity.context_id,
            or_(and_(User.id == place, ~masked_row(activity)), Participation.id == place),
        )
    ).first()
    if found is None:
        raise NotFound("page")
    return tuple_(*order) > tuple_(*found)


def members(activity: Activity, scope: Scope) -> Select[User]:
    """Select who takes part in the activity's context, with their participation if any."""
    role = func.coalesce(Membership.granted_role, Membership.role)
    mine = and_(Participation.user_id == User.id, Participation.activity_id == activity.id)
    return (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(Participation, mine)
        .where(
            Membership.context_id == activity.context_id,
            role.in_([role.value for role in Role if role.takes_part]),
            or_(Membership.left_at.is_(None), Participation.id.is_not(None)),
            scope.holds(User.id),
        )
    )


def let_through(activity: Activity) -> dict[PeopleFilter, ColumnElement[bool]]:
    """Return what each filter asks of a row of ``_members``."""
    handed_in = exists().where(
        Reflection.participation_id == Participation.id, Reflection.state.in_(HANDED_IN)
    )
    confirmed = exists().where(ConfirmedLevel.participation_id == Participation.id)
    tagged = true() if activity.competencies else false()
    here = Membership.left_at.is_(None)
    return {
        PeopleFilter.ALL: true(),
        PeopleFilter.NOT_STARTED: Participation.id.is_(None),
        PeopleFilter.WRITING: and_(here, Participation.id.is_not(None), ~handed_in),
        PeopleFilter.UNDER_WAY: and_(here, Participation.completed_at.is_(None), handed_in),
        PeopleFilter.TO_CONFIRM: and_(here, handed_in, ~confirmed, tagged),
        PeopleFilter.COMPLETE: Participation.completed_at.is_not(None),
        PeopleFilter.REFUSED: _refused(),
        PeopleFilter.GONE: ~here,
    }


def _refused() -> ColumnElement[bool]:
    newer = aliased(OutboxMessage)
    return exists().where(
        OutboxMessage.participation_id == Participation.id,
        OutboxMessage.kind == scores.KIND,
        OutboxMessage.state == OutboxState.REFUSED,
        ~exists().where(
            newer.kind == scores.KIND,
            newer.participation_id == OutboxMessage.participation_id,
            newer.created_at > OutboxMessage.created_at,
            newer.state != OutboxState.SUPERSEDED,
        ),
    )


def known_counts(
    session: Session, activity: Activity, scope: Scope
) -> dict[PeopleFilter, int] | None:
    """Return how many learners each filter lets through; None if that must be counted anew."""
    if not is_large(session, scope.context_id):
        return _counts(session, activity, scope)
    found = recall(session, _asked(activity, scope), PATIENCE)
    return None if found is None else _read(found.figures)


def counted(
    db: Database, viewer: Viewer, activity_id: uuid.UUID, scope: Scope
) -> dict[PeopleFilter, int]:
    """Count the learners of a large course, and keep the numbers."""

    def count(session: Session) -> tuple[Asked, dict[str, int]]:
        activity = find_activity(session, viewer, activity_id)
        numbers = _counts(session, activity, scope)
        return _asked(activity, scope), {which.value: number for which, number in numbers.items()}

    return _read(keep(db, Asked(KIND, scope, activity_id), count).figures)


def _asked(activity: Activity, scope: Scope) -> Asked:
    settings = ",".join([str(bool(activity.competencies)), *PeopleFilter])
    return Asked(KIND, scope, activity.id, settings=settings)


def _read(told: dict[str, Any]) -> dict[PeopleFilter, int]:
    return {which: told[which.value] for which in PeopleFilter}


def _counts(session: Session, activity: Activity, scope: Scope) -> dict[PeopleFilter, int]:
    """Count all filters at once: in a large course, looking at everybody is what costs."""
    each = let_through(activity)
    counts = [func.count(case((each[which], 1))) for which in PeopleFilter]
    row = session.execute(members(activity, scope).with_only_columns(*counts)).one()
    return dict(zip(PeopleFilter, row, strict=True))
