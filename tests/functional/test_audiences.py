"""What a peer gets to read of a reflection, in pages and in what scripts are answered."""

from __future__ import annotations

import html
import io
import re
import uuid
import zipfile
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation
from lti_tool.rules.rich_text import from_text
from lti_tool.rules.vocabulary import SessionKind, WorkState
from tests.factories.learning import WORDS
from tests.factories.work import add_reflection, participation_of
from tests.factories.world import World, make_world
from tests.support.visitor import Visitor, visit

FOR_ALL, FOR_TUTOR, FOR_ME = "told to everybody", "told to the tutor", "told to nobody"


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database)


def given(world: World) -> uuid.UUID:
    """Give the first learner's reflection to the second, who has written, too."""
    author, peer = world.learners[:2]
    texts = {"private": from_text(FOR_ME), "to_tutor": from_text(FOR_TUTOR)}
    reflection_id = add_reflection(world, author, from_text(FOR_ALL), WorkState.RELEASED, **texts)
    add_reflection(world, peer, state=WorkState.RELEASED)
    with world.database.write() as session:
        allocation = Allocation(
            activity_id=world.activity_id,
            reflection_id=reflection_id,
            reviewer_id=participation_of(session, world, peer).id,
            leased_until=clock.now(),
        )
        session.add(allocation)
        session.flush()
        return allocation.id


def all_a_peer_is_told(visitor: Visitor, world: World, allocation_id: uuid.UUID) -> str:
    """Open every page, save a response, and send it; return all that was answered."""
    activity = f"/activities/{world.activity_id}"
    here = f"{activity}/new/{allocation_id}"
    told = [visitor.get(f"{activity}{path}").html for path in ("", "/new", "/received", "/next")]
    told.append(visitor.get(here).html)
    form = visitor.page.form("resonates")
    saved = visitor.client.post(
        form.attributes["data-autosave-url"],
        json={"fields": {"resonates": WORDS}, "version": 99},
        headers={"X-CSRF-Token": form.attributes["data-csrf"]},
    )
    told.append(saved.text)
    told.append(visitor.send("resonates", resonates=WORDS, question=WORDS).html)
    return "\n".join([*told, visitor.get(here).html])


def crawl(visitor: Visitor, start: str = "/", most: int = 150) -> str:
    """Open everything to which links lead from a page on; return all that was answered."""
    base = f"/s/{visitor.handle}"
    waiting, seen, told = [f"{base}{start}"], set[str](), []
    while waiting and len(seen) < most:
        address = waiting.pop(0)
        answer = visitor.client.get(address, follow_redirects=True)
        told.append(_text_of(answer.data))
        if answer.mimetype != "text/html":
            continue
        for link in re.findall(r'(?:href|hx-get|src)="([^"#]+)', answer.text):
            path = html.unescape(link)
            if path.startswith(base) and path not in seen:
                seen.add(path)
                waiting.append(path)
    assert len(seen) > 3
    return "\n".join(told)


def _text_of(data: bytes) -> str:
    """Return a page's text; of a sheet or another archive, the text of all that is in it."""
    if not data.startswith(b"PK"):
        return data.decode(errors="ignore")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(archive.read(name).decode(errors="ignore") for name in archive.namelist())


def test_a_peer_who_opens_everything_finds_what_is_for_the_cohort_only(
    app: Flask, world: World
) -> None:
    here = f"/activities/{world.activity_id}/new/{given(world)}"
    told = crawl(visit(app, world, world.learners[1]), here)
    assert FOR_ALL in told
    assert FOR_TUTOR not in told and FOR_ME not in told


@pytest.mark.parametrize("who", ["tutor", "educator"])
def test_staff_who_open_everything_do_not_find_what_is_for_its_author_alone(
    app: Flask, world: World, who: str
) -> None:
    given(world)
    visitor = visit(app, world, getattr(world, who))
    told = crawl(visitor, f"/activities/{world.activity_id}/people")
    assert FOR_ALL in told and FOR_TUTOR in told
    assert FOR_ME not in told


def test_a_review_from_the_gradebook_does_not_show_it_either(app: Flask, world: World) -> None:
    given(world)
    for person in (world.tutor, world.educator):
        told = crawl(visit(app, world, person, SessionKind.SUBMISSION_REVIEW))
        assert FOR_ME not in told


def test_the_author_reads_all_of_it_and_who_else_does(app: Flask, world: World) -> None:
    given(world)
    page = visit(app, world, world.learners[0]).get(f"/activities/{world.activity_id}/submission")
    for text in (FOR_ALL, FOR_TUTOR, FOR_ME, "Only you see this.", "You and your tutor see this."):
        assert text in page.html


def test_a_peer_reads_what_is_for_the_cohort_only(app: Flask, world: World) -> None:
    allocation_id = given(world)
    told = all_a_peer_is_told(visit(app, world, world.learners[1]), world, allocation_id)
    assert FOR_ALL in told
    assert FOR_TUTOR not in told
    assert FOR_ME not in told


@pytest.mark.parametrize(
    "state", [WorkState.DRAFT, WorkState.SUBMITTED, WorkState.RETURNED, WorkState.WITHHELD]
)
def test_who_was_given_a_reflection_stops_reading_when_it_is_taken_away(
    app: Flask, world: World, state: WorkState
) -> None:
    allocation_id = given(world)
    with world.database.write() as session:
        author = participation_of(session, world, world.learners[0])
        mine = Reflection.participation_id == author.id
        reflection = session.scalars(select(Reflection).where(mine)).one()
        reflection.state, reflection.visible_at = state, clock.now() + timedelta(hours=1)
    visitor = visit(app, world, world.learners[1])
    page = visitor.get(f"/activities/{world.activity_id}/new/{allocation_id}")
    assert page.status == 200
    assert FOR_ALL not in page.html
