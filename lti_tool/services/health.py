"""Whether the installation works: database, migrations, workers, outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from lti_tool import clock
from lti_tool.models import schema
from lti_tool.models.database import Database
from lti_tool.models.grades import OutboxMessage, WorkerHeartbeat
from lti_tool.rules.vocabulary import OutboxState

FRESH = timedelta(seconds=60)
"""A worker that has been silent for longer counts as gone."""
FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OutboxFacts:
    """The outbox in numbers, for monitoring."""

    by_state: dict[OutboxState, int]
    oldest_due: timedelta
    """For how long the message that is due the longest has been due."""


@dataclass(frozen=True, slots=True)
class Health:
    """Signs of life."""

    db: Database

    def failures(self) -> dict[str, str]:
        """Return what keeps this installation from working, by part; empty if all is well.

        Keys: ``database``, ``migrations``, ``worker``.
        """
        try:
            self.db.ping()
            if not schema.is_current(self.db):
                return {"migrations": "pending; run: flask --app wsgi db upgrade"}
            last = self._last_beat()
        except SQLAlchemyError as error:
            return {"database": f"does not answer ({type(error).__name__})"}
        if last is None:
            return {"worker": "none has ever run; run: flask --app wsgi worker"}
        silent = clock.now() - last
        if silent > FRESH:
            return {"worker": f"silent for {int(silent.total_seconds())} seconds"}
        return {}

    def beat(self, worker: str) -> None:
        """Note that a background worker lives; forget those that have been gone for a day."""
        now = clock.now()
        with self.db.write() as session:
            row = session.get(WorkerHeartbeat, worker)
            if row is None:
                session.add(WorkerHeartbeat(name=worker, beat_at=now))
                gone = delete(WorkerHeartbeat).where(WorkerHeartbeat.beat_at < now - FORGOTTEN)
                session.execute(gone)
            else:
                row.beat_at = now

    def leave(self, worker: str) -> None:
        """Forget a worker that stopped on purpose."""
        with self.db.write() as session:
            session.execute(delete(WorkerHeartbeat).where(WorkerHeartbeat.name == worker))

    def outbox(self) -> OutboxFacts:
        """Return the outbox in numbers."""
        now = clock.now()
        with self.db.read() as session:
            by_state = dict.fromkeys(OutboxState, 0)
            counts = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
            for state, count in session.execute(counts):
                by_state[state] = count
            oldest = session.scalar(
                select(func.min(OutboxMessage.next_attempt_at)).where(
                    OutboxMessage.state == OutboxState.QUEUED
                )
            )
        return OutboxFacts(by_state, max(timedelta(0), now - oldest) if oldest else timedelta(0))

    def _last_beat(self) -> datetime | None:
        with self.db.read() as session:
            return session.scalar(select(func.max(WorkerHeartbeat.beat_at)))
