"""A learner shows somebody outside what they can do: by a link, for as long as they want."""

from __future__ import annotations

import html
import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lti_tool import clock
from lti_tool.models import Base, Database
from lti_tool.models.activities import Activity
from lti_tool.models.participations import FollowUp
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.models.reflections import Reflection
from lti_tool.models.sharing import Share, ShareItem
from lti_tool.rules.vocabulary import Anonymity, DeploymentState, Outcome, WorkState
from lti_tool.services.container import Services
from lti_tool.services.engine import redacting
from lti_tool.services.engine.confirmations import Confirmation, confirm
from lti_tool.services.sweeps import Sweeps
from tests.factories.hidden import hidden
from tests.factories.learning import WORDS, rate
from tests.factories.work import add_reflection, add_response, participation_of
from tests.factories.world import Person, World, make_world
from tests.functional.learner.conftest import Tab
from tests.functional.learner.test_no_leaks import traces

LINK = re.compile(r"http://127\.0\.0\.1:5000(/shared/[A-Za-z0-9_-]{43})")
THING = re.compile(r'name="things" value="([^"]+)"')
SHARE_ID = re.compile(r'name="share_id" value="([^"]+)"')
SHARES = "/my-competencies/shares"
FOR, NAME = "Ms Haddad, head of the library", "Amina the Librarian"
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Sharing:
    """A learner's tab on what they share, and anybody's browser."""

    app: Flask
    world: World
    learner: Person

    def __post_init__(self) -> None:
        handle = self.world.handle(self.learner)
        self.tab = Tab(self.app.test_client(), handle, self.world.activity_id)

    def get(self, path: str = "") -> str:
        answer = self.tab.client.get(f"/s/{self.tab.handle}{path}")
        assert answer.status_code == 200, (path, answer.status_code)
        return self.tab.read(answer)

    def post(self, path: str, **fields: str | list[str]) -> TestResponse:
        data = {"csrf_token": self.tab.csrf, **fields}
        return self.tab.client.post(f"/s/{self.tab.handle}{SHARES}{path}", data=data)

    def offered(self, kind: str) -> list[str]:
        return [key for key in THING.findall(self.get(f"{SHARES}/new")) if key.startswith(kind)]

    def form(self, things: list[str], days: str = "30") -> dict[str, str | list[str]]:
        share_id = SHARE_ID.findall(self.get(f"{SHARES}/new"))[0]
        named = {"share_id": share_id, "recipient": FOR, "name": NAME, "days": days}
        return {**named, "things": things}

    def made(self, things: list[str], days: str = "30") -> str:
        """Make a link, and return its path."""
        return LINK.findall(self.post("", **self.form(things, days)).text)[0]

    def opened(self, path: str) -> tuple[int, str]:
        answer = self.app.test_client().get(path)
        return answer.status_code, html.unescape(answer.text)

    def share_id(self) -> uuid.UUID:
        with self.world.database.read() as session:
            return session.scalars(select(Share.id)).one()

    def confirm(self, level: int | None) -> None:
        """Let the tutor confirm a level of the first competency, or take it back."""
        with self.world.database.write() as session:
            way = participation_of(session, self.world, self.learner)
            seen = next((one.confirmed_at.isoformat() for one in way.confirmed_levels), "")
            said = Confirmation(self.world.competency_ids[0], level, "A tutor's note", seen)
            activity = session.get_one(Activity, self.world.activity_id)
            confirm(session, self.world.viewer(self.world.tutor), activity, way.id, [said])


@pytest.fixture
def sharing(app: Flask, services: Services) -> Sharing:
    """Return a learner who rated themselves, wrote, was answered, and kept a step."""
    world = make_world(services.db, learners=2)
    learner, peer = world.learners
    rate(world, learner)
    work = add_reflection(
        world, learner, f"<p>{WORDS}</p>", WorkState.RELEASED, private="<p>Shh</p>"
    )
    add_response(world, work, peer, "<p>A peer's words</p>", WorkState.RELEASED)
    with world.database.write() as session:
        way = participation_of(session, world, learner)
        step = FollowUp(
            participation_id=way.id,
            after_days=30,
            committed_at=clock.now(),
            action="Ask before I answer",
            outcome=Outcome.DONE,
            result="I ask at the desk, too",
        )
        session.add(step)
    return Sharing(app, world, learner)


def test_a_link_from_the_first_look_to_its_end(sharing: Sharing, services: Services) -> None:
    sharing.confirm(3)
    (level,) = sharing.offered("level")
    form = sharing.form([level])
    assert "no link yet" in sharing.post("/new", **form).text
    assert sharing.post("/new", **{**form, "things": []}).status_code == 422
    assert "nothing was saved" in sharing.post("", **{**form, "things": ["level-x"]}).text
    assert not stored(sharing.world.database)
    first = sharing.post("", **form)
    path = LINK.findall(first.text)[0]
    assert sharing.post("", **form).status_code == 303  # sent again: no second one
    assert path.removeprefix("/shared/") not in everything(sharing.world.database)
    status, page = sharing.opened(path)
    assert status == 200 and NAME in page and "Level 3 of" in page and "Tariq Tutor" in page
    for other in (FOR, "Learner 1", WORDS, "A tutor's note", "Own view", "Ask before", "/s/"):
        assert other not in page, other
    assert "Opened 1 time" in sharing.get("/my-competencies")
    share = f"/{sharing.share_id()}"
    sharing.confirm(None)
    assert sharing.opened(path)[0] == 404
    sharing.confirm(2)
    assert "Level 2 of" in sharing.opened(path)[1]
    changed = {"recipient": FOR, "name": "A. B.", "things": sharing.offered("step")}
    assert "A. B." in sharing.post(f"{share}/edit", **changed).text
    assert "A. B." not in sharing.opened(path)[1]
    sharing.post(share, **changed)
    assert "Ask before I answer" in sharing.opened(path)[1]
    assert "Level 2 of" not in sharing.opened(path)[1]
    sharing.post(f"{share}/end")
    assert sharing.opened(path)[0] == 404
    sharing.post(f"{share}/renew", days="7")  # what was ended stays so
    assert sharing.opened(path) == closed(sharing, path)
    again = LINK.findall(sharing.post(f"{share}/link").text)[0]
    assert (sharing.opened(path)[0], sharing.opened(again)[0]) == (404, 200)


def test_it_ends_by_itself_and_is_forgotten(sharing: Sharing) -> None:
    path = sharing.made(sharing.offered("text"), days="7")
    assert WORDS in sharing.opened(path)[1] and "A peer's words" not in sharing.opened(path)[1]
    start = clock.now()
    with time_machine.travel(start + timedelta(days=7)):
        assert sharing.opened(path) == closed(sharing, path)
        services_renew(sharing)
        assert sharing.opened(path)[0] == 200
    with time_machine.travel(start + timedelta(days=7 + 30 + 29)):
        assert Sweeps(sharing.world.database).run()["shares"] == 0
    with time_machine.travel(start + timedelta(days=7 + 30 + 31)):
        assert Sweeps(sharing.world.database).run()["shares"] == 1
        assert not stored(sharing.world.database)


def services_renew(sharing: Sharing) -> None:
    services: Services = sharing.app.extensions["miroir"]
    services.shares.renew(sharing.world.viewer(sharing.learner), sharing.share_id(), 30)


def test_what_is_erased_is_not_there_any_more(sharing: Sharing, services: Services) -> None:
    path = sharing.made([*sharing.offered("text"), *sharing.offered("rating")])
    key = (sharing.world.registration_id, sharing.learner.user_id)
    with zipfile.ZipFile(io.BytesIO(b"".join(services.privacy.export(*key)))) as archive:
        told = json.loads(archive.read("data.json"))
    (row,) = told["shares_by_user"]
    assert (row["recipient"], row["name"]) == (FOR, NAME) and "token_hash" not in row
    shown = told["share_items_by_participation"]
    assert {one["kind"] for one in shown} == {"text", "rating"} and shown[0]["activity"]
    services.privacy.erase(*key)
    assert sharing.opened(path)[0] == 404
    assert not stored(sharing.world.database)


def closed(sharing: Sharing, path: str) -> tuple[int, str]:
    """Return what a link that never was answers, as if it had been this one."""
    status, page = sharing.opened(f"/shared/{'x' * 43}")
    return status, page.replace("x" * 43, path.removeprefix("/shared/"))


def stored(database: Database) -> int:
    with database.read() as session:
        return sum(
            session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Share, ShareItem)
        )


def everything(database: Database) -> str:
    with database.read() as session:
        return "\n".join(
            str(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table))
        )


@ONE_DATABASE
@pytest.mark.parametrize("mode", [Anonymity.PSEUDONYMS, Anonymity.DOUBLE_BLIND])
def test_all_that_can_be_shown_tells_of_nobody_else(
    app: Flask, database: Database, mode: Anonymity
) -> None:
    """Everything is shared, the page read in each language, and each address on it."""
    world = hidden(database, mode)
    learner, *others = world.learners
    rate(world, learner)
    sharing = Sharing(app, world, learner)
    sharing.confirm(3)
    path = sharing.made(sharing.offered(""))
    forbidden = traces(world, others) | {
        learner.name.split()[1]: "the name that they did not choose",
        str(learner.user_id): "their id",
        sharing.tab.handle: "their session",
        "So do I.": "a peer's words",
        "Well put": "a tutor's words",
        "A tutor's note": "a tutor's note",
        FOR: "for whom it is",
    }
    forbidden |= traces(world, [world.tutor]) if mode.hides_from_staff else {}
    read = list(public_pages(app, path))
    assert len(read) == 4 and all("I ask first." in page for page in read)
    seen = [what for page in read for text, what in forbidden.items() if text in page]
    assert seen == []
    addresses = {one for page in read for one in re.findall(r'(?:href|src|action)="([^"]+)"', page)}
    assert all(one.startswith(("/static/", "#main", path)) for one in addresses)


def public_pages(app: Flask, path: str) -> Iterator[str]:
    for query in ("", "?language=en", "?language=fr", "?language=ar"):
        answer = app.test_client().get(path + query)
        assert answer.status_code == 200
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "noindex" in answer.headers["X-Robots-Tag"]
        yield f"{answer.headers}\n{html.unescape(answer.text)}"


@ONE_DATABASE
def test_where_it_is_switched_off_no_link_opens(sharing: Sharing, services: Services) -> None:
    path = sharing.made(sharing.offered("text"))
    with sharing.world.database.write() as session:
        session.get_one(Registration, sharing.world.registration_id).disabled_at = clock.now()
    assert sharing.opened(path)[0] == 404
    with sharing.world.database.write() as session:
        session.get_one(Registration, sharing.world.registration_id).disabled_at = None
    assert sharing.opened(path)[0] == 200
    for state, status in ((DeploymentState.DISABLED, 404), (DeploymentState.APPROVED, 200)):
        with sharing.world.database.write() as session:
            session.scalars(select(Deployment)).one().state = state
        assert sharing.opened(path)[0] == status
    for service in (services.shares, services.shared_pages):
        object.__setattr__(service, "is_on", False)
    assert sharing.opened(path)[0] == 404
    assert SHARES not in sharing.get("/my-competencies")
    assert sharing.tab.client.get(f"/s/{sharing.tab.handle}{SHARES}/new").status_code == 404


@ONE_DATABASE
def test_what_a_tutor_took_out_or_holds_back_is_not_offered(sharing: Sharing) -> None:
    assert len(sharing.offered("text")) == 2
    with sharing.world.database.write() as session:
        work = session.scalars(select(Reflection)).one()
        decision = work.redact(sharing.world.tutor.user_id, "It names somebody")
        session.add(decision)
        session.flush()
        redacting.take_out(session, work, decision, "Shh")
    assert len(sharing.offered("text")) == 1
    with sharing.world.database.write() as session:
        work = session.scalars(select(Reflection)).one()
        session.add(work.withhold(sharing.world.tutor.user_id, "Not now"))
    assert sharing.offered("text") == []
