"""The database's schema: migrating it, and telling whether it is up to date."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from lti_tool.models.database import Database

ROOT = Path(__file__).parents[2]


def alembic_config() -> Config:
    """Return Alembic's configuration with the project's migrations."""
    return Config(str(ROOT / "alembic.ini"))


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema up to ``revision``; all in one transaction."""
    config = alembic_config()
    with database.engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to ``revision`` (``base`` is the empty database)."""
    config = alembic_config()
    with database.engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


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
