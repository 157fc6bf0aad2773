from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.moderation import ModerationDecision
from lti_tool.models.reflections import Reflection
from lti_tool.rules.vocabulary import ModerationMode, Step, WorkState
from lti_tool.services.engine.settling import settle_due, settle_now
from tests.factories.learning import reflect
from tests.factories.world import World, make_world


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database, learners=5, grace_minutes=15)


def states(world: World) -> list[WorkState]:
    with world.database.read() as session:
        query = select(Reflection.state).where(Reflection.activity_id == world.activity_id)
        return list(session.scalars(query))


def test_windows_end_in_their_time_and_leave_a_line(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        reflect(world, world.learners[0])
        time.shift(timedelta(minutes=10))
        reflect(world, world.learners[1])
        time.shift(timedelta(minutes=6))
        with world.database.write() as session:
            assert settle_due(session) == 1
        assert sorted(states(world)) == [WorkState.RELEASED, WorkState.SUBMITTED]
    with world.database.read() as session:
        query = select(ModerationDecision).order_by(ModerationDecision.at.desc())
        last = session.scalars(query).first()
    assert last is not None
    assert (last.step, last.actor_id) == (Step.RELEASE, None)


def test_each_activity_by_its_own_mode(database: Database, world: World) -> None:
    strict = make_world(
        database, learners=1, grace_minutes=15, reflection_moderation=ModerationMode.BEFORE
    )
    with time_machine.travel(clock.now(), tick=False) as time:
        reflect(world, world.learners[0])
        reflect(strict, strict.learners[0])
        time.shift(timedelta(minutes=15))
        settle_now(database, strict.activity_id)
        assert states(world) == [WorkState.SUBMITTED]
        with database.write() as session:
            assert settle_due(session, limit=10) == 1
    assert (states(world), states(strict)) == ([WorkState.RELEASED], [WorkState.HELD])


def test_two_workers_settle_once(world: World) -> None:
    def sweep(_worker: int) -> int:
        with world.database.write() as session:
            return settle_due(session)

    with time_machine.travel(clock.now(), tick=False) as time:
        for learner in world.learners:
            reflect(world, learner)
        time.shift(timedelta(minutes=15))
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(sweep, range(4))) == 5
    assert set(states(world)) == {WorkState.RELEASED}
