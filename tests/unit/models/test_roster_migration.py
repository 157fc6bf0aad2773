"""Migration 0003 on a database that is full: nobody is lost, everybody has proven their role."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import MetaData, Table, insert, select
from sqlalchemy.exc import IntegrityError

from lti_tool.models import Database, schema

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def table(database: Database, name: str) -> Table:
    return Table(name, MetaData(), autoload_with=database.engine)


def fill(database: Database) -> None:
    """Write one membership with all that it points to, and a session that points to it."""
    ids = {name: uuid.uuid4() for name in ("r", "d", "c", "u", "m")}
    urls = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), "https://x")
    plain = {"name": "L", "issuer": "i", "client_id": "c", "family": "moodle"}
    texts = dict.fromkeys(("name", "email", "chosen_name", "locale", "chosen_locale"), "")
    rows = {
        "registrations": {
            "id": ids["r"], **plain, **urls, "frame_origins": [], "scopes": [], "created_at": NOW
        },
        "deployments": {
            "id": ids["d"], "registration_id": ids["r"], "deployment_id": "1",
            "state": "approved", "first_seen_at": NOW,
        },
        "contexts": {
            "id": ids["c"], "deployment_id": ids["d"], "lti_id": "2", "title": "", "created_at": NOW
        },
        "users": {
            "id": ids["u"], "registration_id": ids["r"], "sub": "5", **texts, "time_zone": "",
            "created_at": NOW,
        },
        "memberships": {
            "id": ids["m"], "context_id": ids["c"], "user_id": ids["u"], "role": "educator",
            "first_seen_at": NOW, "last_seen_at": NOW,
        },
    }  # fmt: skip
    with database.engine.begin() as connection:
        for name, values in rows.items():
            found = table(database, name)
            kinds = {column.name: str(column.type) for column in found.columns}
            plainly = {
                key: value.hex if isinstance(value, uuid.UUID) and "CHAR" in kinds[key] else value
                for key, value in values.items()
            }
            connection.execute(insert(found).values(plainly))


@pytest.fixture
def full(database: Database) -> Database:
    """Return a database at the revision before, with people in it."""
    schema.downgrade(database, "0002")
    fill(database)
    return database


def test_a_full_database_goes_up_and_down_again(full: Database) -> None:
    schema.upgrade(full, "0003")
    memberships = table(full, "memberships")
    with full.engine.connect() as connection:
        (row,) = connection.execute(select(memberships)).all()
    assert (row.launched_role, row.listed_role, row.listed_in) == ("educator", None, 0)
    assert row.proven_at == row.last_seen_at and row.left_at is None
    schema.downgrade(full, "0002")
    with full.engine.connect() as connection:
        assert len(connection.execute(select(table(full, "memberships"))).all()) == 1
    schema.upgrade(full)


def test_the_database_knows_the_roles(full: Database) -> None:
    schema.upgrade(full, "0003")
    memberships = table(full, "memberships")
    with pytest.raises(IntegrityError), full.engine.begin() as connection:
        connection.execute(memberships.update().values(listed_role="king"))
