"""The outbox: sending what is due, trying again, and what the operator sees of it."""

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
from lti_tool.lti.calls import Calls
from lti_tool.lti.line_items import LineItems
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
from lti_tool.services.cohort_scope import scope_of
from lti_tool.services.outbox import (
    claims,
    competency_columns,
    competency_scores,
    rating_states,
    renaming,
    scores,
)
from lti_tool.services.outbox.competency_columns import ColumnHandler
from lti_tool.services.outbox.delivery import Delivery, Lane, LaneKey
from lti_tool.services.outbox.handling import Handlers
from lti_tool.services.outbox.messages import PROMISED, about, copy_of, enqueue, has_newer, lock_key
from lti_tool.services.outbox.renaming import RenameHandler
from lti_tool.services.outbox.results import KINDS
from lti_tool.services.outbox.sending_scores import ScoreHandler
from lti_tool.services.outbox.shown import shown_for
from lti_tool.services.platforms.keys import SigningKeys


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message as the operator lists it."""

    id: uuid.UUID
    kind: str
    platform: str
    activity: str
    """Empty where the message is about no learner's participation."""
    subject: str
    """The learner's ``sub``, as the platform knows them; no name leaves for a terminal."""
    points: float | None
    """Of a score, with ``of``."""
    of: float | None
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

    lanes: dict[LaneKey, Lane] = field(default_factory=dict)
    tokens: TokenMemory = field(default_factory=TokenMemory)
    running: Lock = field(default_factory=Lock)


@dataclass(frozen=True, slots=True)
class Outbox:
    """Messages that are promised to platforms, and their way there."""

    db: Database
    keys: SigningKeys
    http: Http
    secrets: Secrets
    per_platform: int = 4
    """Sends that one platform may have in flight, over all processes."""
    platforms: int = 4
    """How many platforms are sent to at once with all that they may have in flight."""
    chance: Callable[[], float] = _chance
    more: Handlers = field(default_factory=dict)
    """Handlers that live in parts above this one, by kind."""
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
                self.handlers(),
                memory.lanes,
                self.platforms * self.per_platform,
                self.per_platform,
                self.chance,
                stop or Event(),
            ).run()
        finally:
            memory.running.release()

    def calls(self) -> Calls:
        """Return what speaks to platforms' services, with the tokens of this process."""
        tokens = Tokens(self.db, self.http, self.secrets, self.keys.current, self._memory.tokens)
        return Calls(self.http, tokens)

    def handlers(self) -> Handlers:
        """Return the handler of each kind of message; a new kind is a row."""
        calls = self.calls()
        return {
            scores.KIND: ScoreHandler(Ags(calls)),
            renaming.KIND: RenameHandler(LineItems(calls)),
            competency_columns.KIND: ColumnHandler(LineItems(calls), competency_scores.column_made),
            competency_scores.KIND: ScoreHandler(Ags(calls), competency_scores.in_words),
            **self.more,
        }

    def release_expired(self) -> int:
        """Queue again what a worker had taken when it died; return how many."""
        now = clock.now()
        with self.db.read() as session:
            found = claims.expired(session, now)
        released = 0
        for message_id, what in found:
            with self.db.write() as session:
                released += claims.release(session, message_id, what, now)
        return released

    def retry(self, viewer: Viewer, message_id: uuid.UUID) -> None:
        """Have a score or a rating sent now: refused, waiting, or sent and changed in the LMS.

        Raises NotFound for another course’s or cohort’s message, Forbidden for who is no moderator,
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
            seen = scope_of(session, viewer).holds(Participation.user_id)
            _retry(session, query.where(seen))

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
            refused = list(
                session.scalars(query.order_by(OutboxMessage.created_at, OutboxMessage.id))
            )
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
            .outerjoin(User, OutboxMessage.user_id == User.id)
            .outerjoin(Participation, OutboxMessage.participation_id == Participation.id)
            .outerjoin(Activity, Participation.activity_id == Activity.id)
            .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
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
    lock_key(session, about(found))
    message = session.scalars(
        select(OutboxMessage).where(OutboxMessage.id == found.id).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()
    if message.state is OutboxState.QUEUED:
        message.next_attempt_at = clock.now()
        session.info[PROMISED] = True
        return
    if has_newer(session, message) or not (
        message.state is OutboxState.REFUSED or _drifted(session, message)
    ):
        raise IllegalTransition("outbox message", message.state, "retry")
    if message.state is OutboxState.REFUSED:
        message.state = OutboxState.SUPERSEDED
    enqueue(session, copy_of(message))


def _drifted(session: Session, message: OutboxMessage) -> bool:
    """Return whether the LMS shows something else than a score that it accepted."""
    if rating_states.drifted(session, message):
        return True
    if message.kind not in KINDS or message.state is not OutboxState.SENT:
        return False
    shown = shown_for(session, [message]).get(message.id)
    return shown is not None and shown.drift.can_resend


def _line(
    message: OutboxMessage, platform: str, activity: str | None, subject: str | None
) -> MessageLine:
    waits = message.state is OutboxState.QUEUED
    return MessageLine(
        id=message.id,
        kind=message.kind,
        platform=platform,
        activity=activity or "",
        subject=subject or "",
        points=message.payload.get("scoreGiven"),
        of=message.payload.get("scoreMaximum"),
        state=message.state,
        attempts=message.attempts,
        reason=message.reason,
        who_can_fix=message.who_can_fix,
        http_status=message.http_status,
        detail=message.detail,
        promised_at=message.created_at,
        next_attempt_at=message.next_attempt_at if waits else None,
    )
