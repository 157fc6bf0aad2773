"""Signs of life, and what is told when they fail."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import time_machine

from lti_tool import clock
from lti_tool.models import Database, schema
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.health import Health


def test_a_worker_must_have_beaten_within_a_minute(database: Database) -> None:
    health = Health(database)
    assert "none has ever run" in health.failures()["worker"]
    health.beat("one")
    assert health.failures() == {}
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert health.failures() == {"worker": "silent for 61 seconds"}
        health.beat("one")
        assert health.failures() == {}


def test_a_worker_that_leaves_is_missed_at_once(database: Database) -> None:
    health = Health(database)
    health.beat("one")
    health.leave("one")
    assert "worker" in health.failures()


def test_workers_that_are_long_gone_are_forgotten(database: Database) -> None:
    health = Health(database)
    health.beat("old")
    with time_machine.travel(clock.now() + timedelta(days=2)):
        health.beat("new")
        health.leave("new")
        assert "none has ever run" in health.failures()["worker"]


def test_a_pending_migration_is_named(database: Database) -> None:
    schema.downgrade(database, "base")
    assert "db upgrade" in Health(database).failures()["migrations"]


def test_a_database_that_is_away_is_named(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/no/such/folder/file.sqlite")
    assert Health(database).failures() == {"database": "does not answer (OperationalError)"}


def test_an_empty_outbox_has_every_state(database: Database) -> None:
    facts = Health(database).outbox()
    assert facts.by_state == dict.fromkeys(OutboxState, 0)
    assert facts.oldest_due == timedelta(0)
