"""What a peer gets to read of a reflection, in pages and in what scripts are answered."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation
from lti_tool.rules.rich_text import from_text
from lti_tool.rules.vocabulary import WorkState
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
