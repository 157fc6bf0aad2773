"""Counting the statements that a piece of code sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from lti_tool.models import Database


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Collect the statements sent within the ``with`` block."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement != "BEGIN":  # opens a transaction, on PostgreSQL as a statement of its own
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
