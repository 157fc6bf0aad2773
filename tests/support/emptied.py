"""A PostgreSQL database that tests use one after the other: emptied between them, not made anew.

Making one costs as much as most tests. What a test may have done beyond adding rows is noticed:
then the database is not used again.
"""

from __future__ import annotations

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

MOST_BYTES = 64 * 1024 * 1024
"""A database that has grown beyond this is not worth emptying."""

_CATALOGUE = """
SELECT string_agg(seen, ' ') FROM (
    SELECT count(*) || ':' || coalesce(max(xmin::text::bigint), 0) AS seen FROM pg_class
    UNION ALL SELECT count(*) || ':' || coalesce(max(xmin::text::bigint), 0) FROM pg_attribute
    UNION ALL SELECT count(*) || ':' || coalesce(max(xmin::text::bigint), 0) FROM pg_constraint
    UNION ALL SELECT count(*) || ':' || coalesce(max(xmin::text::bigint), 0) FROM pg_trigger
    UNION ALL SELECT count(*) || ':' || coalesce(max(xmin::text::bigint), 0) FROM pg_proc
) AS catalogue
"""
_TABLES = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename
"""
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class EmptiedDatabase:
    """A copy of the template, which remembers what it looked like when it was new."""

    def __init__(self, server: str, name: str) -> None:
        self.name = name
        with self._connected(server) as connection:
            tables = [row[0] for row in connection.execute(_TABLES)]
            self._catalogue = _one(connection, _CATALOGUE)
            self._filled = [
                table
                for table in tables
                if _one(connection, sql.SQL("SELECT count(*) FROM {}").format(_named(table)))
            ]
            self._content = self._told(connection)
        empty = [_named(table) for table in tables if table not in self._filled]
        # As a replica: neither foreign keys nor the triggers that keep the history whole apply.
        self._clearing = sql.SQL("; ").join(
            [
                sql.SQL("SET session_replication_role = replica"),
                *(sql.SQL("DELETE FROM {}").format(table) for table in empty),
            ]
        )

    def emptied(self, server: str) -> bool:
        """Empty the database; return False if it cannot be used again."""
        with self._connected(server) as connection:
            if _one(connection, _OTHERS) or self._has_changed(connection):
                return False
            connection.execute(self._clearing)
        return True

    def _has_changed(self, connection: psycopg.Connection) -> bool:
        return (
            _one(connection, _CATALOGUE) != self._catalogue
            or self._told(connection) != self._content
            or _one(connection, "SELECT pg_database_size(current_database())") > MOST_BYTES
        )

    def _told(self, connection: psycopg.Connection) -> list[object]:
        """Return how many rows the template's tables have, and when one was written last."""
        query = "SELECT count(*) || ':' || max(xmin::text::bigint) FROM {}"
        return [_one(connection, sql.SQL(query).format(_named(table))) for table in self._filled]

    def _connected(self, server: str) -> psycopg.Connection:
        url = make_url(server).set(database=self.name)
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _named(table: str) -> sql.Identifier:
    return sql.Identifier(table)


def _one(connection: psycopg.Connection, query: str | sql.Composed) -> object:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]
