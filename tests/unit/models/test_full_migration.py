"""Migrations keep what is in a database: up and down over every revision, every table filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import RowMapping, inspect, select, text
from sqlalchemy.exc import IntegrityError

from lti_tool.models import Base, Database, schema
from tests.factories.full import ROWS, fill

Line = dict[str, Any]
Contents = dict[str, list[Line]]

CHAIN = ScriptDirectory.from_config(schema.alembic_config()).walk_revisions()
REVISIONS = [one.revision for one in CHAIN][::-1]
OLD_STEPS = {"submit", "take_back", "hold", "release", "return", "withhold", "undo"}
LOST: dict[tuple[str, str], Callable[[Line], bool]] = {
    ("0004", "launch_sessions"): lambda row: row["kind"] in ("data_privacy", "course"),
    ("0001", "outbox_messages"): lambda row: row["kind"] != "score",
    ("0012", "moderation_decisions"): lambda row: (
        row["step"] not in OLD_STEPS
        or row["participation_id"] is not None
        or None in (row["from_state"], row["to_state"])
    ),
    ("0026", "redactions"): lambda row: row["attachment_id"] is not None,
    ("0016", "line_items"): lambda row: row["resource_link_id"] is None,
    # As this database is filled, these are what was sent to columns of competencies.
    ("0016", "outbox_messages"): lambda row: row["line_item_id"] is not None,
    ("0016", "results"): lambda row: row["points"] is not None,
}
"""Rows that the way down to a revision has to take away: the older version knows no such thing."""
CHANGED = {("0005", "activities", "state")}
"""Columns that the way down to a revision rewrites in the older version's words."""
BY_TRIGGERS = {"figure_changes"}
"""Tables that follow what is written to the others."""


@pytest.fixture
def full(database: Database) -> Database:
    with database.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    fill(database)
    return database


def contents(database: Database) -> Contents:
    """Return every row of every table, as the database tells it."""
    names = set(inspect(database.engine).get_table_names()) - {"alembic_version"} - BY_TRIGGERS
    with database.engine.connect() as connection:
        rows = {
            name: connection.execute(select(text("*")).select_from(text(name))) for name in names
        }
        return {name: ordered(found.mappings()) for name, found in rows.items()}


def ordered(rows: Iterable[Mapping[str, Any] | RowMapping]) -> list[Line]:
    """Return rows in an order that does not depend on the order of columns."""
    return sorted((dict(sorted(dict(row).items())) for row in rows), key=str)


def common(before: Contents, after: Contents, revision: str) -> tuple[Contents, Contents]:
    """Return what both sides must have alike: shared tables, shared columns, rows that may stay."""
    pair: tuple[Contents, Contents] = ({}, {})
    for name in before.keys() & after.keys():
        gone = LOST.get((revision, name))
        kept = [row for row in before[name] if gone is None or not gone(row)]
        columns = {key for row in before[name] for key in row}
        columns &= {key for row in after[name] for key in row}
        columns -= {key for number, table, key in CHANGED if (number, table) == (revision, name)}
        for side, rows in zip(pair, (kept, after[name]), strict=True):
            side[name] = ordered({key: row[key] for key in columns} for row in rows)
    return pair


def test_every_table_is_filled(full: Database) -> None:
    counts = Counter({name: len(rows) for name, rows in contents(full).items()})
    assert counts == dict.fromkeys(Base.metadata.tables.keys() - BY_TRIGGERS, ROWS)


def test_nothing_is_lost_on_the_way_down_and_up_again(full: Database) -> None:
    """Nor checks, indexes, triggers: made anew, a table could lose them, and nothing would fail."""
    before, guarded = contents(full), guards(full)
    for revision in REVISIONS[-2::-1]:
        schema.downgrade(full, revision)
        before = compared(full, before, revision)
    for revision in REVISIONS[1:]:
        schema.upgrade(full, revision)
        before = compared(full, before, "up")
    assert schema.is_current(full)
    assert guards(full) == guarded


def compared(database: Database, before: Contents, revision: str) -> Contents:
    """Return what is there now, which is all that may stay of what was there before."""
    now = contents(database)
    kept, there = common(before, now, revision)
    assert there == kept, revision
    return now


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_migration_that_leaves_rows_without_their_parents_is_rolled_back(
    full: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite does not look at foreign keys while tables are made anew: we do at the end."""
    before = contents(full)

    def orphan(config: Config, _revision: str) -> None:
        config.attributes["connection"].execute(text("DELETE FROM users"))

    monkeypatch.setattr(command, "downgrade", orphan)
    with pytest.raises(schema.SchemaDamaged, match="memberships -> users"):
        schema.downgrade(full, "0001")
    assert contents(full) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_foreign_keys_are_looked_at_again_after_a_migration(full: Database) -> None:
    schema.downgrade(full, REVISIONS[-2])
    schema.upgrade(full)
    with pytest.raises(IntegrityError), full.write() as session:
        session.execute(text("DELETE FROM users"))


def guards(database: Database) -> dict[str, set[str]]:
    """Return names of constraints and indexes of each table, partial ones with their condition.

    And those of all triggers.
    """
    found = inspect(database.engine)
    kinds = ("get_check_constraints", "get_unique_constraints", "get_foreign_keys", "get_indexes")
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if not database.is_sqlite:
        triggers = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with database.engine.connect() as connection:
        names = set(connection.scalars(text(triggers)))
    return {"triggers": names} | {
        table: {
            f"{one['name']} {[f'{key}={value}' for key, value in options(one).items()]}"
            for kind in kinds
            for one in getattr(found, kind)(table)
        }
        for table in found.get_table_names()
    }


def options(one: dict[str, Any]) -> dict[str, object]:
    return {**one.get("options", {}), **one.get("dialect_options", {})}
