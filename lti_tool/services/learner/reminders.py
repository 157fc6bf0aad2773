"""Reminders as a learner finds them in Miroir, whether or not they came by mail, too."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session, joinedload

from lti_tool import clock
from lti_tool.errors import NotFound
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.mail import Nudge
from lti_tool.rules.viewer import Viewer
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.engine.anonymity import unnamed_tutor
from lti_tool.services.engine.wording import shown_name

MOST = 3
"""Of those that were not read; the newest say what counts."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder that waits for a learner; ``by`` is a tutor, named where names are open."""

    id: uuid.UUID
    subject: str
    body: str
    locale: str
    by: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Reminders:
    """The use case of a learner who has read a reminder."""

    db: Database

    def read(self, viewer: Viewer, activity_id: uuid.UUID, nudge_id: uuid.UUID) -> None:
        """Put a reminder away, and all before it; one that is put away already changes nothing.

        Raises NotFound for one that is not the viewer's own.
        """
        with self.db.write() as session:
            find_activity(session, viewer, activity_id)
            mine = (Nudge.activity_id == activity_id, Nudge.user_id == viewer.user_id)
            sent_at = session.scalar(select(Nudge.sent_at).where(Nudge.id == nudge_id, *mine))
            if sent_at is None:
                raise NotFound("reminder")
            session.execute(
                update(Nudge)
                .where(*mine, Nudge.sent_at <= sent_at, Nudge.read_at.is_(None))
                .values(read_at=clock.now())
            )


def is_unread(user_id: ColumnElement[uuid.UUID]) -> ColumnElement[bool]:
    """Tell, in a query with ``Activity``, that a reminder waits for a learner."""
    return exists().where(
        Nudge.activity_id == Activity.id, Nudge.user_id == user_id, Nudge.read_at.is_(None)
    )


def unread(session: Session, activity_id: uuid.UUID, user_id: uuid.UUID) -> tuple[Reminder, ...]:
    """Return the reminders that a learner has not put away, the newest first."""
    activity = session.get_one(Activity, activity_id)
    query = (
        select(Nudge)
        .where(Nudge.activity_id == activity_id, Nudge.user_id == user_id, Nudge.read_at.is_(None))
        .order_by(Nudge.sent_at.desc(), Nudge.id)
        .limit(MOST)
        .options(joinedload(Nudge.sender))
    )
    hidden = activity.anonymity.hides_peers
    return tuple(
        Reminder(
            one.id,
            one.subject,
            one.body,
            one.locale,
            unnamed_tutor() if hidden else shown_name(one.sender.display_name),
            one.sent_at,
        )
        for one in session.scalars(query)
    )
