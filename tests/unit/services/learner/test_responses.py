from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from lti_tool import clock
from lti_tool.errors import IllegalTransition, InvalidInput, NotFound, Stale
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.moderation import ModerationDecision
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.guidance import MAX_RESPONSE_LENGTH
from lti_tool.rules.vocabulary import (
    AllocationState,
    DeclineReason,
    ModerationMode,
    Step,
    WorkState,
)
from lti_tool.services.learner.drafts import Written
from lti_tool.services.learner.reflections import Reflections
from lti_tool.services.learner.responses import Responses
from tests.factories.learning import (
    WORDS,
    ask,
    reflect,
    reflection_text,
    respond,
    response_text,
)
from tests.factories.world import Person, World, make_world


@pytest.fixture
def world(database: Database) -> World:
    world = make_world(database, learners=4)
    for learner in world.learners:
        reflect(world, learner)
    return world


@pytest.fixture
def responses(database: Database) -> Responses:
    return Responses(database)


def author_of(world: World, allocation_id: uuid.UUID) -> Person:
    with world.database.read() as session:
        allocation = session.get_one(Allocation, allocation_id)
        user_id = allocation.reflection.participation.user_id
    return next(person for person in world.learners if person.user_id == user_id)


def test_new_opens_with_ones_own_reflection(world: World, responses: Responses) -> None:
    late = world.add_learner("Late")
    assert not responses.new(world.viewer(late), world.activity_id).standing.new_is_open
    with pytest.raises(IllegalTransition):
        ask(world, late)
    reflect(world, late)
    assert ask(world, late) is not None


def test_asking_again_gives_the_same(world: World, responses: Responses) -> None:
    me = world.viewer(world.learners[0])
    first = ask(world, world.learners[0])
    assert first is not None
    assert ask(world, world.learners[0]) == first
    page = responses.new(me, world.activity_id)
    assert page.current is not None
    assert page.current.allocation_id == first


def test_peers_read_what_is_for_the_cohort_only(database: Database, responses: Responses) -> None:
    world = make_world(database, learners=2)
    Reflections(database).submit(
        world.viewer(world.learners[0]),
        world.activity_id,
        reflection_text(world, second="Only for my tutor"),
    )
    reflect(world, world.learners[1])
    allocation_id = ask(world, world.learners[1])
    assert allocation_id is not None
    page = responses.open(world.viewer(world.learners[1]), world.activity_id, allocation_id)
    assert page.author == "Learner 1"
    assert [answer.prompt.text for answer in page.answers] == ["What do you do now?"]


def test_a_draft_renews_the_lease_and_is_found_again(world: World, responses: Responses) -> None:
    me = world.viewer(world.learners[0])
    with time_machine.travel(clock.now(), tick=False) as time:
        mine = ask(world, world.learners[0])
        assert mine is not None
        time.shift(timedelta(minutes=20))
        saved = responses.save_draft(me, world.activity_id, mine, response_text("Half", 0))
        time.shift(timedelta(minutes=20))
        with world.database.read() as session:
            assert session.get_one(Allocation, mine).leased_until > clock.now()
        time.shift(timedelta(days=2))
        assert ask(world, world.learners[0]) == mine
        with pytest.raises(Stale):
            responses.save_draft(me, world.activity_id, mine, response_text("Other", 0))
    assert saved.version == 1
    assert responses.open(me, world.activity_id, mine).parts["resonates"] == "<p>Half</p>"


def test_a_response_after_its_lease_is_accepted(world: World, responses: Responses) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        mine = ask(world, world.learners[0])
        time.shift(timedelta(hours=5))
        assert mine is not None
        respond(world, world.learners[0], mine)
    page = responses.new(world.viewer(world.learners[0]), world.activity_id)
    assert page.done == 1


def test_too_short_is_kept(world: World, responses: Responses) -> None:
    me, mine = world.viewer(world.learners[0]), ask(world, world.learners[0])
    assert mine is not None
    with pytest.raises(InvalidInput) as invalid:
        responses.submit(me, world.activity_id, mine, Written({"resonates": "Nice."}))
    assert set(invalid.value.fields) == {"question"}
    with pytest.raises(InvalidInput) as invalid:
        short = Written({"resonates": "Nice.", "question": "Why?"})
        responses.submit(me, world.activity_id, mine, short)
    assert set(invalid.value.fields) == {"resonates"}
    assert responses.open(me, world.activity_id, mine).parts["question"] == "<p>Why?</p>"
    big = Written({"suggestion": "x" * (MAX_RESPONSE_LENGTH + 1)})
    with pytest.raises(InvalidInput):
        responses.save_draft(me, world.activity_id, mine, big)


def test_sending_twice_is_sending_once(world: World, responses: Responses) -> None:
    mine = respond(world, world.learners[0])
    respond(world, world.learners[0], mine)
    with pytest.raises(IllegalTransition):
        responses.submit(
            world.viewer(world.learners[0]), world.activity_id, mine, response_text("Other words")
        )
    assert responses.new(world.viewer(world.learners[0]), world.activity_id).done == 1


def test_others_responses_are_seen_after_ones_own(world: World, responses: Responses) -> None:
    first, second = world.learners[0], world.learners[1]
    mine = respond(world, first)
    author = author_of(world, mine)
    for reader in (second, world.learners[2], world.learners[3]):
        if reader is author:
            continue
        theirs = ask(world, reader)
        while theirs is not None and author_of(world, theirs) is not author:
            theirs = respond(world, reader, theirs) and ask(world, reader)
        if theirs is None:
            continue
        viewer = world.viewer(reader)
        assert responses.open(viewer, world.activity_id, theirs).others == ()
        respond(world, reader, theirs)
        assert responses.open(viewer, world.activity_id, theirs).others[0].author == first.name
        return
    pytest.fail("nobody was given the same reflection")


def test_declining_gives_another_at_once_and_can_be_undone(
    world: World, responses: Responses
) -> None:
    me, mine = world.viewer(world.learners[0]), ask(world, world.learners[0])
    assert mine is not None
    other = responses.decline(me, world.activity_id, mine, DeclineReason.KNOWN_PERSON)
    assert other not in (None, mine)
    again = responses.decline(me, world.activity_id, mine, DeclineReason.KNOWN_PERSON)
    assert again == other
    assert len(responses.new(me, world.activity_id).declined) == 1
    responses.take_up(me, world.activity_id, mine)
    assert responses.new(me, world.activity_id).declined == ()


def test_three_marks_put_a_reflection_before_the_tutor(
    database: Database, responses: Responses
) -> None:
    mode = ModerationMode.FLAGGED
    world = make_world(database, learners=5, responses_required=5, reflection_moderation=mode)
    author, readers = world.learners[0], world.learners[1:]
    reflect(world, author)
    for marks, reader in enumerate(readers[:3], start=1):
        reflect(world, reader)
        mine = ask(world, reader)
        while mine is not None and author_of(world, mine) is not author:
            mine = responses.decline(
                world.viewer(reader), world.activity_id, mine, DeclineReason.KNOWN_PERSON
            )
        assert mine is not None
        responses.decline(
            world.viewer(reader), world.activity_id, mine, DeclineReason.CANNOT_ANSWER
        )
        standing = Reflections(database).now(world.viewer(author), world.activity_id).standing
        assert standing.reflection is (WorkState.HELD if marks == 3 else WorkState.RELEASED)
    with database.read() as session:
        last = session.scalars(
            select(ModerationDecision).order_by(ModerationDecision.at.desc())
        ).first()
    assert last is not None
    assert (last.actor_id, last.to_state) == (None, WorkState.HELD)
    assert (last.step, last.detail) == (Step.FLAG, "cannot_answer")


def test_the_addressee_reads_rates_and_answers_once(world: World, responses: Responses) -> None:
    author = author_of(world, respond(world, world.learners[0]))
    me = world.viewer(author)
    received = responses.received(me, world.activity_id)
    assert [response.author for response in received.responses] == ["Learner 1"]
    assert received.unrated == 1
    given = received.responses[0].id
    responses.tell(me, world.activity_id, given, 4, Written({"reply": "Thank you, I will."}))
    responses.tell(me, world.activity_id, given, 3, Written({"reply": "Thank you, I will."}))
    with pytest.raises(IllegalTransition):
        responses.tell(me, world.activity_id, given, 3, Written({"reply": "And another one"}))
    view = responses.received(me, world.activity_id).responses[0]
    assert (view.helpfulness, view.reply) == (3, "<p>Thank you, I will.</p>")
    own = responses.new(world.viewer(world.learners[0]), world.activity_id).given[0].response
    assert own is not None
    assert own.reply == "<p>Thank you, I will.</p>"


def test_nobody_else_may_rate_or_open(world: World, responses: Responses) -> None:
    mine = respond(world, world.learners[0])
    author = author_of(world, mine)
    given = responses.received(world.viewer(author), world.activity_id).responses[0].id
    stranger = next(p for p in world.learners[1:] if p is not author)
    with pytest.raises(NotFound):
        responses.tell(world.viewer(stranger), world.activity_id, given, 4, Written({}))
    with pytest.raises(NotFound):
        responses.open(world.viewer(stranger), world.activity_id, mine)
    with pytest.raises(NotFound):
        respond(world, stranger, mine)


def test_a_held_response_reaches_nobody_until_released(
    database: Database, responses: Responses
) -> None:
    world = make_world(database, learners=2, response_moderation=ModerationMode.BEFORE)
    for learner in world.learners:
        reflect(world, learner)
    respond(world, world.learners[0])
    me = world.viewer(world.learners[1])
    assert responses.received(me, world.activity_id).responses == ()
    with database.write() as session:
        response = session.scalars(select(Response)).one()
        assert response.state is WorkState.HELD
        session.add(response.release(world.tutor.user_id))
    assert len(responses.received(me, world.activity_id).responses) == 1


def test_a_returned_response_reopens_with_its_reason(world: World, responses: Responses) -> None:
    me, mine = world.viewer(world.learners[0]), respond(world, world.learners[0])
    with world.database.write() as session:
        response = session.scalars(select(Response)).one()
        session.add(response.send_back(world.tutor.user_id, "Ask a question, please."))
    page = responses.open(me, world.activity_id, mine)
    assert page.editable
    assert page.own is not None
    assert page.own.return_reason == "Ask a question, please."
    assert responses.new(me, world.activity_id).given[0].returned
    responses.submit(me, world.activity_id, mine, response_text(f"{WORDS}, and more"))
    assert not responses.open(me, world.activity_id, mine).editable


def test_taking_back_and_sending_now(database: Database, responses: Responses) -> None:
    world = make_world(database, learners=2, grace_minutes=15)
    for learner in world.learners:
        reflect(world, learner)
        Reflections(database).send_now(world.viewer(learner), world.activity_id)
    me, mine = world.viewer(world.learners[0]), respond(world, world.learners[0])
    responses.take_back(me, world.activity_id, mine)
    page = responses.open(me, world.activity_id, mine)
    assert page.allocation is AllocationState.CLAIMED
    assert page.parts["resonates"]
    respond(world, world.learners[0], mine)
    responses.send_now(me, world.activity_id, mine)
    responses.send_now(me, world.activity_id, mine)
    with pytest.raises(IllegalTransition):
        responses.take_back(me, world.activity_id, mine)
    theirs = responses.received(world.viewer(world.learners[1]), world.activity_id)
    assert len(theirs.responses) == 1


def test_a_withheld_reflection_is_not_read_but_the_response_is_kept(
    world: World, responses: Responses
) -> None:
    me, mine = world.viewer(world.learners[0]), ask(world, world.learners[0])
    assert mine is not None
    responses.save_draft(me, world.activity_id, mine, response_text("Begun", 0))
    with world.database.write() as session:
        allocation = session.get_one(Allocation, mine)
        reflection = session.get_one(Reflection, allocation.reflection_id)
        session.add(reflection.withhold(world.tutor.user_id, "Names a patron."))
    page = responses.open(me, world.activity_id, mine)
    assert not page.readable
    assert page.answers == ()
    assert page.parts["resonates"] == "<p>Begun</p>"
    assert ask(world, world.learners[0]) != mine
    respond(world, world.learners[0], mine)


def test_nothing_is_kept_of_a_response_while_the_activity_is_archived(world: World) -> None:
    one, other = world.learners[:2]
    for person in (one, other):
        reflect(world, person)
    mine = ask(world, one)
    assert mine is not None
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).closed_at = clock.now()
    with pytest.raises(IllegalTransition, match="archived"):
        Responses(world.database).save_draft(
            world.viewer(one), world.activity_id, mine, response_text()
        )
