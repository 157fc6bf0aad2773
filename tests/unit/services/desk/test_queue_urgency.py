"""What waits for a tutor: the most urgent first, page by page, at the same cost at any length."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import insert

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.participations import Participation
from lti_tool.models.people import User
from lti_tool.models.reflections import Reflection, ReflectionRevision
from lti_tool.rules.flagging import FlagReason, Urgency
from lti_tool.rules.vocabulary import ModerationMode, WorkState
from lti_tool.services.desk.moderation import Moderation
from lti_tool.services.desk.queue import Cursor, QueueList, QueuePage
from lti_tool.services.engine import flagging
from tests.factories.work import add_reflection, add_response
from tests.factories.world import World, make_world
from tests.support.queries import counted

DAY = timedelta(days=1)


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database, reflection_moderation=ModerationMode.BEFORE)


def read(world: World, after: Cursor | None = None) -> QueuePage:
    moderation = Moderation(world.database)
    return moderation.queue(world.viewer(world.tutor), world.activity_id, after=after)


def fill(world: World, count: int) -> None:
    """Let ``count`` reflections wait, past the session: as fast as the database takes them."""
    now, users, parts, works, texts = clock.now(), [], [], [], []
    with world.database.read() as session:
        model = session.get_one(Reflection, add_reflection(world, world.add_learner("Model")))
        version_id = model.version_id
    for number in range(count):
        user_id, part_id, work_id = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
        since = now - timedelta(minutes=number % 97)
        users.append(
            {
                "id": user_id,
                "registration_id": world.registration_id,
                "sub": str(user_id),
                "name": f"Reader {number}",
            }
        )
        parts.append(
            {
                "id": part_id,
                "activity_id": world.activity_id,
                "user_id": user_id,
                "resource_link_id": world.resource_link_id,
            }
        )
        works.append(
            {
                "id": work_id,
                "activity_id": world.activity_id,
                "participation_id": part_id,
                "version_id": version_id,
                "state": WorkState.HELD,
                "urgency": 1 + number % 3,
                "waits_since": since,
                "submitted_at": since,
                "visible_at": since,
            }
        )
        texts.append({"reflection_id": work_id, "number": 1, "answers": {}})
    with world.database.write() as session:
        for model_of, rows in (
            (User, users),
            (Participation, parts),
            (Reflection, works),
            (ReflectionRevision, texts),
        ):
            session.execute(insert(model_of), rows)


def test_flags_come_before_what_is_held_however_old(world: World) -> None:
    old = add_reflection(world, world.learners[0], age=9 * DAY)
    shown = add_reflection(world, world.learners[1], state=WorkState.RELEASED)
    response = add_response(world, shown, world.learners[2], age=2 * DAY)
    with world.database.write() as session:
        work = session.get_one(Reflection, shown)
        reader = world.learners[2].user_id
        flagging.raise_flag(session, work, reader, FlagReason.HURTFUL, "")
    page = read(world)
    assert [entry.id for entry in page.entries] == [shown, old, response]
    assert page.entries[0].urgency is Urgency.FLAGGED
    assert page.counts[QueueList.WAITING] == 3


def test_a_thousand_cost_as_many_queries_as_a_hundred_and_none_is_left_out(world: World) -> None:
    fill(world, 100)
    with counted(world.database) as few:
        read(world)
    fill(world, 900)
    with counted(world.database) as many:
        page = read(world)
    assert len(many) == len(few)
    seen, order = [entry.id for entry in page.entries], [*page.entries]
    while page.following is not None:
        cursor = Cursor.parse(str(page.following))
        page = read(world, cursor)
        seen += [entry.id for entry in page.entries]
        order += page.entries
    assert len(seen) == len(set(seen)) == page.counts[QueueList.WAITING] == 1_002
    assert order == sorted(order, key=lambda one: (one.urgency, one.since, one.id))
