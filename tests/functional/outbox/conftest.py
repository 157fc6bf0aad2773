"""A real (sandbox) LMS over HTTP, a course of ours that is coupled to it, and an outbox."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from flask import Flask, jsonify
from sqlalchemy import select, update

from lti_tool.http import Http
from lti_tool.lti.signing import make_key, to_pem
from lti_tool.models import Database
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.keys import SigningKey
from lti_tool.models.participations import Participation
from lti_tool.models.people import Context, User
from lti_tool.models.platforms import Registration
from lti_tool.rules.completion import Item, ItemKey, ItemState, Progress, Term
from lti_tool.rules.vocabulary import PlatformFamily
from lti_tool.sandbox import SandboxSettings
from lti_tool.sandbox import create_app as create_sandbox
from lti_tool.sandbox.claims import line_item_url
from lti_tool.sandbox.walker import Walker
from lti_tool.secrecy import Secrets
from lti_tool.services.outbox import scores
from lti_tool.services.outbox.outbox import Outbox
from lti_tool.services.outbox.scores import ScoreState
from lti_tool.services.platforms.keys import SigningKeys
from tests.conftest import SECRET
from tests.factories.world import Person, World, make_world
from tests.support.servers import address_of, listen, running

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCOPES = [AGS + "lineitem.readonly", AGS + "result.readonly", AGS + "score"]


@contextmanager
def served(make: Callable[[str], Flask], host: str) -> Iterator[str]:
    """Serve an application, which is told its own address, and return the address."""
    listening = listen()
    url = address_of(listening, host)
    with running(make(url), listening):
        yield url


def progress(points: float = 60, complete: bool = True) -> Progress:
    """Return a progress that is worth ``points`` of 100."""
    state = ItemState.DONE if complete else ItemState.NEXT
    term = Term(ItemKey.REFLECTION, 100, round(points * 10), 1000)
    return Progress((Item(ItemKey.REFLECTION, state, 1, 1),), (term,))


@dataclass
class Lms:
    """A sandbox LMS that knows our keys, and the course of ours that is in it."""

    walker: Walker
    world: World
    sandbox: Flask
    item_id: str
    pupils: list[Person] = field(default_factory=list)
    participations: list[uuid.UUID] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    """The learners' ids inside the LMS."""

    @property
    def database(self) -> Database:
        return self.world.database

    def promise(self, number: int = 0, points: float = 60, comment: str = "Well done") -> None:
        """Promise a score of one learner, as a use case would."""
        with self.database.write() as session:
            participation = session.get_one(Participation, self.participations[number])
            scores.promise(session, participation, progress(points), comment)

    def switch(self, area: str, fault: str = "", **how: Any) -> None:
        """Break one area of the LMS; with no fault it works again."""
        self.walker.control("switches", {"area": area, "fault": fault, **how})

    def grades(self) -> dict[str, tuple[float, str]]:
        """Return points and comment by ``sub``, as the LMS has them."""
        found = self.walker.control(f"scores?line_item_id={self.item_id}")
        return {score["sub"]: (score["value"], score["comment"]) for score in found}

    def grade(self, number: int = 0) -> tuple[float, str] | None:
        return self.grades().get(self.sub(number))

    def enrol(self, number: int, role: str) -> None:
        """Give a learner another role in the LMS's course; "none" removes them."""
        self.walker.control(f"people/{self.accounts[number]}/role", {"role": role})

    def posts(self) -> list[dict[str, Any]]:
        """Return the LMS's log of scores that were sent to it, with their answers."""
        entries = self.walker.control("log?area=ags")
        return [entry for entry in entries if "/scores" in entry["url"]]

    def line_item(self) -> LineItem:
        """Return our row of the coupled column."""
        with self.database.read() as session:
            registration = self.world.registration_id
            coupled = LineItem.resource_link_id.is_not(None)
            query = select(LineItem).where(LineItem.registration_id == registration, coupled)
            return session.scalars(query).one()

    @property
    def items_url(self) -> str:
        """Where the LMS lists the course's line items."""
        path, mark, query = self.line_item().url.partition("?")
        return path.rpartition("/lineitems/")[0] + "/lineitems" + mark + query

    def column(self, **changes: Any) -> None:
        """Change our row of the coupled column."""
        with self.database.write() as session:
            item = session.get_one(LineItem, self.line_item().id)
            for name, value in changes.items():
                setattr(item, name, value)

    def tell_course(self, scopes: list[str]) -> None:
        """Write down where the course's line items are, as a launch would have told."""
        with self.database.write() as session:
            context = session.get_one(Context, self.world.context_id)
            context.line_items_url, context.line_items_scopes = self.items_url, scopes

    def sub(self, number: int) -> str:
        with self.database.read() as session:
            return session.get_one(User, self.pupils[number].user_id).sub

    def state(self, number: int = 0) -> ScoreState:
        with self.database.read() as session:
            return scores.states_for(session, self.world.activity_id)[self.participations[number]]

    def messages(self) -> list[OutboxMessage]:
        with self.database.read() as session:
            order = (OutboxMessage.created_at, OutboxMessage.score_timestamp, OutboxMessage.id)
            return list(session.scalars(select(OutboxMessage).order_by(*order)))

    def make_due(self, at: datetime) -> None:
        """Let everything that waits be due."""
        with self.database.write() as session:
            session.execute(update(OutboxMessage).values(next_attempt_at=at))


@dataclass
class Stage:
    """What tests build: outboxes on one database, and LMSs."""

    database: Database
    keys: SigningKeys
    stack: ExitStack
    jwks_url: str

    def outbox(self, **options: Any) -> Outbox:
        """Return an outbox as another process would have it."""
        http = Http(allow_local=True)
        self.stack.callback(http.close)
        return Outbox(self.database, self.keys, http, Secrets(SECRET), **options)

    def lms(
        self,
        personality: str = "moodle",
        learners: int = 1,
        client_id: str = "",
        audience_told: bool = True,
    ) -> Lms:
        """Start an LMS with a coupled column and learners who take part in our activity."""
        made: list[Flask] = []

        def make(url: str) -> Flask:
            made.append(create_sandbox(SandboxSettings(url, None, personality, "tests")))
            self.stack.callback(made[0].extensions["sandbox"].store.close)
            return made[0]

        walker = Walker(self.stack.enter_context(served(make, "localhost")))
        tool = self._register(walker, client_id)
        link = {"client_id": tool["client_id"], "line_item": {"label": "R", "scoreMaximum": 10}}
        walker.control("links", link)
        item = made[0].extensions["sandbox"].store.line_items.all()[-1]
        world = make_world(self.database, learners=learners)
        lms = Lms(walker, world, made[0], item.id, world.learners)
        self._couple(lms, tool, personality, line_item_url(made[0].extensions["sandbox"], item))
        if not audience_told:
            with self.database.write() as session:
                registration = session.get_one(Registration, world.registration_id)
                registration.token_audience = None
        return lms

    def _register(self, walker: Walker, client_id: str) -> dict[str, Any]:
        tool = {
            "name": "Miroir",
            "initiate_login_uri": "http://127.0.0.1/lti/login",
            "redirect_uris": ["http://127.0.0.1/lti/launch"],
            "jwks_uri": self.jwks_url,
            "target_link_uri": "http://127.0.0.1/lti/launch",
        }
        made = walker.control("tools", tool | ({"client_id": client_id} if client_id else {}))
        return dict(walker.control(f"tools/{made['client_id']}", {"active": True}))

    def _couple(self, lms: Lms, tool: dict[str, Any], personality: str, column: str) -> None:
        """Write down what registration and launches would have told."""
        count = len(lms.pupils)
        lms.accounts = lms.walker.control("people", {"count": count})["made"]
        subs = {person["id"]: person["sub"] for person in lms.walker.control("people")}
        with self.database.write() as session:
            registration = session.get_one(Registration, lms.world.registration_id)
            registration.family = PlatformFamily(personality)
            registration.client_id = tool["client_id"]
            like = lms.sandbox.extensions["sandbox"].personality
            registration.token_audience = like.authorization_server or None
            registration.token_endpoint = f"{lms.walker.sandbox_url}/lti/token"
            item = session.scalars(
                select(LineItem).where(LineItem.registration_id == registration.id)
            ).one()
            item.url, item.scopes = column, SCOPES
            for person, learner in zip(lms.pupils, lms.accounts, strict=True):
                session.get_one(User, person.user_id).sub = subs[learner]
                participation = Participation(
                    activity_id=lms.world.activity_id,
                    user_id=person.user_id,
                    resource_link_id=lms.world.resource_link_id,
                )
                session.add(participation)
                session.flush()
                lms.participations.append(participation.id)


@pytest.fixture(scope="session")
def private_pem() -> str:
    return to_pem(make_key())


@pytest.fixture
def stage(database: Database, private_pem: str) -> Iterator[Stage]:
    secrets = Secrets(SECRET)
    keys = SigningKeys(database, secrets)
    with database.write() as session:
        session.add(SigningKey(kid="test", private_pem=secrets.encrypt(private_pem)))

    def publish(_url: str) -> Flask:
        app = Flask("keys")
        app.add_url_rule("/jwks", view_func=lambda: jsonify(keys.jwks()))
        return app

    with ExitStack() as stack:
        url = stack.enter_context(served(publish, "127.0.0.1"))
        yield Stage(database, keys, stack, f"{url}/jwks")
