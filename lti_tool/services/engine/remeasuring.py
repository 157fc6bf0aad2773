"""Measuring anew those of whom time, or a change of the activity, may have changed what counts."""

from __future__ import annotations

import uuid

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.activities import Activity
from lti_tool.models.participations import Participation
from lti_tool.services.engine import completion
from lti_tool.services.locking import lock_activity


def refresh_after_dates(
    session: Session, limit: int = 200, activity_id: uuid.UUID | None = None
) -> int:
    """Refresh learners of whom time alone may have changed what counts, the longest due first.

    For the worker's sweep, and for a page that must not wait for it; returns how many there were.
    """
    is_due = Participation.remeasure_at <= clock.now()
    query = (
        select(Participation.id, Participation.activity_id)
        .where(is_due)
        .order_by(Participation.remeasure_at, Participation.id)
        .limit(limit)
    )
    if activity_id is not None:
        query = query.where(Participation.activity_id == activity_id)
    found = session.execute(query).all()
    for activity in sorted({row.activity_id for row in found}):
        lock_activity(session, activity)
    # Read under the lock: a tutor may just have decided that somebody is complete.
    ids = [row.id for row in found]
    due = select(Participation).where(Participation.id.in_(ids), is_due)
    for participation in session.scalars(due.execution_options(populate_existing=True)).all():
        completion.refresh(session, participation)
    return len(found)


def expect(session: Session, context_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Have somebody who counts as a learner again measured by the next sweep."""
    here = select(Activity.id).where(Activity.context_id == context_id)
    session.execute(
        update(Participation)
        .where(Participation.user_id == user_id, Participation.activity_id.in_(here))
        .values(remeasure_at=clock.now())
    )


def refresh_all(session: Session, activity_id: uuid.UUID, at_once: int = 50) -> None:
    """Refresh all learners of an activity whose rules changed; of many, most by the next sweeps."""
    session.execute(
        update(Participation)
        .where(Participation.activity_id == activity_id)
        .values(remeasure_at=clock.now())
    )
    refresh_after_dates(session, at_once, activity_id)
