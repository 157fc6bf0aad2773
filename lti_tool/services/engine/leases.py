"""Keeping count of who is at which reflection, so that no request has to count it.

A claim counts as service to the author while its lease lasts. Giving, renewing and ending a claim
only move its lease; what that means for ``Reflection.service`` is written down before the next
reflection is given, each lease once when it begins and once when it is over.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import Select, and_, exists, func, not_, or_, select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.activities import Activity
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation
from lti_tool.rules.vocabulary import AllocationState
from lti_tool.services.locking import lock_activity

AT_ONCE = 1000
"""Leases that one request looks after; after a rush the next ones take the rest."""


def reconcile(session: Session, activity_id: uuid.UUID) -> int:
    """Count the claims of an activity that began, and no more those that are over; return how many.

    The activity must be locked. A lease that autosave renews this moment stays as it is.
    """
    session.flush()
    now = clock.now()
    over = and_(Allocation.counted, Allocation.leased_until <= now)
    begun = and_(
        not_(Allocation.counted),
        Allocation.leased_until > now,
        Allocation.state == AllocationState.CLAIMED,
    )
    rows = session.execute(
        select(Allocation.id, Allocation.counted)
        .where(Allocation.activity_id == activity_id, or_(over, begun))
        .limit(AT_ONCE)
    ).all()
    changed: set[uuid.UUID] = set()
    for condition, was_counted in ((over, True), (begun, False)):
        ids = [row.id for row in rows if row.counted is was_counted]
        if ids:
            changed |= set(
                session.scalars(
                    update(Allocation)
                    .where(Allocation.id.in_(ids), condition)
                    .values(counted=not was_counted)
                    .returning(Allocation.reflection_id)
                    .execution_options(synchronize_session=False)
                )
            )
    recount(session, changed)
    return len(rows)


def recount(session: Session, reflection_ids: Collection[uuid.UUID]) -> None:
    """Write down anew how well reflections are served, counting those who are at them."""
    if reflection_ids:
        session.execute(
            update(Reflection)
            .where(Reflection.id.in_(reflection_ids))
            .values(service=Reflection.served + counted(Reflection.id).scalar_subquery())
            .execution_options(synchronize_session=False)
        )


def counted(reflection_id: object) -> Select[int]:
    """Select how many claims on a reflection are counted."""
    return select(func.count()).where(Allocation.reflection_id == reflection_id, Allocation.counted)


def reconcile_all(session: Session, limit: int) -> int:
    """Do so in every activity where a counted claim is over, for lists that people look at.

    For the worker's sweep; returns how many activities there were, up to ``limit``.
    """
    over = exists().where(
        Allocation.activity_id == Activity.id,
        Allocation.counted,
        Allocation.leased_until <= clock.now(),
    )
    stale = select(Activity.id).where(over).order_by(Activity.id).limit(limit)
    found = list(session.scalars(stale))
    for activity_id in found:
        lock_activity(session, activity_id)
        reconcile(session, activity_id)
    return len(found)
