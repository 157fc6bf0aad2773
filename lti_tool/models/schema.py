"""The database's schema: migrating it, and telling whether it is up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from lti_tool.models.database import Database

ROOT = Path(__file__).parents[2]


class SchemaDamaged(Exception):
    """A migration would leave rows that refer to nothing; it was rolled back."""


def alembic_config() -> Config:
    """Return Alembic's configuration with the project's migrations."""
    return Config(str(ROOT / "alembic.ini"))


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema up to ``revision``; all in one transaction."""
    with _migrating(database) as config:
        command.upgrade(config, revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to ``revision`` (``base`` is the empty database)."""
    with _migrating(database) as config:
        command.downgrade(config, revision)


@contextmanager
def _migrating(database: Database) -> Iterator[Config]:
    """Open the one transaction of a migration; any exception rolls back all of it.

    SQLite alters a table by making it anew, and to drop the old one would take the rows along that
    refer to it: foreign keys are off meanwhile, and looked at as a whole before the commit
    (sqlite.org/lang_altertable.html, section 7). The switch only works outside a transaction.
    """
    config = alembic_config()
    with database.engine.execution_options(writes=True).connect() as connection:
        if database.is_sqlite:
            _switch_foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                config.attributes["connection"] = connection
                yield config
                if database.is_sqlite:
                    _check_foreign_keys(connection)
        finally:
            if database.is_sqlite:
                _switch_foreign_keys(connection, "ON")


def _switch_foreign_keys(connection: Connection, switch: str) -> None:
    """Go past SQLAlchemy, which would begin a transaction first."""
    connection.connection.cursor().execute(f"PRAGMA foreign_keys={switch}")


def _check_foreign_keys(connection: Connection) -> None:
    """Raise SchemaDamaged if a row refers to one that is not there."""
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if dangling:
        tables = sorted({f"{row[0]} -> {row[2]}" for row in dangling})
        raise SchemaDamaged(f"{len(dangling)} rows would refer to nothing: {', '.join(tables)}")


def current(database: Database) -> str:
    """Return the schema's revision; ``base`` if the database is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or "base"


@cache
def head() -> str | None:
    """Return the newest revision there is."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def is_current(database: Database) -> bool:
    """Return whether no migration is pending."""
    return current(database) == head()
