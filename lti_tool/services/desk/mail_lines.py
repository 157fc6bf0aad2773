"""Which mails of an activity did not arrive, and what a learner's timeline tells of mails."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership, User
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import scope_of
from lti_tool.services.engine.anonymity import is_masked
from lti_tool.services.mailing.letters import KIND, tells_of

LATELY = timedelta(days=30)
MOST = 200
"""Mails in trouble that are looked through; newer ones say more."""


@dataclass(frozen=True, slots=True)
class MailTrouble:
    """A mail to a learner that was refused, or waits after a try that failed."""

    place: uuid.UUID | None
    """Where to look for the learner; None of who has not begun, or whom staff do not know."""
    name: str | None
    """None of whom staff do not know."""
    refused: bool
    reason: str
    who_can_fix: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail of a learner's timeline; ``refused`` with the code of why."""

    at: datetime
    refused: bool
    reason: str
    who_can_fix: str
    by_tutor: bool


@dataclass(frozen=True, slots=True)
class MailTroubles:
    """The use case of staff who ask which mails did not arrive."""

    db: Database

    def lately(self, viewer: Viewer, activity_id: uuid.UUID) -> tuple[MailTrouble, ...]:
        """Return the troubles of the last weeks with mails to learners whom the viewer sees.

        Raises NotFound, and Forbidden for who is no staff.
        """
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            seen = scope_of(session, viewer).holds(User.id)
            here = select(Membership.user_id).where(Membership.context_id == activity.context_id)
            in_trouble = or_(
                OutboxMessage.state == OutboxState.REFUSED,
                (OutboxMessage.state == OutboxState.QUEUED) & (OutboxMessage.attempts > 0),
            )
            query = (
                select(OutboxMessage, User)
                .join(User, OutboxMessage.user_id == User.id)
                .where(
                    OutboxMessage.kind == KIND,
                    OutboxMessage.line_item_id.is_(None),
                    OutboxMessage.registration_id == viewer.registration_id,
                    OutboxMessage.created_at > clock.now() - LATELY,
                    OutboxMessage.user_id.in_(here),
                    in_trouble,
                    seen,
                )
                .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
                .limit(MOST)
            )
            return tuple(
                _trouble(session, activity, message, user)
                for message, user in session.execute(query)
                if tells_of(message, activity.id)
            )


def mails_of(session: Session, way: Participation) -> list[MailLine]:
    """Return the mails to a learner that told of an activity, sent and refused.

    Of whom staff do not know, only those sent since they began: what was refused would tell who
    it is to somebody who saw the same of a name before.
    """
    masked = is_masked(way.activity, way)
    query = select(OutboxMessage).where(
        OutboxMessage.kind == KIND,
        OutboxMessage.line_item_id.is_(None),  # by the index on column and person
        OutboxMessage.user_id == way.user_id,
        OutboxMessage.state.in_((OutboxState.SENT, OutboxState.REFUSED)),
    )
    return [
        MailLine(
            at=message.finished_at,
            refused=message.state is OutboxState.REFUSED,
            reason=message.reason,
            who_can_fix=message.who_can_fix,
            by_tutor=message.payload.get("purpose") == "nudge",
        )
        for message in session.scalars(query)
        if message.finished_at is not None and tells_of(message, way.activity_id)
        if not masked
        or (message.state is OutboxState.SENT and message.created_at >= way.started_at)
    ]


def _trouble(
    session: Session, activity: Activity, message: OutboxMessage, user: User
) -> MailTrouble:
    part = session.scalar(
        select(Participation).where(
            Participation.activity_id == activity.id, Participation.user_id == user.id
        )
    )
    masked = part is not None and is_masked(activity, part)
    return MailTrouble(
        place=part.id if part and not masked else None,
        name=None if masked else user.display_name,
        refused=message.state is OutboxState.REFUSED,
        reason=message.reason,
        who_can_fix=message.who_can_fix,
        at=message.finished_at or message.created_at,
    )
