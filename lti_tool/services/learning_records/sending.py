"""The outbox's handler of learning records: what is claimed together goes as one batch.

A store takes a whole batch or none of it. Where one statement may have spoilt it for the others,
each is sent by itself; so a bad one is refused alone.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import Lock
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import PlatformError, PlatformUnavailable, WhoCanFix
from lti_tool.exports import case, xapi
from lti_tool.exports.xapi import Account, Record
from lti_tool.lti.families import Outcome, Verdict
from lti_tool.models.people import User
from lti_tool.models.platforms import Registration
from lti_tool.models.record_stores import RecordStore
from lti_tool.remote.record_stores import ABOUT_BATCH, ABOUT_STORE, RecordStores, Store
from lti_tool.rules.learning_records import Event, opaque
from lti_tool.secrecy import Secrets
from lti_tool.services.outbox.claims import Claim
from lti_tool.services.outbox.handling import Task

CHANNEL = "records"
PURPOSE = "learning record"
MOST_BYTES = 500_000
"""Of a batch; stores refuse larger bodies, by default from a megabyte on."""
_OPERATOR = WhoCanFix.OPERATOR

Statements = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class RecordHandler:
    """Sends learning records to the store of their platform."""

    stores: RecordStores
    secrets: Secrets
    base_url: str
    channel: str = CHANNEL

    def prepare(self, session: Session, taken: Sequence[Claim]) -> dict[uuid.UUID, Task]:
        """Return the sends; none where no store is set up any more, or the person was erased."""
        found = _stores(session, {one.registration_id for one in taken})
        people = _people(session, {i for one in taken if (i := one.about.user_id)})
        batches: dict[uuid.UUID, Batch] = {}
        tasks: dict[uuid.UUID, Task] = {}
        for one in taken:
            row = found.get(one.registration_id)
            statements = self._statements(one, row, people) if row is not None else []
            if row is None or not statements:
                continue
            try:
                store = self.store(row)
            except ValueError:
                tasks[one.message_id] = unreadable
                continue
            batch = batches.setdefault(one.registration_id, Batch(self.stores, store))
            batch.waiting[one.message_id] = statements
            tasks[one.message_id] = partial(batch.send, one.message_id)
        return tasks

    def learn(self, session: Session, one: Claim, verdict: Verdict, now: datetime) -> None:
        """Learn nothing: a store brings no news."""

    def store(self, row: RecordStore) -> Store:
        """Return how to reach a store; raises ValueError as ``Secrets.decrypt``."""
        password = self.secrets.decrypt(row.password)
        return Store(row.endpoint, row.username, password, row.version)

    def _statements(
        self, one: Claim, row: RecordStore, people: Mapping[uuid.UUID, tuple[str, str]]
    ) -> Statements:
        told = one.payload
        if told["event"] == Event.VOIDED.value:
            return [self._voiding(key, told["at"]) for key in told["ids"]]
        user_id = one.about.user_id
        if user_id is None or user_id not in people:
            return []
        sub, issuer = people[user_id]
        actor = Account(issuer, sub)
        if row.pseudonymous:
            actor = Account(self.base_url, self.pseudonym(user_id))
        record = _record(told, self.base_url)
        return [xapi.statement(record, actor, self.base_url, told["locale"])]

    def pseudonym(self, user_id: uuid.UUID) -> str:
        """Return what a person goes by in records; without our key it leads to nobody."""
        return self.secrets.sign(PURPOSE, user_id.hex)[:32]

    def _voiding(self, statement_id: str, at: str) -> dict[str, Any]:
        new_id = opaque(Event.VOIDED.value, uuid.UUID(statement_id))
        return xapi.voiding(statement_id, str(new_id), self.base_url, at)


@dataclass(slots=True)
class Batch:
    """What was claimed together for one store: the first that is sent takes all along."""

    stores: RecordStores
    store: Store
    waiting: dict[uuid.UUID, Statements] = field(default_factory=dict)
    verdicts: dict[uuid.UUID, Verdict] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def send(self, message_id: uuid.UUID) -> Verdict:
        """Return what became of one message, sent with all others if that was not tried yet."""
        with self.lock:
            if message_id not in self.verdicts:
                self._send_all()
            return self.verdicts[message_id]

    def _send_all(self) -> None:
        for ids in self._parts():
            verdict = self._verdict([one for key in ids for one in self.waiting[key]])
            spoilt = verdict.reason in ABOUT_BATCH and len(ids) > 1
            for key in ids:
                self.verdicts[key] = self._verdict(self.waiting[key]) if spoilt else verdict

    def _parts(self) -> list[list[uuid.UUID]]:
        """Return the messages in parts of at most ``MOST_BYTES``."""
        parts: list[list[uuid.UUID]] = [[]]
        size = 0
        for key, statements in self.waiting.items():
            more = len(json.dumps(statements, ensure_ascii=False).encode())
            if parts[-1] and size + more > MOST_BYTES:
                parts.append([])
                size = 0
            parts[-1].append(key)
            size += more
        return parts

    def _verdict(self, statements: Statements) -> Verdict:
        try:
            self.stores.send(self.store, statements)
        except PlatformError as error:
            return verdict_on(error)
        return Verdict(Outcome.SENT, status=200)


def unreadable() -> Verdict:
    """Return the verdict where the password was encrypted with another installation's key."""
    return Verdict(Outcome.LATER, "records_password", _OPERATOR, platform_down=True)


def verdict_on(error: PlatformError) -> Verdict:
    """Return what a store's refusal means for the message.

    A statement that the store knows already is there: that is success. An account or an address
    that is not right is the operator's to mend, and everything waits for that; a statement that the
    store finds not valid is refused.
    """
    status, detail = error.status, error.body
    if isinstance(error, PlatformUnavailable):
        return Verdict(
            *(Outcome.LATER, error.reason, _OPERATOR),
            status=status,
            detail=detail,
            retry_after=error.retry_after,
            platform_down=status != 500,
        )
    if error.reason == "records_known":
        return Verdict(Outcome.SENT, error.reason, status=status)
    if error.reason in ABOUT_STORE:
        later = Outcome.LATER
        return Verdict(
            later, error.reason, _OPERATOR, status=status, detail=detail, platform_down=True
        )
    return Verdict(Outcome.REFUSED, error.reason, _OPERATOR, status=status, detail=detail)


def _record(told: Mapping[str, Any], base_url: str) -> Record:
    about, competency = told["about"], told["competency"]
    if competency:
        ours = f"{base_url}{case.PATH}/CFItems/{competency['identifier']}"
        about = competency["address"] or ours
    return Record(
        id=told["id"],
        event=Event(told["event"]),
        at=told["at"],
        about=about,
        activity=told["activity"],
        course=told["course"],
        way=told["way"],
        title=told["title"],
        names=competency.get("names", {}),
        numbers=told["numbers"],
    )


def _stores(session: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, RecordStore]:
    query = select(RecordStore).where(RecordStore.registration_id.in_(ids))
    return {row.registration_id: row for row in session.scalars(query)}


def _people(session: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """Return each person's ``sub`` and issuer; not of who was erased."""
    query = (
        select(User.id, User.sub, Registration.issuer)
        .join(Registration, User.registration_id == Registration.id)
        .where(User.id.in_(ids), User.erased_at.is_(None))
    )
    return {key: (sub, issuer) for key, sub, issuer in session.execute(query)}
