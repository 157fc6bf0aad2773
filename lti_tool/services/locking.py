"""One writer at a time within an activity, where more than one row decides together."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.activities import Activity
from lti_tool.models.participations import Participation
from lti_tool.models.people import Context


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
