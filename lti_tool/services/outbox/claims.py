"""Taking messages out of the outbox and writing down what became of them.

Functions that run inside a transaction of ``outbox``. A claimed message is SENDING until
its lease ends; its timestamp is chosen and committed before anything is sent, so that a try after
a crash always carries a later one and the LMS keeps the newest.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from lti_tool.lti.families import Outcome, Verdict
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.platforms import Registration
from lti_tool.rules.retry import gives_up, wait_after
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.outbox.messages import About, about, lock_key

LEASE = timedelta(minutes=5)
"""Longer than any send can take: two tokens, a look for the column, two scores and a result."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours to send; plain values, usable outside any transaction."""

    message_id: uuid.UUID
    kind: str
    about: About
    payload: dict[str, Any]
    timestamp: datetime
    attempts: int
    """This one included."""
    promised_at: datetime

    @property
    def registration_id(self) -> uuid.UUID:
        """The platform."""
        return self.about.registration_id


def platforms_with_due(session: Session, kinds: Collection[str], now: datetime) -> set[uuid.UUID]:
    """Return the registrations to which something of these kinds is due."""
    return set(
        session.scalars(
            select(OutboxMessage.registration_id)
            .where(
                OutboxMessage.state == OutboxState.QUEUED,
                OutboxMessage.next_attempt_at <= now,
                OutboxMessage.kind.in_(kinds),
            )
            .distinct()
        )
    )


def claim(
    session: Session,
    registration_id: uuid.UUID,
    kinds: Collection[str],
    room: int,
    mine: int,
    now: datetime,
) -> list[Claim]:
    """Take at most ``room`` due messages to one platform, the longest due first.

    ``kinds`` share its slots. ``mine`` is how many this worker has taken and not recorded yet. If
    more are taken, another worker is at this platform and gets to go on alone: so its limit holds
    over all processes. The platform's row is locked meanwhile, or passed over if another worker is
    claiming; a key with a message in flight is passed over, too: never two of one key.
    """
    platform = session.scalar(
        select(Registration.id)
        .where(Registration.id == registration_id, Registration.disabled_at.is_(None))
        .with_for_update(key_share=True, skip_locked=True)
    )
    if platform is None or room < 1 or _taken(session, registration_id, kinds, now) > mine:
        return []
    due = _due(session, registration_id, kinds, room, now)
    return [_take(message, last, now) for message, last in due]


def give_back(session: Session, unsent: Claim, now: datetime) -> None:
    """Queue a claimed message that was not sent after all, as if it had not been claimed."""
    lock_key(session, unsent.about)
    message = session.scalar(_ours(unsent).with_for_update())
    if message is not None:
        message.leased_until = None
        message.attempts -= 1
        _requeue(session, message, now, now)


def record_sent(
    session: Session, taken: Collection[Claim], verdict: Verdict, now: datetime
) -> set[uuid.UUID]:
    """Write down that claimed messages were accepted; return the ids of those that are still ours.

    One statement for all that ended alike, since nearly all messages do; it puts nothing into the
    queue, so needs no lock.
    """
    ours = [(one.message_id, one.timestamp) for one in taken]
    updated = session.scalars(
        update(OutboxMessage)
        .where(
            OutboxMessage.state == OutboxState.SENDING,
            tuple_(OutboxMessage.id, OutboxMessage.score_timestamp).in_(ours),
        )
        .values(
            state=OutboxState.SENT,
            finished_at=now,
            leased_until=None,
            http_status=verdict.status,
            reason=verdict.reason,
            detail="",
            who_can_fix="",
        )
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return set(updated)


def record(session: Session, taken: Claim, verdict: Verdict, now: datetime, chance: float) -> str:
    """Write down what became of a claimed message; return its state, or "" if it is not ours.

    It is not ours any more if its lease ended and somebody else took it. Apart from sent ones,
    record one message per transaction: it locks the learner's key.
    """
    if verdict.outcome is Outcome.SENT:
        return OutboxState.SENT.value if record_sent(session, [taken], verdict, now) else ""
    lock_key(session, taken.about)
    message = session.scalar(_ours(taken).with_for_update())
    if message is None:
        return ""
    message.leased_until = None
    message.http_status = verdict.status
    message.reason, message.detail = verdict.reason, verdict.detail
    message.who_can_fix = verdict.who.value if verdict.who else ""
    _postpone_or_refuse(session, message, verdict, now, chance)
    return message.state.value


def expired(session: Session, now: datetime) -> list[tuple[uuid.UUID, About]]:
    """Return what is SENDING after its lease, and what it is about: its sender died."""
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.state == OutboxState.SENDING, OutboxMessage.leased_until <= now)
        .limit(200)
    )
    return [(message.id, about(message)) for message in session.scalars(query)]


def release(session: Session, message_id: uuid.UUID, what: About, now: datetime) -> bool:
    """Give back a message whose lease is over; return False if that was no longer so."""
    lock_key(session, what)
    message = session.scalar(
        select(OutboxMessage)
        .where(
            OutboxMessage.id == message_id,
            OutboxMessage.state == OutboxState.SENDING,
            OutboxMessage.leased_until <= now,
        )
        .with_for_update()
    )
    if message is None:
        return False
    message.leased_until = None
    _requeue(session, message, now, now)
    return True


def _still_ours(taken: Claim) -> tuple[ColumnElement[bool], ...]:
    """Tell that a message is still claimed by the claim ``taken``: its timestamp is its token."""
    return (
        OutboxMessage.id == taken.message_id,
        OutboxMessage.state == OutboxState.SENDING,
        OutboxMessage.score_timestamp == taken.timestamp,
    )


def _ours(taken: Claim) -> Select[OutboxMessage]:
    return select(OutboxMessage).where(*_still_ours(taken))


def _taken(
    session: Session, registration_id: uuid.UUID, kinds: Collection[str], now: datetime
) -> int:
    return (
        session.scalar(
            select(func.count()).where(
                OutboxMessage.state == OutboxState.SENDING,
                OutboxMessage.registration_id == registration_id,
                OutboxMessage.leased_until > now,
                OutboxMessage.kind.in_(kinds),
            )
        )
        or 0
    )


def _due(
    session: Session, registration_id: uuid.UUID, kinds: Collection[str], room: int, now: datetime
) -> list[tuple[OutboxMessage, datetime | None]]:
    """Return due messages, each with the last timestamp of its key."""
    other = aliased(OutboxMessage)
    last = (
        select(func.max(other.score_timestamp))
        .where(other.key == OutboxMessage.key)
        .scalar_subquery()
    )
    in_flight = exists().where(other.key == OutboxMessage.key, other.state == OutboxState.SENDING)
    query = (
        select(OutboxMessage, last)
        .where(
            OutboxMessage.state == OutboxState.QUEUED,
            OutboxMessage.registration_id == registration_id,
            OutboxMessage.next_attempt_at <= now,
            OutboxMessage.kind.in_(kinds),
            ~in_flight,
        )
        .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
        .limit(room)
        .with_for_update(skip_locked=True, of=OutboxMessage)
        .execution_options(populate_existing=True)
    )
    return [(message, moment) for message, moment in session.execute(query)]


def _take(message: OutboxMessage, last: datetime | None, now: datetime) -> Claim:
    """Mark a message as being sent; its timestamp is a whole second, later than ``last``."""
    moment = now.replace(microsecond=0)
    message.state = OutboxState.SENDING
    message.leased_until = now + LEASE
    message.attempts += 1
    message.score_timestamp = moment if last is None else max(moment, last + timedelta(seconds=1))
    return Claim(
        message_id=message.id,
        kind=message.kind,
        about=about(message),
        payload=dict(message.payload),
        timestamp=message.score_timestamp,
        attempts=message.attempts,
        promised_at=message.created_at,
    )


def _postpone_or_refuse(
    session: Session, message: OutboxMessage, verdict: Verdict, now: datetime, chance: float
) -> None:
    if verdict.outcome is Outcome.DROPPED:
        _finish(message, OutboxState.SUPERSEDED, now)
        return
    wait = wait_after(message.attempts, chance, verdict.retry_after)
    tried_enough = 0 < verdict.tries <= message.attempts
    too_old = gives_up(now - message.created_at, wait)
    if verdict.outcome is Outcome.LATER and not tried_enough and not too_old:
        _requeue(session, message, now, now + wait)
        return
    if verdict.outcome is Outcome.LATER and too_old:
        message.reason, message.detail = "gave_up", f"{verdict.reason}: {verdict.detail}"[:500]
    _finish(message, OutboxState.REFUSED, now)


def _requeue(session: Session, message: OutboxMessage, now: datetime, due: datetime) -> None:
    """Queue a message again, unless a newer score of its key waits already."""
    newer = session.scalar(
        select(OutboxMessage.id).where(
            OutboxMessage.key == message.key, OutboxMessage.state == OutboxState.QUEUED
        )
    )
    if newer is not None:
        _finish(message, OutboxState.SUPERSEDED, now)
        return
    message.state, message.next_attempt_at = OutboxState.QUEUED, due


def _finish(message: OutboxMessage, state: OutboxState, now: datetime) -> None:
    message.state, message.finished_at = state, now
