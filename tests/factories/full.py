"""Rows in every table there is, made from the models alone: a new table is filled by itself."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Connection, Enum, Table, Uuid, insert

from lti_tool.models import Base, Database
from lti_tool.models.base import UtcDateTime

ROWS = 8
"""In each table; enough for every value of every vocabulary to stand in one of them."""
MOMENT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SPECIAL: dict[str, Any] = {
    "activities.weight_reflection": lambda _row: 40,
    "activities.weight_responses": lambda _row: 30,
    "activities.weight_helpfulness": lambda _row: 20,
    "activities.weight_next_step": lambda _row: 10,
    "prompts.min_words": lambda _row: 0,
    "prompts.max_words": lambda _row: 100,
    "outbox_messages.kind": lambda row: "score" if row % 2 == 0 else "another",
}
"""Where constraints tie columns together: a value."""
SUBJECTS = (
    "reflection_id",
    "response_id",
    "participation_id",
    "activity_id",
    "resource_link_id",
)
"""Of which a row has just one, in tables with a check called ``one_subject``."""

Ids = dict[str, list[dict[str, Any]]]


def fill(database: Database) -> None:
    """Put ``ROWS`` rows into every table; what may be empty is filled in every second row."""
    made: Ids = {}
    with database.engine.execution_options(writes=True).begin() as connection:
        for table in Base.metadata.sorted_tables:
            made[table.name] = _fill(connection, table, made)


def _fill(connection: Connection, table: Table, made: Ids) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number in range(ROWS):
        row = {
            column.name: _value(column, number, {**made, table.name: rows}) for column in table.c
        }
        connection.execute(insert(table), row)
        rows.append(row)
    return rows


def _value(column: Column[Any], row: int, made: Ids) -> Any:
    if special := SPECIAL.get(str(column)):
        return special(row)
    if not _is_filled(column, row):
        return None
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column
        there = made[target.table.name]
        # A table that refers to itself: the first row has nothing to refer to.
        return there[min(row, len(there) - 1)][target.name] if there else None
    return _plain(column, row)


def _is_filled(column: Column[Any], row: int) -> bool:
    """Tell whether the row has a value: always, in every second row, or in turn with others."""
    if not column.nullable:
        return True
    checks = [one for one in column.table.constraints if isinstance(one, CheckConstraint)]
    for check in checks:
        tied = [name for name in SUBJECTS if name in str(check.sqltext)]
        if str(check.name).endswith("one_subject") and column.name in tied:
            return row % len(tied) == tied.index(column.name)
    return row % 2 == 0


def _plain(column: Column[Any], row: int) -> Any:
    kind = column.type
    if isinstance(kind, Enum):
        return kind.enum_class(kind.enums[row % len(kind.enums)]) if kind.enum_class else None
    if isinstance(kind, Uuid):
        return uuid.uuid4()
    if isinstance(kind, JSON):
        return {"kept": f"{column} {row}"}
    if isinstance(kind, UtcDateTime):
        return MOMENT
    made = {str: f"{column} {row}", int: row % 4 + 1, float: row / 2, bool: row % 2 == 0}
    return {**made, date: MOMENT.date(), bytes: b"kept"}[kind.python_type]
