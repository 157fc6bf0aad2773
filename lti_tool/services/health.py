"""Whether the installation works: database, migrations, workers, outbox."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

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
class WorkerFacts:
    """What workers say of themselves, for monitoring."""

    step_failures: dict[str, int]
    """How often each step failed, of all workers that are known."""
    failing: tuple[str, ...]
    """Steps that failed when a living worker last tried them."""


@dataclass(frozen=True, slots=True)
class StepLog:
    """How the steps of one worker went; its loops write, its heartbeat reads."""

    _failures: Counter[str] = field(default_factory=Counter)
    _failing: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def note(self, step: str, went_well: bool) -> None:
        """Note one try of a step."""
        with self._lock:
            if went_well:
                self._failing.discard(step)
            else:
                self._failures[step] += 1
                self._failing.add(step)

    def told(self) -> tuple[dict[str, int], list[str]]:
        """Return failures by step since the start, and the steps that fail at present."""
        with self._lock:
            return dict(self._failures), sorted(self._failing)


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

    def beat(self, worker: str, steps: StepLog | None = None) -> None:
        """Note that a background worker lives, and how its steps go.

        Those that have been gone for a day are forgotten.
        """
        now = clock.now()
        failures, failing = steps.told() if steps else ({}, [])
        with self.db.write() as session:
            row = session.get(WorkerHeartbeat, worker)
            if row is None:
                row = WorkerHeartbeat(name=worker, beat_at=now)
                session.add(row)
                gone = delete(WorkerHeartbeat).where(WorkerHeartbeat.beat_at < now - FORGOTTEN)
                session.execute(gone)
            else:
                row.beat_at = now
            row.step_failures, row.failing = failures, failing

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

    def workers(self) -> WorkerFacts:
        """Return what the workers' last signs of life said of their steps."""
        fresh, counts, failing = clock.now() - FRESH, Counter[str](), set[str]()
        with self.db.read() as session:
            for row in session.scalars(select(WorkerHeartbeat)):
                counts.update(row.step_failures)
                if row.beat_at >= fresh:
                    failing.update(row.failing)
        return WorkerFacts(dict(counts), tuple(sorted(failing)))

    def _last_beat(self) -> datetime | None:
        with self.db.read() as session:
            return session.scalar(select(func.max(WorkerHeartbeat.beat_at)))
