"""Reading back what gradebooks show: every column that scores went to, whole, once a day.

A platform that is slow, down or talks nonsense delays the reading of its own columns only; nothing
waits for what is read here.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from threading import Event

import structlog
from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import PlatformError
from lti_tool.lti.calls import Calls
from lti_tool.lti.results import RESULT_SCOPE, Column
from lti_tool.lti.results import Results as ResultReader
from lti_tool.models.database import Database
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.people import User
from lti_tool.models.platforms import Registration
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.outbox import competency_scores, scores
from lti_tool.services.outbox.columns import columns_of
from lti_tool.services.outbox.shown import keep

AGAIN = timedelta(days=1)
AFTER_FAILURE = timedelta(hours=1)
TAKEN = timedelta(minutes=30)
"""For how long a column is left alone by other workers while one reads it."""
INTEREST = timedelta(days=180)
"""A column to which nothing was sent for longer is not read any more."""
KINDS = (scores.KIND, competency_scores.KIND)
"""Of messages that put a grade into a column."""
COLUMNS = 200
"""Per run; the next run takes more."""
PLATFORMS = 4
"""Read from at the same time."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Results:
    """What the LMS shows; kept for the tutors' pages (``services.outbox.shown``)."""

    db: Database
    calls: Callable[[], Calls]

    def read_due(self, stop: Event | None = None) -> Counter[str]:
        """Read all columns that are due; return how many were ``read``, ``failed``, ``spared``.

        ``spared`` are those of a platform that has just failed. Raises SQLAlchemy's errors if the
        database fails.
        """
        with self.db.write() as session:
            due = _take(session, clock.now())
            columns = columns_of(session, [item_id for _platform, item_id in due])
        stop, reader = stop or Event(), ResultReader(self.calls())
        groups = [
            [(item_id, columns[item_id]) for _platform, item_id in group]
            for _platform, group in groupby(due, lambda pair: pair[0])
        ]
        with ThreadPoolExecutor(PLATFORMS, thread_name_prefix="results") as pool:
            counts = pool.map(lambda group: self._read_platform(reader, group, stop), groups)
            return sum(counts, Counter())

    def _read_platform(
        self, reader: ResultReader, group: list[tuple[uuid.UUID, Column]], stop: Event
    ) -> Counter[str]:
        """Read one platform's columns one after the other; after a failure none of the others."""
        counts: Counter[str] = Counter()
        wait: timedelta | None = None
        for item_id, column in group:
            if stop.is_set():
                wait = timedelta(0)
            if wait is not None:
                self._postpone(item_id, wait)
                counts["spared"] += 1
                continue
            try:
                self._read(reader, item_id, column)
                counts["read"] += 1
            except PlatformError as error:
                asked = getattr(error, "retry_after", None)
                wait = max(asked or AFTER_FAILURE, timedelta(seconds=1))
                self._postpone(item_id, wait)
                counts["failed"] += 1
                log.info(
                    "results_unread",
                    reason=error.reason,
                    status=error.status,
                    line_item_id=str(item_id),
                )
                if not _concerns_all(error):
                    wait = None
        return counts

    def _read(self, reader: ResultReader, item_id: uuid.UUID, column: Column) -> None:
        """Read one column and keep what it shows for those to whom we sent something."""
        started = clock.now()
        with self.db.read() as session:
            unseen = _graded(session, item_id)
        for page in reader.of_column(column):
            found = {unseen.pop(sub): shown for sub, shown in page.items() if sub in unseen}
            with self.db.write() as session:
                keep(session, item_id, found, started)
        rest = iter(unseen.values())
        while some := list(islice(rest, 500)):
            with self.db.write() as session:
                keep(session, item_id, dict.fromkeys(some), started)
        self._postpone(item_id, AGAIN)

    def _postpone(self, item_id: uuid.UUID, wait: timedelta) -> None:
        due = clock.now() + wait
        with self.db.write() as session:
            session.execute(
                update(LineItem).where(LineItem.id == item_id).values(results_due_at=due)
            )


def _take(session: Session, now: datetime) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Take columns whose results are due, in the order of their platforms, and mark them taken."""
    sent = exists().where(
        OutboxMessage.line_item_id == LineItem.id,
        OutboxMessage.kind.in_(KINDS),
        OutboxMessage.state == OutboxState.SENT,
        OutboxMessage.finished_at > now - INTEREST,
    )
    query = (
        select(LineItem)
        .join(Registration, LineItem.registration_id == Registration.id)
        .where(
            or_(LineItem.results_due_at.is_(None), LineItem.results_due_at <= now),
            Registration.disabled_at.is_(None),
            sent,
        )
        .order_by(LineItem.registration_id, LineItem.id)
        .limit(COLUMNS)
        .with_for_update(skip_locked=True, of=LineItem)
    )
    taken = []
    for item in session.scalars(query).all():
        readable = RESULT_SCOPE in item.scopes
        item.results_due_at = now + (TAKEN if readable else AGAIN)
        if readable:
            taken.append((item.registration_id, item.id))
    return taken


def _graded(session: Session, item_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """Return by ``sub`` those to whose grade in a column we sent something."""
    query = (
        select(User.sub, User.id)
        .join(OutboxMessage, OutboxMessage.user_id == User.id)
        .where(
            OutboxMessage.line_item_id == item_id,
            OutboxMessage.kind.in_(KINDS),
            OutboxMessage.state == OutboxState.SENT,
        )
        .distinct()
    )
    return dict(session.execute(query).all())


def _concerns_all(error: PlatformError) -> bool:
    """Return whether a platform's other columns would fare no better now."""
    return error.status not in (403, 404, 410, 500)
