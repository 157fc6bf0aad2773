"""Migrations are numbered and linear, and lead both databases to just what the models say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from lti_tool.models import Base, Database, schema
from tests.support.databases import Templates, empty_postgres

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
        yield database
        database.close()
    else:
        with empty_postgres() as url:
            database = Database(url)
            yield database
            database.close()


def revisions() -> list[str]:
    scripts = ScriptDirectory.from_config(schema.alembic_config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


def test_revisions_are_numbered_without_gaps_or_branches() -> None:
    assert revisions() == [f"{number:04}" for number in range(1, len(revisions()) + 1)]
    names = sorted(file.name for file in VERSIONS.glob("*.py"))
    assert [re.match(r"(\d{4})_\w+\.py$", name)[1] for name in names] == revisions()


def test_migrations_lead_to_the_models(empty: Database) -> None:
    schema.upgrade(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_each_migration_goes_up_and_down(empty: Database) -> None:
    for revision in revisions():
        schema.upgrade(empty, revision)
    for revision in [*revisions()[:-1][::-1], "base"]:
        schema.downgrade(empty, revision)
    assert inspect(empty.engine).get_table_names() == ["alembic_version"]
    schema.upgrade(empty)
    assert schema.is_current(empty)


def test_a_pending_migration_is_noticed(empty: Database) -> None:
    assert not schema.is_current(empty)


def test_templates_are_migrated(templates: Templates, tmp_path: Path) -> None:
    database = Database(templates.sqlite(tmp_path / "copy.sqlite"))
    assert schema.is_current(database)
    database.close()
