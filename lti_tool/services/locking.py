"""One writer at a time within an activity, where more than one row decides together."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lti_tool.models.activities import Activity
from lti_tool.models.participations import Participation
from lti_tool.models.people import Context, User


def lock_activity(session: Session, activity_id: uuid.UUID) -> None:
    """Wait until no other transaction works on this activity's allocation, states or completion.

    Take it first in a use case: everything read after it is up to date. On PostgreSQL it is a row
    lock that does not stand in the way of rows that refer to the activity; on SQLite a writing
    transaction is alone anyway.
    """
    session.execute(
        select(Activity.id).where(Activity.id == activity_id).with_for_update(key_share=True)
    )


def lock_participation(session: Session, participation_id: uuid.UUID) -> None:
    """Wait until no other transaction writes this learner's work: another tab, for instance.

    Where the activity is locked as well, it is locked first.
    """
    session.execute(
        select(Participation.id)
        .where(Participation.id == participation_id)
        .with_for_update(key_share=True)
    )


def lock_context(session: Session, context_id: uuid.UUID | None) -> None:
    """Wait until no other transaction changes who is in which cohort of this course."""
    session.execute(
        select(Context.id).where(Context.id == context_id).with_for_update(key_share=True)
    )


def lock_person(session: Session, user_id: uuid.UUID) -> None:
    """Wait until nobody writes what is this person's, and let nobody begin: before an erasure.

    After the activities that are locked as well, before every other row of theirs: all others hold
    the person (``hold_person``, ``hold_people``) before they write such a row.
    """
    session.execute(select(User.id).where(User.id == user_id).with_for_update())


def hold_person(session: Session, user_id: uuid.UUID) -> bool:
    """Let nobody erase a person until this transaction is over; return whether they are here.

    It stands in the way of nothing else. Take it before memberships and groups of theirs are
    written; what is pending in the session is not flushed by it.
    """
    query = select(User.erased_at).where(User.id == user_id)
    with session.no_autoflush:
        found = session.execute(query.with_for_update(read=True, key_share=True)).first()
    return found is not None and found.erased_at is None


def hold_people(session: Session, which: ColumnElement[bool]) -> set[uuid.UUID]:
    """Hold people, in the order in which everybody does; return those who are not erased."""
    query = select(User.id, User.erased_at).where(which).order_by(User.id)
    found = session.execute(query.with_for_update(read=True, key_share=True))
    return {row.id for row in found if row.erased_at is None}
