"""A course in a sandbox LMS whose list the tool reads, both served over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from lti_tool.models.people import Context, Membership, User
from lti_tool.models.platforms import Registration
from lti_tool.models.roster import RosterSync
from lti_tool.rules.vocabulary import PlatformFamily, Role
from lti_tool.sandbox.webpages import Page
from lti_tool.services.roster.turn import Ending
from tests.support.servers import Pair, tool_and_sandbox


@dataclass
class School:
    """A connected tool, with a link in the first course of the LMS."""

    pair: Pair
    client_id: str
    link_id: str

    def launch(self, who: str) -> Page:
        """Open the activity as somebody of the course."""
        self.pair.walker.be(who)
        return self.pair.walker.launch(self.link_id)

    def control(self, path: str, body: Any = None, method: str = "") -> Any:
        return self.pair.walker.control(path, body, method)

    def enrol(self, who: str, role: str) -> None:
        """Give somebody another role in the LMS's course; "none" removes them."""
        self.control(f"people/{who}/role", {"role": role})

    def context_id(self) -> uuid.UUID:
        with self.pair.services.db.read() as session:
            return session.scalars(select(Context.id)).one()

    def sync(self) -> Ending:
        """Read the whole list now."""
        return self.pair.services.roster.sync(self.context_id())

    def run_due(self) -> dict[str, int]:
        return dict(self.pair.services.roster.run_due())

    def state(self) -> RosterSync:
        with self.pair.services.db.read() as session:
            return session.scalars(select(RosterSync)).one()

    def change(self, **values: Any) -> None:
        """Set fields of the sync's row, for instance to let it be due."""
        with self.pair.services.db.write() as session:
            session.execute(update(RosterSync).values(**values))

    def members(self) -> dict[str, Membership]:
        """Return the memberships by the first word of the person's name, in lower case."""
        with self.pair.services.db.read() as session:
            rows = session.execute(select(User, Membership).join_from(Membership, User)).all()
        return {(user.name or user.sub).split()[0].lower(): found for user, found in rows}

    def count(self) -> int:
        """Return how many memberships there are."""
        with self.pair.services.db.read() as session:
            return session.scalar(select(func.count()).select_from(Membership)) or 0

    def roles(self) -> dict[str, Role]:
        return {name: found.role for name, found in self.members().items()}

    def present(self) -> set[str]:
        """Return who is in the course now."""
        return {name for name, found in self.members().items() if found.left_at is None}

    def requests(self, area: str = "nrps") -> list[dict[str, Any]]:
        """Return what the LMS was asked in an area, oldest first."""
        return list(self.control(f"log?area={area}"))


MakeSchool = Callable[..., School]


@pytest.fixture
def make_school(database_url: str, tmp_path: Path) -> Iterator[MakeSchool]:
    """Return a maker of one school; the personality is its argument."""
    with ExitStack() as stack:

        def make(personality: str = "moodle", **roster: Any) -> School:
            pair = stack.enter_context(tool_and_sandbox(database_url, tmp_path, personality))
            if roster:
                pair.walker.control("roster", roster)
            client_id = _connect(pair, personality)
            link = pair.walker.control("links", {"client_id": client_id, "title": "Reflect"})
            return School(pair, client_id, link["id"])

        yield make


@pytest.fixture
def school(make_school: MakeSchool) -> School:
    """Return a Moodle-like school."""
    return make_school()


def _connect(pair: Pair, personality: str) -> str:
    if personality == "openedx":
        return _add_by_hand(pair)
    client_id = str(pair.connect()["client_id"])
    pair.walker.control(f"tools/{client_id}", {"active": True})
    with pair.services.db.write() as session:
        session.execute(update(Registration).values(family=PlatformFamily(personality)))
    return client_id


def _add_by_hand(pair: Pair) -> str:
    """Register on both sides without dynamic registration."""
    from lti_tool.services.platforms.records import PlatformValues

    made = pair.walker.control(
        "tools",
        {
            "name": "Miroir",
            "initiate_login_uri": f"{pair.tool_url}/lti/login",
            "redirect_uris": [f"{pair.tool_url}/lti/launch"],
            "jwks_uri": f"{pair.tool_url}/lti/jwks",
            "target_link_uri": f"{pair.tool_url}/lti/launch",
        },
    )
    pair.walker.control(f"tools/{made['client_id']}", {"active": True})
    url = pair.sandbox_url
    values = PlatformValues(
        issuer=url,
        client_id=made["client_id"],
        authorization_endpoint=f"{url}/lti/auth",
        token_endpoint=f"{url}/lti/token",
        jwks_uri=f"{url}/lti/jwks",
        token_audience=None,
        family=PlatformFamily.OPENEDX,
    )
    pair.services.platforms.add("Edx", values, [made["deployment_id"]])
    return str(made["client_id"])
