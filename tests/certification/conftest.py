"""One tool connected to one sandbox LMS, shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from lti_tool.models.launches import LaunchSession
from lti_tool.rules.viewer import Viewer
from lti_tool.sandbox.webpages import Page
from tests.support.backends import BACKENDS, shared_database
from tests.support.databases import Templates
from tests.support.servers import Pair, handle_of, tool_and_sandbox


@dataclass
class Suite:
    """The certification suite's platform in front of the tool."""

    pair: Pair
    client_id: str
    link_id: str

    def launch(self, who: str = "amina") -> Page:
        """Launch the link as somebody of the course."""
        self.pair.walker.be(who)
        return self.pair.walker.launch(self.link_id)

    def viewer(self, page: Page) -> Viewer:
        """Return the person of the session that a launch opened."""
        return self.pair.services.launches.viewer(handle_of(page))

    def sessions(self) -> int:
        """Return how many sessions there are."""
        with self.pair.services.db.read() as session:
            return session.scalar(select(func.count()).select_from(LaunchSession)) or 0


@pytest.fixture(scope="module", params=BACKENDS)
def suite(
    request: pytest.FixtureRequest, templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Suite]:
    """Return the connected pair."""
    folder = tmp_path_factory.mktemp("certification")
    with (
        shared_database(request.param, templates, folder) as url,
        tool_and_sandbox(url, folder) as pair,
    ):
        client_id = pair.connect()["client_id"]
        link = pair.walker.control("links", {"client_id": client_id, "title": "Reflect"})
        yield Suite(pair, client_id, link["id"])
