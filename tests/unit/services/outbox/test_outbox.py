"""The operator's and the tutor's hands on the outbox; nothing here talks to a platform."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from lti_tool.errors import Forbidden, IllegalTransition, NotFound
from lti_tool.http import Http
from lti_tool.models import Database
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.participations import Participation
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.secrecy import Secrets
from lti_tool.services.outbox.outbox import Outbox
from lti_tool.services.platforms.keys import SigningKeys
from tests.conftest import SECRET
from tests.factories.world import World, make_world


@pytest.fixture
def outbox(database: Database) -> Outbox:
    secrets = Secrets(SECRET)
    return Outbox(database, SigningKeys(database, secrets), Http(), secrets)


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database, learners=2)


def add(world: World, state: OutboxState, number: int = 0, points: float = 50) -> uuid.UUID:
    """Put a message of a learner into the outbox; return its id."""
    person = world.learners[number]
    with world.database.write() as session:
        participation = session.scalar(
            select(Participation).where(Participation.user_id == person.user_id)
        ) or Participation(
            activity_id=world.activity_id,
            user_id=person.user_id,
            resource_link_id=world.resource_link_id,
        )
        session.add(participation)
        session.flush()
        item = session.scalars(
            select(LineItem).where(LineItem.registration_id == world.registration_id)
        ).one()
        message = OutboxMessage(
            registration_id=world.registration_id,
            line_item_id=item.id,
            user_id=person.user_id,
            participation_id=participation.id,
            payload={"scoreGiven": points, "scoreMaximum": 100, "comment": ""},
            state=state,
            reason="not_a_student" if state is OutboxState.REFUSED else "",
        )
        session.add(message)
    return message.id


def states(world: World) -> list[str]:
    with world.database.read() as session:
        query = select(OutboxMessage.state).order_by(OutboxMessage.created_at)
        return [state.value for state in session.scalars(query)]


def test_a_tutor_has_a_refused_score_sent_again_as_a_new_message(
    outbox: Outbox, world: World
) -> None:
    refused = add(world, OutboxState.REFUSED)
    outbox.retry(world.viewer(world.tutor), refused)
    assert states(world) == ["superseded", "queued"]
    with pytest.raises(IllegalTransition):
        outbox.retry(world.viewer(world.tutor), refused)


def test_a_learner_may_not_and_a_stranger_finds_nothing(outbox: Outbox, world: World) -> None:
    refused = add(world, OutboxState.REFUSED)
    with pytest.raises(Forbidden):
        outbox.retry(world.viewer(world.learners[0]), refused)
    other = make_world(world.database)
    with pytest.raises(NotFound):
        outbox.retry(other.viewer(other.tutor), refused)
    with pytest.raises(NotFound):
        outbox.retry(world.viewer(world.tutor), uuid.uuid4())
    assert states(world) == ["refused"]


@pytest.mark.parametrize("state", [OutboxState.SENT, OutboxState.SENDING, OutboxState.SUPERSEDED])
def test_what_is_sent_or_replaced_is_not_sent_again(
    outbox: Outbox, world: World, state: OutboxState
) -> None:
    with pytest.raises(IllegalTransition):
        outbox.retry_message(add(world, state))


@pytest.mark.parametrize("newer", [OutboxState.QUEUED, OutboxState.SENT, OutboxState.SENDING])
def test_an_older_refusal_never_overtakes_a_newer_score(
    outbox: Outbox, world: World, newer: OutboxState
) -> None:
    refused = add(world, OutboxState.REFUSED)
    add(world, newer)
    with pytest.raises(IllegalTransition):
        outbox.retry_message(refused)


def test_the_operator_retries_everything_that_can_be(outbox: Outbox, world: World) -> None:
    add(world, OutboxState.REFUSED, 0)
    add(world, OutboxState.REFUSED, 1)
    add(world, OutboxState.SENT, 1)
    other = make_world(world.database, learners=1)
    add(other, OutboxState.REFUSED)
    assert outbox.retry_all(other.registration_id) == 1
    assert outbox.retry_all() == 1


def test_the_listing_names_platform_activity_and_trouble_but_no_person(
    outbox: Outbox, world: World
) -> None:
    add(world, OutboxState.REFUSED)
    add(world, OutboxState.SENT, 1)
    (line,) = outbox.listing(OutboxState.REFUSED)
    assert (line.platform, line.activity) == ("Library school", "What I take from this month")
    assert (line.points, line.reason) == (50, "not_a_student")
    assert line.subject.startswith("sub-") and "Learner" not in repr(line)
    assert len(outbox.listing()) == 2 and len(outbox.listing(limit=1)) == 1
