"""Measuring anew those of whom time, or a change of the activity, may have changed what counts."""

from __future__ import annotations

import uuid

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.participations import Participation
from lti_tool.services import completion


def refresh_after_dates(
    session: Session, limit: int = 200, activity_id: uuid.UUID | None = None
) -> int:
    """Refresh learners of whom time alone may have changed what counts, the longest due first.

    For the worker's sweep, and for a page that must not wait for it; returns how many there were.
    """
    query = (
        select(Participation)
        .where(Participation.remeasure_at <= clock.now())
        .order_by(Participation.remeasure_at, Participation.id)
        .limit(limit)
    )
    if activity_id is not None:
        query = query.where(Participation.activity_id == activity_id)
    found = sorted(session.scalars(query), key=lambda one: one.activity_id)
    for participation in found:
        completion.refresh(session, participation)
    return len(found)


def refresh_all(session: Session, activity_id: uuid.UUID, at_once: int = 200) -> None:
    """Refresh all learners of an activity whose rules changed; of many, most by the next sweeps."""
    session.execute(
        update(Participation)
        .where(Participation.activity_id == activity_id)
        .values(remeasure_at=clock.now())
    )
    refresh_after_dates(session, at_once, activity_id)
