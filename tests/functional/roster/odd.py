"""A platform that answers whatever it is told, and a course of ours whose list it has."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, request
from sqlalchemy import select, update

from lti_tool.http import Http
from lti_tool.lti.nrps import MEMBERS_TYPE
from lti_tool.models import Database
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.platforms import Registration
from lti_tool.models.roster import RosterSync
from lti_tool.secrecy import Secrets
from lti_tool.services.platforms.keys import SigningKeys
from lti_tool.services.roster import states
from lti_tool.services.roster.roster import Roster
from lti_tool.services.roster.turn import Ending
from tests.conftest import SECRET
from tests.factories.world import World, make_world

Answer = Callable[[], Response]


@dataclass
class OddPlatform:
    """Answers requests for members with ``answers``, one after the other; the last one stays."""

    answers: list[Answer] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)

    def app(self) -> Flask:
        """Return the platform as an application."""
        app = Flask("odd platform")
        app.add_url_rule("/token", view_func=self._token, methods=["POST"])
        app.add_url_rule("/members", view_func=self._members)
        return app

    def _token(self) -> Response:
        self.tokens.append(f"token-{len(self.tokens)}")
        granted = {"access_token": self.tokens[-1], "token_type": "Bearer", "expires_in": 3600}
        return jsonify(granted)

    def _members(self) -> Response:
        self.asked.append(request.url)
        self.authorizations.append(request.headers.get("Authorization", ""))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer()


def member(sub: str, **values: Any) -> dict[str, Any]:
    """Return a learner as platforms list one."""
    return {"user_id": sub, "roles": ["Learner"], "name": f"Name {sub}", **values}


def listing(*members: Any, link: str = "", **container: Any) -> Answer:
    """Return an answer with these members, and a Link header."""

    def answer() -> Response:
        body = {"id": request.url, "context": {"id": "1"}, "members": list(members), **container}
        response = Response(json.dumps(body), content_type=MEMBERS_TYPE)
        if link:
            base = request.host_url.rstrip("/")
            response.headers["Link"] = link.replace("HOST", base)
        return response

    return answer


def plain(body: str, status: int = 200, **headers: str) -> Answer:
    """Return an answer with this body."""
    return lambda: Response(body, status=status, headers=headers)


def silent(seconds: float) -> Answer:
    """Return an answer that comes late."""

    def answer() -> Response:
        time.sleep(seconds)
        return listing()()

    return answer


@dataclass
class OddCourse:
    """A course with three learners who launched, and its list at the odd platform."""

    platform: OddPlatform
    world: World
    roster: Roster

    @property
    def database(self) -> Database:
        return self.world.database

    def sync(self) -> Ending:
        return self.roster.sync(self.world.context_id)

    def state(self) -> RosterSync:
        with self.database.read() as session:
            return session.get_one(RosterSync, self.world.context_id)

    def subs(self) -> list[str]:
        """Return the learners' subs."""
        with self.database.read() as session:
            ids = [person.user_id for person in self.world.learners]
            return list(session.scalars(select(User.sub).where(User.id.in_(ids))))

    def rows(self) -> list[tuple[Any, ...]]:
        """Return everything that a list can change of people and memberships."""
        columns = (
            User.sub,
            User.name,
            Membership.role,
            Membership.listed_role,
            Membership.left_at,
        )
        query = select(*columns).join_from(Membership, User).order_by(User.sub)
        with self.database.read() as session:
            return [tuple(row) for row in session.execute(query)]


def odd_course(database: Database, keys: SigningKeys, http: Http, url: str) -> OddCourse:
    """Return a course whose list is at ``url``/members."""
    world = make_world(database)
    with database.write() as session:
        session.execute(update(Registration).values(token_endpoint=f"{url}/token"))
        session.execute(update(Context).values(memberships_url=f"{url}/members?type=1"))
        states.expect(session, world.context_id)
    roster = Roster(database, keys, http, Secrets(SECRET), chance=lambda: 0.5)
    return OddCourse(OddPlatform(), world, roster)
