"""A forged platform for tests of single launches, a sandbox LMS for tests of whole ways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.backends import shared_database
from tests.support.databases import Templates
from tests.support.forge import Forge
from tests.support.servers import Pair, tool_and_sandbox


@pytest.fixture
def forge(app: Flask) -> Forge:
    """Return a connected platform with an approved deployment."""
    return Forge(app, app.test_client()).connect()


# PostgreSQL alone: it refuses more of what hostile texts hold (NUL, half characters) than SQLite.
@pytest.fixture(scope="module", params=["postgresql"])
def shared_url(
    request: pytest.FixtureRequest, templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Return a database that the module's tests share."""
    folder = tmp_path_factory.mktemp("shared")
    with shared_database(request.param, templates, folder) as url:
        yield url


@pytest.fixture(scope="module")
def shared(shared_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    """Return a connected platform that the module's tests share."""
    from config.settings import Settings
    from lti_tool.app import create_app, services_of

    app = create_app(
        Settings(
            database_url=shared_url,
            secret_key="a secret of the tests, long enough for anybody",
            base_url="http://127.0.0.1:5000",
            data_dir=tmp_path_factory.mktemp("data"),
            redis_url=None,
            allow_local_platforms=True,
            proxy_hops=0,
            log_level="WARNING",
        )
    )
    yield Forge(app, app.test_client()).connect()
    services_of(app).db.close()


@pytest.fixture
def pair(database_url: str, tmp_path: Path) -> Iterator[Pair]:
    """Return the tool and a Moodle-like sandbox, both served, not connected yet."""
    with tool_and_sandbox(database_url, tmp_path) as served:
        yield served
