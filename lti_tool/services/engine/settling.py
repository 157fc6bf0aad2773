"""Ending grace windows: what was submitted and not taken back is held or released."""

from __future__ import annotations

import uuid

from sqlalchemy import Exists, Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.engine import completion
from lti_tool.services.learning_records import noting
from lti_tool.services.locking import lock_activity

Work = Reflection | Response
MODELS: tuple[type[Reflection] | type[Response], ...] = (Reflection, Response)


def waits(model: type[Reflection] | type[Response]) -> Exists:
    """Tell whether work waits to be settled; binds ``activity_id`` and ``now``."""
    return exists().where(
        model.activity_id == bindparam("activity_id"),
        model.state == WorkState.SUBMITTED,
        model.visible_at <= bindparam("now"),
    )


# Built once: every page of a learner asks it first.
_IS_DUE = select(or_(waits(Reflection), waits(Response)))


def settle_due(session: Session, activity_id: uuid.UUID | None = None, limit: int = 200) -> int:
    """End the grace windows that are over, of one activity or of all; return how many.

    Each becomes held or released as its activity's moderation mode says, with a line of history,
    and the learners concerned are measured anew.
    """
    found = [row for model in MODELS for row in session.execute(_due(model, activity_id, limit))]
    for activity in sorted({row.activity_id for row in found}):
        lock_activity(session, activity)
    ids = [row.id for row in found]
    # Read again under the lock: another transaction may just have settled or taken back some.
    works = [work for model in MODELS for work in _due_among(session, model, ids)]
    for work in works:
        settle(session, work)
    return len(works)


def settle(session: Session, work: Work) -> None:
    """End the grace window of ``work``, which must be over, and measure its learner anew."""
    activity = session.get_one(Activity, work.activity_id)
    is_reflection = isinstance(work, Reflection)
    mode = activity.reflection_moderation if is_reflection else activity.response_moderation
    session.add(work.settle(mode))
    session.flush()
    concerned = addressee(session, work)
    noting.note_work(session, concerned, work)
    completion.refresh(session, concerned)


def settle_now(db: Database, activity_id: uuid.UUID) -> None:
    """Settle what is due in one activity; takes no write transaction where nothing is."""
    with db.read() as session:
        values = {"activity_id": activity_id, "now": clock.now()}
        if not session.execute(_IS_DUE, values).scalar_one():
            return
    with db.write() as session:
        settle_due(session, activity_id)


def addressee(session: Session, work: Work) -> Participation:
    """Return the author of a reflection, or of the reflection that a response answers."""
    reflection = work if isinstance(work, Reflection) else work.reflection
    return session.get_one(Participation, reflection.participation_id)


def _due(
    model: type[Reflection] | type[Response], activity_id: uuid.UUID | None, limit: int
) -> Select[uuid.UUID, uuid.UUID]:
    query = select(model.id, model.activity_id).where(
        model.state == WorkState.SUBMITTED, model.visible_at <= clock.now()
    )
    if activity_id is not None:
        query = query.where(model.activity_id == activity_id)
    return query.order_by(model.visible_at, model.id).limit(limit)


def _due_among(
    session: Session, model: type[Reflection] | type[Response], ids: list[uuid.UUID]
) -> list[Work]:
    if not ids:
        return []
    query = (
        select(model)
        .where(
            model.id.in_(ids),
            model.state == WorkState.SUBMITTED,
            model.visible_at <= clock.now(),
        )
        .order_by(model.visible_at, model.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))
