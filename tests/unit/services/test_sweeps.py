"""Housekeeping: dates that pass, promises that were missed, rows to forget."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.keys import AccessToken
from lti_tool.models.launches import LaunchSession, UsedLogin
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.rules.vocabulary import ActivityState, OutboxState, Role, SessionKind
from lti_tool.services.activities.activities import Activities
from lti_tool.services.desk import extensions
from lti_tool.services.engine import settling
from lti_tool.services.health import Health, WorkerFacts
from lti_tool.services.sweeps import Sweeps
from lti_tool.views import metrics
from tests.factories.activities import activity_values
from tests.factories.learning import reflect
from tests.factories.work import participation_of
from tests.factories.world import World, make_world


def count(database: Database, model: Any) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def scores(database: Database) -> list[float]:
    with database.read() as session:
        return [m.payload["scoreGiven"] for m in session.scalars(select(OutboxMessage))]


def test_what_was_reached_is_promised_once_the_last_date_is_over(database: Database) -> None:
    due = clock.now() + timedelta(days=1)
    world = make_world(database, learners=1, next_due_at=due)
    reflect(world, world.learners[0])
    sweeps = Sweeps(database)
    sweeps.run()
    assert scores(database) == []
    with time_machine.travel(due + timedelta(minutes=1)):
        assert sweeps.run()["dates_passed"] == 1
        (reached,) = scores(database)
        assert 0 < reached < 100
        assert sweeps.run() == {}
    assert len(scores(database)) == 1


def test_a_grace_window_that_is_over_is_settled(database: Database) -> None:
    world = make_world(database, learners=1, grace_minutes=15)
    reflect(world, world.learners[0])
    assert Sweeps(database).run() == {}
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert Sweeps(database).run()["settled"] == 1


def completed(world: World) -> None:
    """Let the first learner have completed, whatever it took."""
    with world.database.write() as session:
        session.add(
            Participation(
                activity_id=world.activity_id,
                user_id=world.learners[0].user_id,
                resource_link_id=world.resource_link_id,
                completed_at=clock.now(),
            )
        )


def test_a_column_that_is_told_late_gets_the_score(database: Database) -> None:
    world = make_world(database, learners=1)
    with database.write() as session:
        session.execute(delete(LineItem))
    completed(world)
    assert Sweeps(database).run() == {}
    with database.write() as session:
        session.add(
            LineItem(
                registration_id=world.registration_id,
                deployment_id=world.deployment_id,
                resource_link_id=world.resource_link_id,
                url="https://lms.example/li",
            )
        )
    assert Sweeps(database).run() == {"promised": 1}
    assert Sweeps(database).run() == {} and len(scores(database)) == 1


def test_who_became_staff_is_not_swept_for_ever(database: Database) -> None:
    world = make_world(database, learners=1)
    completed(world)
    with database.write() as session:
        membership = session.get_one(Membership, world.learners[0].membership_id)
        membership.granted_role = Role.TUTOR
    assert Sweeps(database).run() == {}


@pytest.fixture
def cluttered(database: Database) -> World:
    """A world with rows that are over, and one of each that is not."""
    world = make_world(database, learners=1)
    world.handle(world.learners[0])
    world.handle(world.tutor)
    completed(world)
    now = clock.now()
    with database.write() as session:
        session.scalars(select(LaunchSession).limit(1)).one().expires_at = now - timedelta(days=2)
        item, participation = (session.scalars(select(m)).one() for m in (LineItem, Participation))
        for number in range(450):
            over = now + timedelta(minutes=1 if number == 0 else -1)
            session.add(UsedLogin(state_hash=str(number), expires_at=over))
        for scope, over in (("a", now - timedelta(1)), ("b", now + timedelta(1))):
            session.add(
                AccessToken(
                    registration_id=world.registration_id,
                    deployment_id=world.deployment_id,
                    scopes=scope,
                    token="",
                    expires_at=over,
                )
            )
        for days, tried in ((31, None), (31, now), (1, None)):
            session.add(
                OutboxMessage(
                    registration_id=world.registration_id,
                    line_item_id=item.id,
                    user_id=participation.user_id,
                    participation_id=participation.id,
                    payload={},
                    state=OutboxState.SUPERSEDED,
                    finished_at=now - timedelta(days=days),
                    score_timestamp=tried,
                )
            )
    return world


def test_only_what_is_over_is_forgotten(cluttered: World) -> None:
    database = cluttered.database
    done = Sweeps(database).run()
    assert done == {"used_logins": 449, "sessions": 1, "tokens": 1, "superseded": 1}
    left = [count(database, model) for model in (UsedLogin, LaunchSession, AccessToken)]
    assert left == [1, 1, 1] and count(database, OutboxMessage) == 2
    assert Sweeps(database).run() == {}


def test_drafts_that_nobody_touched_are_not_offered_for_ever(database: Database) -> None:
    world = make_world(database, learners=2)
    drafts = [copy_of(world), copy_of(world), copy_of(world)]
    with database.write() as session:
        begun = participation_of(session, world, world.learners[0])
        begun.activity_id = drafts[1]
        session.add(
            ResourceLink(context_id=world.context_id, lti_id="another", activity_id=drafts[2])
        )
    with time_machine.travel(clock.now() + timedelta(days=89)):
        assert Sweeps(database).run()["drafts"] == 0
    with time_machine.travel(clock.now() + timedelta(days=91)):
        assert Sweeps(database).run()["drafts"] == 1
    assert [state_of(database, one) for one in (*drafts, world.activity_id)] == [
        ActivityState.ARCHIVED,
        ActivityState.DRAFT,
        ActivityState.DRAFT,
        ActivityState.PUBLISHED,
    ]


def copy_of(world: World) -> uuid.UUID:
    """Make one more draft in the course, as a deep linking window does."""
    viewer = world.viewer(world.educator, SessionKind.DEEP_LINKING)
    return Activities(world.database).create(viewer, activity_values())


def state_of(database: Database, activity_id: uuid.UUID) -> ActivityState:
    with database.read() as session:
        return session.get_one(Activity, activity_id).state


def test_a_step_that_fails_keeps_no_other_from_being_done(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether its rows are odd or its statement fails; whoever looks after the server is told."""
    world = make_world(database, learners=1, grace_minutes=15)
    reflect(world, world.learners[0])

    def odd(*_args: object, **_named: object) -> int:
        raise ValueError("an odd row")

    def refused(session: Session, _limit: int) -> int:
        return len(session.execute(text("SELECT nothing FROM nowhere")).all())

    monkeypatch.setattr(settling, "settle_due", odd)
    monkeypatch.setattr(extensions, "reach_newcomers", refused)
    with database.write() as session:
        session.add(UsedLogin(state_hash="old", expires_at=clock.now() - timedelta(days=1)))
    sweeps, health = Sweeps(database), Health(database)
    with capture_logs() as lines:
        assert sweeps.run() == {"failed": 2, "used_logins": 1}
    assert [line["step"] for line in lines] == ["settled", "extended"]
    health.beat("one", sweeps.steps)
    told = {"settled": 1, "extended": 1}
    assert health.workers() == WorkerFacts(told, ("extended", "settled"))
    text_of = metrics.exposition(None, health.workers()).decode()
    assert 'miroir_step_failures_total{step="settled"} 1.0' in text_of
    assert 'miroir_step_failing{step="extended"} 1.0' in text_of
    monkeypatch.undo()
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert sweeps.run()["settled"] == 1
        health.beat("one", sweeps.steps)
        assert health.workers() == WorkerFacts(told, ())
