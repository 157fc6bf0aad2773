"""What columns of competencies that were switched on are told of levels that stood before.

Learner by learner in batches that are resumed where they ended: a course may have thousands.
"""

from __future__ import annotations

import uuid

from sqlalchemy import Subquery, exists, func, or_, select, union
from sqlalchemy.orm import Session

from lti_tool.models.activities import Activity
from lti_tool.models.database import Database
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.locking import lock_activity
from lti_tool.services.outbox import competency_scores

TOGETHER = 50
"""Learners per transaction."""
BEFORE_ALL = uuid.UUID(int=0)


def begin(activity: Activity) -> None:
    """Let ``catch_up`` begin: columns were switched on. The activity is locked."""
    activity.columns_caught_up_to = BEFORE_ALL


def begun(session: Session, limit: int) -> list[uuid.UUID]:
    """Return activities whose columns were not told all yet that stood when they came."""
    query = select(Activity.id).where(Activity.columns_caught_up_to.is_not(None))
    return list(session.scalars(query.order_by(Activity.id).limit(limit)))


def catch_up(db: Database, activity_id: uuid.UUID, batches: int) -> int:
    """Promise what was confirmed, changed or withdrawn while an activity had no columns.

    Also the columns that this needs. A batch of learners is a transaction that also notes how far
    it came, so that whoever goes on, after a crash too, begins behind it; the sweep goes on with
    what more than ``batches`` leave. Returns how many learners there were.
    """
    total = 0
    for _batch in range(batches):
        with db.write() as session:
            found = _catch_up_some(session, activity_id)
        total += found
        if found < TOGETHER:
            break
    return total


def _catch_up_some(session: Session, activity_id: uuid.UUID) -> int:
    lock_activity(session, activity_id)
    activity = session.get(Activity, activity_id)
    if activity is None or activity.columns_caught_up_to is None:
        return 0
    owed = _owed(activity)
    people = list(
        session.scalars(
            select(owed.c.participation_id)
            .where(owed.c.participation_id > activity.columns_caught_up_to)
            .distinct()
            .order_by(owed.c.participation_id)
            .limit(TOGETHER)
        )
    )
    pairs = select(owed).where(owed.c.participation_id.in_(people))
    for row in session.execute(pairs.order_by(owed.c.participation_id, owed.c.competency_id)):
        competency_scores.promise(
            session, session.get_one(Participation, row.participation_id), [row.competency_id]
        )
    activity.columns_caught_up_to = people[-1] if len(people) == TOGETHER else None
    return len(people)


def _owed(activity: Activity) -> Subquery:
    """Select learner and competency where a level came, changed or went since its column knew."""
    newest = (
        select(func.max(OutboxMessage.created_at))
        .where(
            OutboxMessage.line_item_id == LineItem.id,
            OutboxMessage.participation_id == Participation.id,
            OutboxMessage.kind == competency_scores.KIND,
            OutboxMessage.state != OutboxState.SUPERSEDED,
        )
        .scalar_subquery()
    )
    standing = (
        competency_scores.standing(isouter=True)
        .where(
            Participation.activity_id == activity.id,
            or_(newest.is_(None), newest < ConfirmedLevel.confirmed_at),
        )
        .with_only_columns(
            ConfirmedLevel.participation_id.label("participation_id"),
            ConfirmedLevel.competency_id.label("competency_id"),
        )
        .order_by(None)
    )
    withdrawn = (
        select(OutboxMessage.participation_id, LineItem.competency_id)
        .join(LineItem, OutboxMessage.line_item_id == LineItem.id)
        .where(
            LineItem.activity_id == activity.id,
            OutboxMessage.kind == competency_scores.KIND,
            OutboxMessage.participation_id.is_not(None),
            OutboxMessage.state != OutboxState.SUPERSEDED,
            ~exists().where(
                ConfirmedLevel.participation_id == OutboxMessage.participation_id,
                ConfirmedLevel.competency_id == LineItem.competency_id,
            ),
        )
    )
    return union(standing, withdrawn).subquery()
