"""A browser without a screen for each person of a world."""

from __future__ import annotations

import html
import re
import uuid
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.services.container import Services
from tests.factories.world import Person, World, make_world

CSRF = re.compile(r'name="csrf-token" content="([^"]+)"')
BUTTON = re.compile(r'class="btn btn-primary')


@dataclass
class Tab:
    """A person's tab on one activity."""

    client: FlaskClient
    handle: str
    activity_id: uuid.UUID
    csrf: str = ""

    def url(self, path: str) -> str:
        return f"/s/{self.handle}/activities/{self.activity_id}{path}"

    def get(self, path: str = "") -> str:
        """Return a page, which must be there."""
        answer = self.client.get(self.url(path), follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code)
        return self.read(answer)

    def post(self, path: str, follow: bool = True, **fields: str) -> TestResponse:
        """Send a form as a browser without script does."""
        if not self.csrf:
            self.get()
        return self.client.post(
            self.url(path),
            data={"csrf_token": self.csrf, **fields},
            follow_redirects=follow,
        )

    def save(self, path: str, fields: dict[str, str], version: object) -> TestResponse:
        """Send what the page's script sends."""
        if not self.csrf:
            self.get()
        return self.client.post(
            self.url(path),
            json={"fields": fields, "formats": {}, "version": version},
            headers={"X-CSRF-Token": self.csrf},
        )

    def read(self, answer: TestResponse) -> str:
        """Return the text of a page, entities resolved; notes its CSRF token."""
        found = CSRF.search(answer.text)
        self.csrf = found[1] if found else self.csrf
        return html.unescape(answer.text)


@pytest.fixture
def world(services: Services) -> World:
    return make_world(services.db, learners=2, responses_required=1, grace_minutes=15)


@pytest.fixture
def tab(app: Flask, world: World) -> TabMaker:
    return TabMaker(app, world)


@dataclass
class TabMaker:
    app: Flask
    world: World

    def __call__(self, person: Person, locale: str = "en") -> Tab:
        handle = self.world.handle(person, locale=locale)
        return Tab(self.app.test_client(), handle, self.world.activity_id)
