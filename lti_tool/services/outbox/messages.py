"""The outbox from within: putting a message in, taking one out, one key at a time (DESIGN 6).

At most one message of a key is queued; a newer one supersedes it. While one is being sent, the
newer one waits queued. What a message says is its kind's affair; here all are alike.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.participations import Participation
from lti_tool.models.people import User
from lti_tool.models.platforms import Registration
from lti_tool.rules.vocabulary import OutboxState

PROMISED = "message promised"
"""Set in ``session.info`` by a transaction that promised something: then the worker is woken."""


def enqueue(session: Session, message: OutboxMessage) -> None:
    """Put ``message`` into the queue, in the transaction that causes it.

    It takes the place of a queued message of its key; it becomes visible to the worker when the
    transaction commits, or not at all. Call ``lock_key`` first.
    """
    supersede(session, message.key)
    message.next_attempt_at = clock.now()
    session.add(message)
    session.flush()
    session.info[PROMISED] = True


def copy_of(message: OutboxMessage) -> OutboxMessage:
    """Return a new message that says the same."""
    return OutboxMessage(
        kind=message.kind,
        key=message.key,
        registration_id=message.registration_id,
        line_item_id=message.line_item_id,
        user_id=message.user_id,
        participation_id=message.participation_id,
        payload=message.payload,
    )


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about, as far as it applies."""

    registration_id: uuid.UUID
    participation_id: uuid.UUID | None = None
    line_item_id: uuid.UUID | None = None
    user_id: uuid.UUID | None = None


def about(message: OutboxMessage) -> About:
    """Return what ``message`` is about."""
    return About(
        message.registration_id, message.participation_id, message.line_item_id, message.user_id
    )


def lock_key(session: Session, what: About) -> None:
    """Let nobody else queue or requeue a message about the same before we commit.

    Taken before any message is touched, in every transaction, so that none waits in a circle. It
    locks the row of the first thing that the message is about; a lock per message would be too
    many where a changed activity promises a score to each of ten thousand learners.
    """
    for model, key in (
        (Participation, what.participation_id),
        (LineItem, what.line_item_id),
        (User, what.user_id),
        (Registration, what.registration_id),
    ):
        if key is not None:
            row = model.__table__.c.id
            session.execute(select(row).where(row == key).with_for_update(key_share=True))
            return


def supersede(session: Session, key: str) -> None:
    """Take the queued message of a key out of the queue; one that is being sent goes on."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.key == key, OutboxMessage.state == OutboxState.QUEUED)
        .values(state=OutboxState.SUPERSEDED, finished_at=clock.now())
    )


def last_payload(session: Session, key: str) -> dict[str, Any] | None:
    """Return what was promised last under a key and was not taken back; None if nothing was."""
    return session.scalar(
        select(OutboxMessage.payload)
        .where(OutboxMessage.key == key, OutboxMessage.state != OutboxState.SUPERSEDED)
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
        .limit(1)
    )


def has_newer(session: Session, message: OutboxMessage) -> bool:
    """Return whether a later message of the same key is on its way, was sent or was refused."""
    newer = select(OutboxMessage.id).where(
        OutboxMessage.key == message.key,
        OutboxMessage.created_at > message.created_at,
        OutboxMessage.state != OutboxState.SUPERSEDED,
    )
    return session.scalars(newer.limit(1)).first() is not None
