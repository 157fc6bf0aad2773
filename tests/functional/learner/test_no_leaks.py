"""Nobody is told whose work it is where names are hidden, on any page, in any file or address.

Driven by what can be reached: a page that is added later is crawled as well. On one database, since
it is about pages.
"""

from __future__ import annotations

import html
import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.participations import Participation
from lti_tool.models.people import User
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.vocabulary import Anonymity
from tests.factories.hidden import hidden
from tests.factories.learning import WORDS
from tests.factories.work import participation_of
from tests.factories.world import Person, World
from tests.support.crawler import crawl

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TYPED = {
    "need": "A need",
    "resonates": WORDS,
    "question": WORDS,
    "action": "Try it",
    "by_date": "2099-01-01",
    "helpfulness": "4",
    "reply": "Thanks",
    "takeaway": "To ask first",
    "step": "release",
    "outcome": "done",
}


def traces(world: World, people: Iterable[Person]) -> dict[str, str]:
    """Return every text that would tell who these people are, each with what it is."""
    found = {}
    with world.database.read() as session:
        for person in people:
            user = session.get_one(User, person.user_id)
            ids = {"user": user.id, "membership": person.membership_id}
            texts = {"e-mail": user.email, "sub": user.sub, **_both(ids)}
            texts |= {f"{part} of the name": part for part in person.name.split()}
            found |= {text: f"{what} of {person.name}" for what, text in texts.items() if text}
    return found


def _both(ids: dict[str, uuid.UUID]) -> dict[str, str]:
    dashed = {f"{name} id": str(key) for name, key in ids.items()}
    return {**dashed, **{f"{name} id, plain": key.hex for name, key in ids.items()}}


@pytest.fixture(autouse=True)
def another_minute() -> Iterator[None]:
    """Let nothing of today fall into the minute of the hidden times (``factories.hidden``)."""
    now = clock.now()
    shift = timedelta(minutes=3 if now.minute in (40, 41) else 0)
    with time_machine.travel(now + shift):
        yield


def leaks(app: Flask, world: World, reader: Person, forbidden: dict[str, str]) -> list[str]:
    """Return what of the forbidden texts a person comes to see."""
    client, handle = app.test_client(), world.handle(reader)
    seen = (
        f"{what} ({text}) in {request}"
        for request, told in crawl(client, handle, TYPED)
        for text, what in forbidden.items()
        if text.lower() in html.unescape(told).lower()
    )
    return list(islice(seen, 10))


@pytest.mark.parametrize("mode", [Anonymity.PSEUDONYMS, Anonymity.DOUBLE_BLIND])
def test_peers_do_not_learn_who_wrote(app: Flask, database: Database, mode: Anonymity) -> None:
    world = hidden(database, mode)
    reader, *others = world.learners
    forbidden = traces(world, others)
    if mode.hides_from_staff:
        forbidden |= traces(world, [world.tutor])
    with database.read() as session:
        for other in others:
            forbidden[str(participation_of(session, world, other).id)] = "a participation's id"
        others_moments = _moments(session, reader)
    assert leaks(app, world, reader, forbidden | others_moments) == []


def _moments(session: Any, reader: Person) -> dict[str, str]:
    """Return the times at which others wrote, as pages or data might tell them."""
    mine = Participation.user_id == reader.user_id
    own = session.scalars(select(Reflection).join(Participation).where(mine)).one()
    moments = [
        *session.scalars(select(Reflection.submitted_at).where(Reflection.id != own.id)),
        *session.scalars(select(Response.submitted_at).where(Response.author_id != reader.user_id)),
        *session.scalars(select(Response.replied_at).where(Response.author_id == reader.user_id)),
    ]
    found = {moment.strftime("%H:%M:27"): "when a peer wrote" for moment in moments}
    return found | {moment.strftime("2026, %-I:%M"): "when a peer wrote" for moment in moments}


def test_staff_do_not_learn_who_wrote_where_both_sides_are_blind(
    app: Flask, database: Database
) -> None:
    world = hidden(database, Anonymity.DOUBLE_BLIND)
    forbidden = traces(world, world.learners)
    forbidden |= {f"{hour}:41:27": "when a learner wrote" for hour in range(1, 20)}
    forbidden |= {f"2026, {hour}:41": "when a learner wrote" for hour in range(1, 13)}
    assert leaks(app, world, world.tutor, forbidden) == []


def test_everybody_knows_everybody_in_the_open(app: Flask, database: Database) -> None:
    """The crawl does see names where they are shown: what the tests above find is not nothing."""
    world = hidden(database, Anonymity.OPEN)
    seen = leaks(app, world, world.learners[0], traces(world, world.learners[1:]))
    assert any("Quimby" not in one and "of the name" in one for one in seen)
    assert leaks(app, world, world.tutor, traces(world, world.learners))
