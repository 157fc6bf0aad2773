"""Fixtures for all tests: real databases, the services, the application."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as examples
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Playwright, sync_playwright

from config.settings import Settings
from lti_tool import i18n
from lti_tool.app import install, routed_app, services_of
from lti_tool.models import Database
from lti_tool.services.container import Services
from tests.support.databases import POSTGRES_URL, Templates, start_postgres
from tests.support.statements import share_compiled_statements

SECRET = "a secret of the tests, long enough for anybody"
BACKENDS = ("sqlite", "postgresql")
COMPILED_TEMPLATES = "MIROIR_TEST_COMPILED_TEMPLATES"
_server = pytest.StashKey[object]()

# The same examples in every run, however slow the machine: a failure is never a matter of luck.
examples.register_profile(
    "the same everywhere",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
examples.load_profile("the same everywhere")


class CompiledTemplates(FileSystemBytecodeCache):
    """Keeps compiled templates of each language, since they have its words in them."""

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return the key of a template in the language in force."""
        return super().get_cache_key(f"{i18n.current()}/{name}", filename)


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL for all test processes, unless one is given; share compiled templates.

    Each test has an application of its own: compiling its templates anew took half of all time.
    """
    if not hasattr(config, "workerinput") and POSTGRES_URL not in os.environ:
        config.stash[_server] = start_postgres()
    folder = os.environ.setdefault(COMPILED_TEMPLATES, tempfile.mkdtemp(prefix="miroir-templates-"))
    share_compiled_statements()
    Flask.jinja_options = Flask.jinja_options | {"bytecode_cache": CompiledTemplates(folder)}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the PostgreSQL that we started; remove the compiled templates."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(COMPILED_TEMPLATES), ignore_errors=True)
    server = config.stash.get(_server, None)
    if server is not None:
        server.cleanup()  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture(params=BACKENDS)
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, templates: Templates
) -> Iterator[str]:
    """Return the URL of a fresh migrated database; each test runs on SQLite and PostgreSQL."""
    if request.param == "sqlite":
        yield templates.sqlite(tmp_path / "test.sqlite")
    else:
        with templates.postgres() as url:
            yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url,
        secret_key=SECRET,
        base_url="http://127.0.0.1:5000",
        data_dir=tmp_path,
        redis_url=None,
        allow_local_platforms=True,
        proxy_hops=0,
        log_level="WARNING",
    )


@pytest.fixture(scope="session")
def pages() -> Flask:
    """An application without an installation: making its routes is the dearest part of it."""
    app = routed_app()
    app.testing = True
    return app


@pytest.fixture
def app(pages: Flask, settings: Settings) -> Iterator[Flask]:
    install(pages, settings)
    yield pages
    services_of(pages).db.close()


@pytest.fixture
def services(app: Flask) -> Services:
    return services_of(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Drive browsers; one driver per test process, since a second one refuses to start."""
    with sync_playwright() as playwright:
        yield playwright
