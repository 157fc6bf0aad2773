"""The outbox as the console shows it: numbers and reasons, no person and no text of anybody."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from lti_tool.errors import IllegalTransition, NotFound
from lti_tool.models.database import Database
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.platforms import Registration
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.outbox.outbox import Outbox

RETRIED_AT_ONCE = 500
"""A person waits for the page; what is left is told, and another press does the next ones."""
SHOWN = (OutboxState.REFUSED, OutboxState.QUEUED, OutboxState.SENDING, OutboxState.SENT)
PAGE = 50


@dataclass(frozen=True, slots=True)
class OutboxGroup:
    """Messages of one platform and kind that are in one state for one reason."""

    registration_id: uuid.UUID
    platform: str
    kind: str
    state: OutboxState
    reason: str
    """Empty for what was never tried, and for what was sent."""
    who_can_fix: str
    count: int
    oldest_at: datetime
    newest_at: datetime


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """One message, as far as an operator needs it to find it elsewhere."""

    id: uuid.UUID
    platform: str
    kind: str
    state: OutboxState
    reason: str
    who_can_fix: str
    http_status: int | None
    attempts: int
    promised_at: datetime
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class Retried:
    """How many messages were queued again, and how many of the same kind are left."""

    queued: int
    left: int


@dataclass(frozen=True, slots=True)
class OperatorOutbox:
    """Reads the outbox by platform and reason; ``outbox`` sends."""

    db: Database
    outbox: Outbox

    def groups(
        self, registration_id: uuid.UUID | None = None, state: OutboxState | None = None
    ) -> list[OutboxGroup]:
        """Return platforms' messages by kind, state and reason; refused first, then by number.

        Only those of one platform, or in one state, if that is given.
        """
        keys = (
            OutboxMessage.registration_id,
            Registration.name,
            OutboxMessage.kind,
            OutboxMessage.state,
            OutboxMessage.reason,
            OutboxMessage.who_can_fix,
        )
        times = OutboxMessage.created_at
        query = (
            select(*keys, func.count(), func.min(times), func.max(times))
            .join(Registration, OutboxMessage.registration_id == Registration.id)
            .where(OutboxMessage.state.in_(SHOWN))
            .group_by(*keys)
        )
        if registration_id is not None:
            query = query.where(OutboxMessage.registration_id == registration_id)
        if state is not None:
            query = query.where(OutboxMessage.state == state)
        with self.db.read() as session:
            groups = [OutboxGroup(*row) for row in session.execute(query)]
        return sorted(groups, key=lambda one: (SHOWN.index(one.state), -one.count, one.platform))

    def messages(
        self, registration_id: uuid.UUID, state: OutboxState, reason: str, kind: str = ""
    ) -> list[OutboxLine]:
        """Return the newest messages of a group, ``PAGE`` at most; of every kind without one."""
        query = (
            select(OutboxMessage, Registration.name)
            .join(Registration, OutboxMessage.registration_id == Registration.id)
            .where(
                OutboxMessage.registration_id == registration_id,
                OutboxMessage.state == state,
                OutboxMessage.reason == reason,
                *_of_kind(kind),
            )
            .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
            .limit(PAGE)
        )
        with self.db.read() as session:
            return [_line(message, name) for message, name in session.execute(query)]

    def refused(self) -> int:
        """Return how many messages stand refused."""
        query = select(func.count()).where(OutboxMessage.state == OutboxState.REFUSED)
        with self.db.read() as session:
            return session.scalar(query) or 0

    def retry(self, message_id: uuid.UUID) -> None:
        """Queue one message again; raises NotFound, IllegalTransition."""
        self.outbox.retry_message(message_id)

    def retry_reason(self, registration_id: uuid.UUID, reason: str, kind: str = "") -> Retried:
        """Queue again what a platform refused for one reason, the oldest first, some at a time."""
        query = select(OutboxMessage.id).where(
            OutboxMessage.registration_id == registration_id,
            OutboxMessage.state == OutboxState.REFUSED,
            OutboxMessage.reason == reason,
            *_of_kind(kind),
        )
        with self.db.read() as session:
            refused = list(
                session.scalars(query.order_by(OutboxMessage.created_at, OutboxMessage.id))
            )
        queued = 0
        for message_id in refused[:RETRIED_AT_ONCE]:
            try:
                self.outbox.retry_message(message_id)
            except (IllegalTransition, NotFound):
                continue
            queued += 1
        return Retried(queued, len(refused[RETRIED_AT_ONCE:]))


def _of_kind(kind: str) -> tuple[ColumnElement[bool], ...]:
    return (OutboxMessage.kind == kind,) if kind else ()


def _line(message: OutboxMessage, platform: str) -> OutboxLine:
    waits = message.state is OutboxState.QUEUED
    return OutboxLine(
        id=message.id,
        platform=platform,
        kind=message.kind,
        state=message.state,
        reason=message.reason,
        who_can_fix=message.who_can_fix,
        http_status=message.http_status,
        attempts=message.attempts,
        promised_at=message.created_at,
        next_attempt_at=message.next_attempt_at if waits else None,
    )
