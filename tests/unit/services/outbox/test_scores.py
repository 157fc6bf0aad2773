"""What is promised, when, and what of it a tutor sees."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import delete, select

from lti_tool.models import Database
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.rules.completion import Item, ItemKey, ItemState, Progress, Term
from lti_tool.rules.vocabulary import OutboxState, Role
from lti_tool.services.outbox import scores
from tests.factories.world import Person, World, make_world


def progress(points: int = 60, complete: bool = True) -> Progress:
    state = ItemState.DONE if complete else ItemState.NEXT
    term = Term(ItemKey.REFLECTION, 100, points, 100)
    return Progress((Item(ItemKey.REFLECTION, state, 1, 1),), (term,))


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database, learners=2)


def take_part(world: World, person: Person) -> uuid.UUID:
    participation = Participation(
        activity_id=world.activity_id,
        user_id=person.user_id,
        resource_link_id=world.resource_link_id,
    )
    with world.database.write() as session:
        session.add(participation)
    return participation.id


def promise(
    world: World, participation_id: uuid.UUID, made: Progress | None = None, comment: str = "c"
) -> None:
    with world.database.write() as session:
        participation = session.get_one(Participation, participation_id)
        scores.promise(session, participation, made or progress(), comment)


def messages(world: World) -> list[OutboxMessage]:
    with world.database.read() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at)))


def test_the_payload_is_a_finished_score_with_a_comment(world: World) -> None:
    promise(world, take_part(world, world.learners[0]), progress(42), "Reflection: 42 of 100")
    (message,) = messages(world)
    assert message.payload == {
        "scoreGiven": 42.0,
        "scoreMaximum": 100,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "comment": "Reflection: 42 of 100",
    }
    assert message.registration_id == world.registration_id


def test_what_was_reached_is_no_completion_but_fully_graded(world: World) -> None:
    promise(world, take_part(world, world.learners[0]), progress(20, complete=False))
    payload = messages(world)[0].payload
    assert (payload["activityProgress"], payload["gradingProgress"]) == (
        "InProgress",
        "FullyGraded",
    )


def test_a_long_comment_is_cut_at_a_thousand_characters(world: World) -> None:
    promise(world, take_part(world, world.learners[0]), comment="é" * 1500)
    comment = messages(world)[0].payload["comment"]
    assert len(comment) == 1000 and comment.endswith("é…")


def test_nothing_is_promised_without_a_column(world: World) -> None:
    with world.database.write() as session:
        session.execute(delete(LineItem))
    promise(world, take_part(world, world.learners[0]))
    assert messages(world) == []


@pytest.mark.parametrize("role", [Role.TUTOR, Role.EDUCATOR])
def test_staff_are_never_graded(world: World, role: Role) -> None:
    person = world.learners[0]
    participation = take_part(world, person)
    with world.database.write() as session:
        session.get_one(Membership, person.membership_id).granted_role = role
    promise(world, participation)
    assert messages(world) == []


def test_an_unchanged_promise_is_made_once_even_after_a_refusal(world: World) -> None:
    participation = take_part(world, world.learners[0])
    promise(world, participation)
    with world.database.write() as session:
        session.scalars(select(OutboxMessage)).one().state = OutboxState.REFUSED
    promise(world, participation)
    assert len(messages(world)) == 1
    promise(world, participation, progress(61))
    assert [message.state for message in messages(world)] == ["refused", "queued"]


def test_a_score_that_goes_back_is_promised_again(world: World) -> None:
    participation = take_part(world, world.learners[0])
    for points in (60, 50, 60):
        promise(world, participation, progress(points))
    assert [m.state for m in messages(world)] == ["superseded", "superseded", "queued"]
    assert messages(world)[-1].payload["scoreGiven"] == 60


def test_states_are_the_last_ones_of_one_activity(world: World) -> None:
    first, second = (take_part(world, person) for person in world.learners)
    other = make_world(world.database, learners=1)
    promise(other, take_part(other, other.learners[0]))
    promise(world, first, progress(10))
    promise(world, first, progress(20))
    with world.database.read() as session:
        states = scores.states_for(session, world.activity_id)
        assert set(states) == {first} and states[first].points == 20
        assert scores.states_for(session, world.activity_id, [second]) == {}
        assert scores.states_for(session, world.activity_id, [first, second]) == states


def test_only_what_is_stuck_can_be_retried(world: World) -> None:
    participation = take_part(world, world.learners[0])
    promise(world, participation)
    expected = {"queued": False, "sending": False, "sent": False, "refused": True}
    for state, can in expected.items():
        with world.database.write() as session:
            session.scalars(select(OutboxMessage)).one().state = OutboxState(state)
        with world.database.read() as session:
            found = scores.states_for(session, world.activity_id)[participation]
        assert found.can_retry is can
