"""Whether anything that figures count has changed: triggers note it, whoever counts gathers it.

Each transaction that changes such a row leaves one row in ``figure_changes``, so that no writer
waits for another. Who counts takes them away first and raises the number of their activity or
course: as long as that number stays and no row came, figures of it are what they would be now.
A change that is committed while somebody counts leaves its row behind, and is not missed.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import delete, exists, func, or_, select, text, update
from sqlalchemy.orm import Session

from lti_tool.models.activities import Activity
from lti_tool.models.figures import FigureChange, FigureMark
from lti_tool.models.people import Context


def subjects(
    session: Session, context_id: uuid.UUID, activity_id: uuid.UUID | None
) -> list[uuid.UUID]:
    """Return whose changes matter: the course's members', and an activity's or all of them."""
    if activity_id is not None:
        return [context_id, activity_id]
    within = select(Activity.id).where(Activity.context_id == context_id)
    return [context_id, *session.scalars(within.order_by(Activity.id))]


def unchanged_since(session: Session, concerned: Collection[uuid.UUID]) -> int | None:
    """Return the mark of what is ``concerned``; None if it changed since marks were gathered."""
    number, is_changed = session.execute(
        select(
            select(func.coalesce(func.sum(FigureMark.number), 0))
            .where(FigureMark.subject_id.in_(concerned))
            .scalar_subquery(),
            exists().where(FigureChange.subject_id.in_(concerned)),
        )
    ).one()
    return None if is_changed else int(number)


def is_any_change(session: Session) -> bool:
    """Return whether there is anything to gather."""
    return session.scalar(select(FigureChange.subject_id).limit(1)) is not None


def gather(session: Session, concerned: Collection[uuid.UUID] | None = None) -> int:
    """Take changes away and raise the numbers of what they changed; return their new mark.

    All there are, if nothing is said to be ``concerned``. Who gathers takes turns.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(text("LOCK TABLE figure_marks IN SHARE ROW EXCLUSIVE MODE"))
    taken = delete(FigureChange).returning(FigureChange.subject_id)
    if concerned is not None:
        taken = taken.where(FigureChange.subject_id.in_(concerned))
    changed = set(session.scalars(taken.execution_options(synchronize_session=False)))
    if changed:
        _raise(session, changed)
    if concerned is None:
        return len(changed)
    total = select(func.coalesce(func.sum(FigureMark.number), 0))
    return int(session.scalar(total.where(FigureMark.subject_id.in_(concerned))) or 0)


def drop_gone(session: Session) -> None:
    """Forget the numbers of activities and courses that are there no more."""
    is_there = or_(
        exists().where(Activity.id == FigureMark.subject_id),
        exists().where(Context.id == FigureMark.subject_id),
    )
    gone = delete(FigureMark).where(~is_there)
    session.execute(gone.execution_options(synchronize_session=False))


def _raise(session: Session, changed: Collection[uuid.UUID]) -> None:
    """Count the numbers of what changed up by one."""
    rows = FigureMark.subject_id.in_(changed)
    known = set(session.scalars(select(FigureMark.subject_id).where(rows)))
    if known:
        session.execute(
            update(FigureMark)
            .where(rows)
            .values(number=FigureMark.number + 1)
            .execution_options(synchronize_session=False)
        )
    session.add_all(FigureMark(subject_id=one, number=1) for one in changed if one not in known)
    session.flush()
