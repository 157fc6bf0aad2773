"""Text that its author has not let go, or has taken back, is nobody else's to read."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from lti_tool import clock
from lti_tool.errors import NotFound, Stale
from lti_tool.models import Database
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.vocabulary import ModerationMode, Step
from lti_tool.services.desk.moderation import Decision, Moderation
from lti_tool.services.desk.queue import WorkKind
from lti_tool.services.engine.settling import settle_now
from lti_tool.services.learner.reflections import Reflections
from lti_tool.services.learner.responses import Responses
from tests.factories.learning import WORDS, reflect, reflection_text, respond, response_text
from tests.factories.world import World, make_world

SECOND = "Secondly I have something to say that is not for anybody yet"


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database, reflection_moderation=ModerationMode.AFTER, grace_minutes=10)


def pass_grace(world: World, traveller: time_machine.Coordinates) -> None:
    traveller.shift(timedelta(minutes=11))
    settle_now(world.database, world.activity_id)


def decide(world: World, kind: WorkKind, work_id: uuid.UUID, step: Step) -> Decision:
    moderation, tutor = Moderation(world.database), world.viewer(world.tutor)
    expected = moderation.open(tutor, world.activity_id, kind, work_id).expected
    return moderation.decide(
        tutor, world.activity_id, kind, work_id, step, "Please change it", expected
    )


def an_answered_one(world: World, now: time_machine.Coordinates) -> uuid.UUID:
    """Have the first learner's reflection answered by the second, then returned to its author."""
    author, peer = world.learners[:2]
    reflect(world, author)
    reflect(world, peer)
    pass_grace(world, now)
    allocation_id = respond(world, peer)
    pass_grace(world, now)
    decide(world, WorkKind.REFLECTION, reflection_of(world), Step.RETURN)
    now.shift(timedelta(minutes=1))
    return allocation_id


def reflection_of(world: World) -> uuid.UUID:
    with world.database.read() as session:
        found = session.scalars(
            select(Reflection.id).where(
                Reflection.participation.has(user_id=world.learners[0].user_id)
            )
        )
        return found.one()


def response_id_of(world: World) -> uuid.UUID:
    with world.database.read() as session:
        return session.scalars(select(Response.id)).one()


def read_by_peer(world: World, allocation_id: uuid.UUID) -> str:
    page = Responses(world.database).open(
        world.viewer(world.learners[1]), world.activity_id, allocation_id
    )
    return " ".join(answer.html for answer in page.answers)


def read_by_tutor(world: World, kind: WorkKind, work_id: uuid.UUID) -> str:
    tutor = world.viewer(world.tutor)
    return repr(Moderation(world.database).open(tutor, world.activity_id, kind, work_id))


def hand_in_again(world: World) -> None:
    reflections, author = Reflections(world.database), world.viewer(world.learners[0])
    reflections.submit(author, world.activity_id, reflection_text(world, SECOND))


def test_who_answered_reads_on_what_was_released(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        allocation_id = an_answered_one(world, now)
        hand_in_again(world)
        assert SECOND not in read_by_peer(world, allocation_id)
        assert WORDS in read_by_peer(world, allocation_id)
        pass_grace(world, now)
        assert SECOND in read_by_peer(world, allocation_id)


def test_staff_read_it_after_its_grace_window(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        an_answered_one(world, now)
        hand_in_again(world)
        shown = read_by_tutor(world, WorkKind.RESPONSE, response_id_of(world))
        assert WORDS in shown
        assert SECOND not in shown
        pass_grace(world, now)
        assert SECOND in read_by_tutor(world, WorkKind.RESPONSE, response_id_of(world))


def test_what_was_taken_back_was_never_there(world: World) -> None:
    author, third = world.viewer(world.learners[0]), "Thirdly I have thought it over and say this"
    reflections = Reflections(world.database)
    with time_machine.travel(clock.now(), tick=False) as now:
        allocation_id = an_answered_one(world, now)
        hand_in_again(world)
        reflections.take_back(author, world.activity_id)
        assert SECOND not in read_by_peer(world, allocation_id)
        assert SECOND not in read_by_tutor(world, WorkKind.RESPONSE, response_id_of(world))
        reflections.submit(author, world.activity_id, reflection_text(world, third))
        pass_grace(world, now)
        shown = read_by_tutor(world, WorkKind.REFLECTION, reflection_of(world))
        assert third in shown
        assert SECOND not in shown


def test_a_first_submission_taken_back_is_no_submission(world: World) -> None:
    author, reflections = world.viewer(world.learners[0]), Reflections(world.database)
    reflect(world, world.learners[0])
    reflections.take_back(author, world.activity_id)
    with pytest.raises(NotFound, match="submission"):
        reflections.submission(author, world.activity_id)
    assert WORDS in reflections.now(author, world.activity_id).answers[0].html


def test_a_return_is_not_undone_over_what_its_author_writes(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        allocation_id = an_answered_one(world, now)
        decision = decide(world, WorkKind.RESPONSE, response_id_of(world), Step.RETURN)
        now.shift(timedelta(minutes=1))
        Responses(world.database).save_draft(
            world.viewer(world.learners[1]), world.activity_id, allocation_id, response_text(SECOND)
        )
        with pytest.raises(Stale):
            Moderation(world.database).undo(
                world.viewer(world.tutor), world.activity_id, decision.id
            )
