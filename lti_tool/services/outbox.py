"""The outbox of scores: sending what is due, trying again, and what the operator sees of it."""

from __future__ import annotations

import secrets
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Lock

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import Forbidden, IllegalTransition, NotFound
from lti_tool.http import Http
from lti_tool.lti.ags import Ags
from lti_tool.lti.tokens import TokenMemory, Tokens
from lti_tool.models.activities import Activity
from lti_tool.models.database import Database
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.participations import Participation
from lti_tool.models.people import User
from lti_tool.models.platforms import Registration
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.secrecy import Secrets
from lti_tool.services import claims
from lti_tool.services.delivery import Delivery, Lane
from lti_tool.services.keys import SigningKeys
from lti_tool.services.scores import PROMISED, lock_key, supersede


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message as the operator lists it."""

    id: uuid.UUID
    platform: str
    activity: str
    subject: str
    """The learner's ``sub``, as the platform knows them; no name leaves for a terminal."""
    points: float
    of: float
    state: OutboxState
    attempts: int
    reason: str
    who_can_fix: str
    http_status: int | None
    detail: str
    promised_at: datetime
    next_attempt_at: datetime | None


def _chance() -> float:
    return secrets.randbelow(1_000_001) / 1_000_000


@dataclass(slots=True)
class _Memory:
    """What this process remembers between two runs; one run at a time."""

    lanes: dict[uuid.UUID, Lane] = field(default_factory=dict)
    tokens: TokenMemory = field(default_factory=TokenMemory)
    running: Lock = field(default_factory=Lock)


@dataclass(frozen=True, slots=True)
class Outbox:
    """Messages that are promised to platforms, and their way there."""

    db: Database
    keys: SigningKeys
    http: Http
    secrets: Secrets
    threads: int = 16
    per_platform: int = 4
    """Sends that one platform may have in flight, over all processes (lti.md 4, row 12)."""
    chance: Callable[[], float] = _chance
    _memory: _Memory = field(default_factory=_Memory, repr=False, compare=False)

    def deliver_due(self, stop: Event | None = None) -> Counter[str]:
        """Send all that is due; return how many messages ended in each state.

        Returns at once if this process is already at it. Raises SQLAlchemy's errors if the
        database fails; nothing is lost by that.
        """
        memory = self._memory
        if not memory.running.acquire(blocking=False):
            return Counter()
        try:
            self.release_expired()
            for lane in memory.lanes.values():
                lane.start_over()
            return Delivery(
                self.db,
                self.ags(),
                memory.lanes,
                self.threads,
                self.per_platform,
                self.chance,
                stop or Event(),
            ).run()
        finally:
            memory.running.release()

    def ags(self) -> Ags:
        """Return the client that speaks to platforms' gradebooks."""
        tokens = Tokens(self.db, self.http, self.secrets, self.keys.current, self._memory.tokens)
        return Ags(self.http, tokens)

    def release_expired(self) -> int:
        """Queue again what a worker had taken when it died; return how many."""
        now = clock.now()
        with self.db.read() as session:
            found = claims.expired(session, now)
        released = 0
        for participation_id, message_id in found:
            with self.db.write() as session:
                released += claims.release(session, participation_id, message_id, now)
        return released

    def retry(self, viewer: Viewer, message_id: uuid.UUID) -> None:
        """Have a score sent now that was refused or waits for its next try.

        Raises NotFound for a message of another course, Forbidden for who does not moderate,
        IllegalTransition if it was sent or a newer one took its place.
        """
        if not viewer.role.moderates:
            raise Forbidden("retry")
        query = (
            select(OutboxMessage)
            .join(Participation, OutboxMessage.participation_id == Participation.id)
            .join(Activity, Participation.activity_id == Activity.id)
            .where(
                OutboxMessage.id == message_id,
                OutboxMessage.registration_id == viewer.registration_id,
                Activity.context_id == viewer.context_id,
            )
        )
        with self.db.write() as session:
            _retry(session, query)

    def retry_message(self, message_id: uuid.UUID) -> None:
        """Do as ``retry``, for the operator: any message of the installation."""
        with self.db.write() as session:
            _retry(session, select(OutboxMessage).where(OutboxMessage.id == message_id))

    def retry_all(self, registration_id: uuid.UUID | None = None) -> int:
        """Queue every refused score again that no newer one replaced; return how many.

        For the operator, after the cause was removed; of one platform or of all.
        """
        query = select(OutboxMessage.id).where(OutboxMessage.state == OutboxState.REFUSED)
        if registration_id is not None:
            query = query.where(OutboxMessage.registration_id == registration_id)
        with self.db.read() as session:
            refused = list(session.scalars(query.order_by(OutboxMessage.created_at)))
        retried = 0
        for message_id in refused:
            try:
                self.retry_message(message_id)
            except (IllegalTransition, NotFound):
                continue
            retried += 1
        return retried

    def listing(self, state: OutboxState | None = None, limit: int = 100) -> list[MessageLine]:
        """Return the newest messages, of one state or of all."""
        query = (
            select(OutboxMessage, Registration.name, Activity.title, User.sub)
            .join(Registration, OutboxMessage.registration_id == Registration.id)
            .join(User, OutboxMessage.user_id == User.id)
            .join(Participation, OutboxMessage.participation_id == Participation.id)
            .join(Activity, Participation.activity_id == Activity.id)
            .order_by(OutboxMessage.created_at.desc())
            .limit(limit)
        )
        if state is not None:
            query = query.where(OutboxMessage.state == state)
        with self.db.read() as session:
            return [_line(*row) for row in session.execute(query)]


def _retry(session: Session, query: Select[OutboxMessage]) -> None:
    """Queue a message now: the waiting one itself, a refused one as a new message.

    The new one has its own three days and its own history; the refused one stays as it was, but
    superseded.
    """
    found = session.scalar(query)
    if found is None:
        raise NotFound("outbox message")
    lock_key(session, found.participation_id)
    message = session.scalars(
        select(OutboxMessage).where(OutboxMessage.id == found.id).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()
    now = clock.now()
    if message.state is OutboxState.QUEUED:
        message.next_attempt_at = now
    elif message.state is OutboxState.REFUSED and not _has_newer(session, message):
        message.state = OutboxState.SUPERSEDED
        supersede(session, message.line_item_id, message.user_id)
        session.add(
            OutboxMessage(
                registration_id=message.registration_id,
                line_item_id=message.line_item_id,
                user_id=message.user_id,
                participation_id=message.participation_id,
                payload=message.payload,
                next_attempt_at=now,
            )
        )
    else:
        raise IllegalTransition("outbox message", message.state, "retry")
    session.info[PROMISED] = True


def _has_newer(session: Session, message: OutboxMessage) -> bool:
    """Return whether a later score of the same key is on its way, was sent or was refused."""
    newer = select(OutboxMessage.id).where(
        OutboxMessage.line_item_id == message.line_item_id,
        OutboxMessage.user_id == message.user_id,
        OutboxMessage.created_at > message.created_at,
        OutboxMessage.state != OutboxState.SUPERSEDED,
    )
    return session.scalars(newer.limit(1)).first() is not None


def _line(message: OutboxMessage, platform: str, activity: str, subject: str) -> MessageLine:
    waits = message.state is OutboxState.QUEUED
    return MessageLine(
        id=message.id,
        platform=platform,
        activity=activity,
        subject=subject,
        points=message.payload["scoreGiven"],
        of=message.payload["scoreMaximum"],
        state=message.state,
        attempts=message.attempts,
        reason=message.reason,
        who_can_fix=message.who_can_fix,
        http_status=message.http_status,
        detail=message.detail,
        promised_at=message.created_at,
        next_attempt_at=message.next_attempt_at if waits else None,
    )
