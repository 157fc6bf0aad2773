"""The operator's commands around database and outbox."""

from __future__ import annotations

import uuid

import pytest
from click.testing import Result
from flask import Flask

from lti_tool.models import Database, schema
from lti_tool.models.frameworks import CompetencyFramework
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.container import Services
from tests.factories.world import World, make_world
from tests.unit.services.outbox.test_outbox import add, states


@pytest.fixture
def world(services: Services) -> World:
    return make_world(services.db, learners=2)


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=arguments)


def test_the_list_shows_what_is_stuck_and_why(app: Flask, world: World) -> None:
    assert run(app, "outbox", "list").output == "Nothing.\n"
    refused = add(world, OutboxState.REFUSED)
    add(world, OutboxState.SENT, 1)
    everything, stuck = (run(app, "outbox", "list", *more) for more in ((), ("--state", "refused")))
    assert everything.output.count("Library school") == 2
    assert str(refused) in stuck.output and "not_a_student" in stuck.output
    assert "50 of 100" in stuck.output and stuck.output.count("Library school") == 1


def test_one_or_all_are_retried(app: Flask, world: World) -> None:
    refused = add(world, OutboxState.REFUSED)
    add(world, OutboxState.REFUSED, 1)
    assert run(app, "outbox", "retry", str(refused)).output == "Queued again: 1.\n"
    assert run(app, "outbox", "retry", "--all").output == "Queued again: 1.\n"
    assert sorted(states(world)) == ["queued", "queued", "superseded", "superseded"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Name one message"),
        (["--all", str(uuid.uuid4())], "Name one message"),
        ([str(uuid.uuid4())], "no such message"),
        (["nonsense"], "not a valid UUID"),
    ],
)
def test_a_mistake_is_explained(app: Flask, arguments: list[str], says: str) -> None:
    result = run(app, "outbox", "retry", *arguments)
    assert result.exit_code != 0 and says in result.output


def test_what_was_sent_is_not_resent(app: Flask, world: World) -> None:
    result = run(app, "outbox", "retry", str(add(world, OutboxState.SENT)))
    assert result.exit_code == 1 and "The message is sent" in result.output


def test_the_schema_goes_up_down_and_says_where_it_is(app: Flask, services: Services) -> None:
    head = schema.head()
    assert run(app, "db", "current").output == f"{head}\n"
    assert run(app, "db", "downgrade", "base", "--yes").output == "The database is at base.\n"
    assert run(app, "db", "current").output == "base (a migration is pending)\n"
    assert run(app, "db", "upgrade").output == f"The database is at {head}.\n"
    assert built_in(services.db) > 0


def built_in(database: Database) -> int:
    with database.read() as session:
        return session.query(CompetencyFramework).count()
