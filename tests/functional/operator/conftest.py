"""An operator who came in by a link, with a browser without a screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from lti_tool.app import services_of
from lti_tool.sandbox.webpages import Page, read_page
from lti_tool.services.container import Services
from tests.support.forge import Forge
from tests.support.servers import Pair, tool_and_sandbox


@dataclass
class Operator:
    """Reads the console's pages and sends their forms."""

    app: Flask
    client: FlaskClient
    page: Page = None  # type: ignore[assignment]

    @property
    def services(self) -> Services:
        return services_of(self.app)

    def enter(self) -> Operator:
        """Make a link and press its button."""
        link = self.services.console.operators.link()
        self.get(urlsplit(link).path)
        self.send("csrf_token", action="/operator/enter/")
        return self

    def get(self, path: str, **query: str) -> Page:
        """Open an address of the console."""
        return self._keep(self.client.get(path, query_string=query or None, follow_redirects=True))

    def send(self, *names: str, action: str = "", **values: str) -> Page:
        """Fill in and send the form with these fields."""
        form = self.page.form(*names, action=action)
        if form.method == "get":
            return self.get(form.action, **dict(form.filled(values)))
        values = MultiDict(form.filled(values))
        return self._keep(self.client.post(form.action, data=values, follow_redirects=True))

    def _keep(self, answer: TestResponse) -> Page:
        response = SimpleNamespace(
            headers=answer.headers,
            text=answer.text,
            url=answer.request.url,
            status_code=answer.status_code,
        )
        self.page = read_page(response)  # type: ignore[arg-type]
        return self.page


@pytest.fixture
def operator(app: Flask) -> Operator:
    return Operator(app, app.test_client()).enter()


@pytest.fixture
def forge(app: Flask) -> Forge:
    """Return a connected platform with an approved deployment."""
    return Forge(app, app.test_client()).connect()


@pytest.fixture
def pair(database_url: str, tmp_path: Path) -> Iterator[Pair]:
    """Return the tool and a Moodle-like sandbox, both served, not connected yet."""
    with tool_and_sandbox(database_url, tmp_path) as served:
        yield served
