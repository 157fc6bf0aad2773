"""The one way to the database: short read and write transactions on SQLite or PostgreSQL."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from lti_tool.models.turns import Turns

PING_AFTER_SECONDS = 1.0
BUSY_TIMEOUT_MS = 15_000
"""How long SQLite waits for a writer of another process."""
TURN_SECONDS = 30.0
"""How long a writer waits for those of its own process, where they write one after the other."""


def _prepare_sqlite(engine: Engine) -> None:
    """Make SQLite a good server: WAL, foreign keys, and transactions that we begin ourselves."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # A writer takes the lock at once: upgrading a read lock later fails under concurrency.
        options = connection.get_execution_options()
        if options.get("writes", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif not options.get("alone", False):
            # Locks nothing yet and cannot fail: not worth SQLAlchemy's way to the driver.
            connection.connection.cursor().execute("BEGIN")


def _prepare_server(engine: Engine) -> None:
    """Begin transactions ourselves; ask a connection whether it is alive only if it has rested."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.autocommit = True

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("alone", False):
            connection.exec_driver_sql("BEGIN")

    @event.listens_for(engine, "checkin")
    def on_checkin(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def on_checkout(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get("used_at", math.inf) < PING_AFTER_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool tries again with a new connection


class Database:
    """Opens transactions on one database.

    ``url`` is an SQLAlchemy URL (``sqlite:///file`` or ``postgresql+psycopg://…``; a plain
    ``postgresql://`` is read as psycopg 3).
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        # A failed statement is logged; what people wrote does not belong there.
        options: dict[str, Any] = {"hide_parameters": True}
        if parsed.get_backend_name() == "postgresql":
            options |= {"pool_size": 10, "max_overflow": 10}
        self.url = parsed
        self.engine = create_engine(parsed, **options)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            _prepare_sqlite(self.engine)
        else:
            _prepare_server(self.engine)
        self._alone = self.engine.execution_options(alone=True)
        self._readers = sessionmaker(self.engine, expire_on_commit=False)
        self._writing = self.engine.execution_options(writes=True)
        self._writers = sessionmaker(self._writing, expire_on_commit=False)
        self._turns = Turns(TURN_SECONDS) if self.is_sqlite else None
        self._calls: list[tuple[str, Callable[[], None]]] = []

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that only reads; what was changed in it is not written."""
        with self._readers() as session:
            yield session
            session.expunge_all()
            # Not a rollback: psycopg forgets its prepared statements with it, and planning one
            # again costs more than running it.
            session.commit()

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """Read columns, not objects, each statement for itself: a third of the price of ``read``.

        There is no transaction, so nothing to begin and to end at the server.
        """
        with self._alone.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction that commits at the end, or rolls back whole on any exception.

        On SQLite the writers of a process take turns; one within another is a RuntimeError there,
        since it would wait for itself, and ``turns.NoTurn`` is raised if the turn does not come.
        """
        with self._turn(), self._writers.begin() as session:
            yield session
        for mark, call in self._calls:
            if session.info.pop(mark, False):
                call()

    @contextmanager
    def note(self) -> Iterator[Connection]:
        """Open a transaction that writes rows, not objects: half the price of ``write``.

        It takes its turn like ``write``, and has no marks.
        """
        with self._turn(), self._writing.begin() as connection:
            yield connection

    def _turn(self) -> AbstractContextManager[None]:
        return self._turns.taken() if self._turns else nullcontext()

    def after_commit(self, mark: str, call: Callable[[], None]) -> None:
        """Have ``call`` called after each commit of a transaction that set ``mark``.

        A transaction sets a mark by ``session.info[mark] = True``; what was rolled back calls
        nothing. Nobody waits for ``call``, so it may take a moment. It must not raise: the commit
        has already happened.
        """
        self._calls.append((mark, call))

    def ping(self) -> None:
        """Raise SQLAlchemy's error if the database does not answer."""
        with self.read() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()
