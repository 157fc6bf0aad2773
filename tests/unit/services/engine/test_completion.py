from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.models.people import User
from lti_tool.models.responses import Response
from lti_tool.rules.completion import ItemKey, ItemState, Progress
from lti_tool.services.cohorts.tutors import CohortTutors
from lti_tool.services.desk.overrides import Overrides
from lti_tool.services.engine import completion, remeasuring
from lti_tool.services.engine.remeasuring import refresh_after_dates
from lti_tool.services.learner.participations import Participations
from lti_tool.services.sweeps import Sweeps
from tests.factories.learning import ask, go_on, rate, reflect, respond, tell_all
from tests.factories.world import Person, World, make_world


def participation(world: World, person: Person) -> Participation:
    with world.database.read() as session:
        query = select(Participation).where(Participation.user_id == person.user_id)
        return session.scalars(query).one()


def measured(world: World, person: Person) -> Progress:
    return Participations(world.database).standing(world.viewer(person), world.activity_id).progress


def item(world: World, person: Person, key: ItemKey) -> tuple[ItemState, int, int]:
    found = next(each for each in measured(world, person).items if each.key is key)
    return found.state, found.done, found.of


def confirm(world: World, person: Person) -> None:
    with world.database.write() as session:
        mine = session.get_one(Participation, participation(world, person).id)
        for key in world.competency_ids:
            session.add(
                ConfirmedLevel(
                    participation_id=mine.id,
                    competency_id=key,
                    level=3,
                    confirmed_by_id=world.tutor.user_id,
                )
            )
        session.flush()
        completion.refresh(session, mine)


def walk_through(world: World) -> None:
    """Take two learners all the way but the tutor's confirmation."""
    for person in world.learners:
        rate(world, person)
        reflect(world, person)
    for person in world.learners:
        respond(world, person)
        go_on(world, person)
    for person in world.learners:
        tell_all(world, person)


@pytest.fixture
def pair(database: Database) -> World:
    return make_world(database, learners=2, responses_required=1)


def test_all_the_way_to_complete_and_promised(pair: World) -> None:
    walk_through(pair)
    one = pair.learners[0]
    assert item(pair, one, ItemKey.CONFIRMATION)[0] is ItemState.WAITING
    assert measured(pair, one).score == 100
    assert participation(pair, one).completed_at is None
    confirm(pair, one)
    assert participation(pair, one).completed_at is not None
    with pair.database.read() as session:
        message = session.scalars(select(OutboxMessage)).one()
    assert message.payload["scoreGiven"] == 100
    comment = message.payload["comment"]
    assert "Autonomous" in comment
    assert "Together: 100 of 100" in comment


def test_the_comment_is_in_the_learners_language(pair: World) -> None:
    with pair.database.write() as session:
        session.get_one(User, pair.learners[0].user_id).locale = "fr"
    walk_through(pair)
    confirm(pair, pair.learners[0])
    with pair.database.read() as session:
        message = session.scalars(select(OutboxMessage)).one()
    assert "Autonomie" in message.payload["comment"]


def test_what_is_turned_down_counts_no_more(pair: World) -> None:
    walk_through(pair)
    one, other = pair.learners
    confirm(pair, one)
    with pair.database.write() as session:
        query = select(Response).where(Response.author_id == one.user_id)
        response = session.scalars(query).one()
        session.add(response.withhold(pair.tutor.user_id, "Unkind."))
        session.flush()
        for person in (one, other):
            completion.refresh(
                session, session.get_one(Participation, participation(pair, person).id)
            )
    assert participation(pair, one).completed_at is None
    assert item(pair, one, ItemKey.RESPONSES_GIVEN)[1:] == (0, 1)
    assert item(pair, other, ItemKey.RESPONSES_RECEIVED)[1:] == (0, 1)


def test_the_requirement_shrinks_to_what_there_is_once_the_date_passed(
    database: Database,
) -> None:
    due = clock.now() + timedelta(days=3)
    world = make_world(database, learners=3, responses_required=2, new_due_at=due)
    one, other, late = world.learners
    with time_machine.travel(clock.now(), tick=False) as time:
        for person in (one, other):
            reflect(world, person)
            respond(world, person) if person is other else None
        respond(world, one)
        assert item(world, one, ItemKey.RESPONSES_GIVEN) == (ItemState.WAITING, 1, 2)
        time.shift(timedelta(days=4))
        assert item(world, one, ItemKey.RESPONSES_GIVEN) == (ItemState.DONE, 1, 1)
        assert item(world, one, ItemKey.RESPONSES_RECEIVED)[0] is ItemState.DONE
        reflect(world, late)
        assert item(world, one, ItemKey.RESPONSES_GIVEN) == (ItemState.OPEN, 1, 2)


def test_who_has_completed_is_never_asked_for_more(database: Database) -> None:
    due = clock.now() + timedelta(days=3)
    world = make_world(
        database, learners=3, responses_required=2, new_due_at=due, tutor_confirms=False
    )
    one, other, late = world.learners
    with time_machine.travel(clock.now(), tick=False) as time:
        world.learners = [one, other]
        walk_through(world)
        time.shift(timedelta(days=4))
        assert measured(world, one).complete
        reflect(world, late)
        with database.write() as session:
            session.get_one(Activity, world.activity_id).responses_required = 3
        assert measured(world, one).complete


def test_nobody_waits_for_ever_without_a_date(pair: World) -> None:
    one = pair.learners[0]
    with time_machine.travel(clock.now(), tick=False) as time:
        reflect(pair, one)
        assert item(pair, one, ItemKey.RESPONSES_RECEIVED) == (ItemState.WAITING, 0, 1)
        time.shift(timedelta(days=14))
        assert item(pair, one, ItemKey.RESPONSES_GIVEN) == (ItemState.DONE, 0, 0)
        assert item(pair, one, ItemKey.RESPONSES_RECEIVED)[0] is ItemState.DONE


def test_the_sweep_notices_a_date_that_passed(database: Database) -> None:
    due = clock.now() + timedelta(days=3)
    world = make_world(database, learners=2, next_due_at=due)
    for person in world.learners:
        reflect(world, person)
    with time_machine.travel(clock.now(), tick=False) as time:
        with database.write() as session:
            assert refresh_after_dates(session) == 0
        time.shift(timedelta(days=4))
        with database.write() as session:
            assert refresh_after_dates(session, limit=1) == 1
            assert refresh_after_dates(session) == 1
            assert refresh_after_dates(session) == 0
        with database.read() as session:
            payloads = [message.payload for message in session.scalars(select(OutboxMessage))]
    assert [payload["scoreGiven"] for payload in payloads] == [40, 40]


def test_allocation_learns_who_did_their_part(pair: World) -> None:
    one, other = pair.learners
    for person in pair.learners:
        reflect(pair, person)
    respond(pair, one)
    with pair.database.read() as session:
        mine = completion.reflection_of(session, participation(pair, one).id)
        theirs = completion.reflection_of(session, participation(pair, other).id)
        assert mine is not None
        assert theirs is not None
        assert (mine.author_done, mine.served) == (True, 0)
        assert (theirs.author_done, theirs.served) == (False, 1)


def test_nothing_to_answer_lets_one_go_on(pair: World) -> None:
    one = pair.learners[0]
    rate(pair, one)
    reflect(pair, one)
    assert ask(pair, one) is None
    assert item(pair, one, ItemKey.RESPONSES_GIVEN)[0] is ItemState.WAITING
    following = measured(pair, one).next_item
    assert following is not None
    assert following.key is ItemKey.NEXT_STEP


def last_told(world: World, person: Person) -> object:
    with world.database.read() as session:
        query = (
            select(OutboxMessage.payload)
            .where(OutboxMessage.user_id == person.user_id)
            .order_by(OutboxMessage.created_at.desc(), OutboxMessage.state)
        )
        payloads = list(session.scalars(query.where(OutboxMessage.state != "superseded")))
        return payloads[0]["scoreGiven"] if payloads else None


def test_what_the_lms_was_told_once_never_falls_behind(pair: World) -> None:
    """A tutor's word was taken back before all was done: what follows is told as well."""
    one, other = pair.learners
    for person in pair.learners:
        rate(pair, person)
        reflect(pair, person)
    assert last_told(pair, one) is None
    viewer, overrides = pair.viewer(pair.tutor), Overrides(pair.database)
    key = participation(pair, one).id
    overrides.complete(viewer, pair.activity_id, key, 90, "As agreed.")
    overrides.undo(viewer, pair.activity_id, key)
    assert last_told(pair, one) == measured(pair, one).score == 40
    respond(pair, one)
    assert last_told(pair, one) == measured(pair, one).score == 70
    assert last_told(pair, other) is None


def test_when_all_is_over_a_page_tells_the_lms_what_peers_changed(database: Database) -> None:
    """Somebody hands in late: there is one more to answer, and so more is asked for."""
    due = clock.now() + timedelta(days=1)
    world = make_world(database, learners=2, responses_required=1, new_due_at=due, next_due_at=due)
    one, late = world.learners
    rate(world, one)
    reflect(world, one)
    with time_machine.travel(due + timedelta(hours=1)):
        with database.write() as session:
            refresh_after_dates(session)
        before = measured(world, one).score
        assert last_told(world, one) == before
        reflect(world, late)
        after = measured(world, one).score
        assert after < before
        assert last_told(world, one) == after


def test_a_tutors_word_taken_back_leaves_a_completion_that_was_there_before(
    database: Database,
) -> None:
    due = clock.now() + timedelta(days=1)
    world = make_world(
        database, learners=2, responses_required=1, tutor_confirms=False, new_due_at=due
    )
    one, late = world.learners
    with time_machine.travel(clock.now(), tick=False) as time:
        rate(world, one)
        reflect(world, one)
        go_on(world, one)
        time.shift(timedelta(days=2))
        assert measured(world, one).complete
        time.shift(timedelta(hours=1))
        reflect(world, late)
        viewer, overrides = world.viewer(world.tutor), Overrides(database)
        key = participation(world, one).id
        overrides.complete(viewer, world.activity_id, key, 60, "Copied.")
        time.shift(timedelta(hours=1))
        overrides.undo(viewer, world.activity_id, key)
        assert measured(world, one).complete
        assert last_told(world, one) == measured(world, one).score


def test_who_is_no_tutor_any_more_is_told_of_to_the_lms(pair: World) -> None:
    walk_through(pair)
    one = pair.learners[0]
    confirm(pair, one)
    tutors, educator = CohortTutors(pair.database), pair.viewer(pair.educator)
    tutors.grant(educator, one.user_id)
    with pair.database.write() as session:
        mine = session.get_one(Participation, participation(pair, one).id)
        mine.override_points = 55
        completion.refresh(session, mine)
    assert last_told(pair, one) == 100
    tutors.take_back(educator, one.user_id)
    Sweeps(pair.database).run()
    assert last_told(pair, one) == 55


def test_a_sweep_does_not_overlook_what_was_decided_while_it_waited(
    pair: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between finding a learner and having the lock, a tutor says that they are complete."""
    one = pair.learners[0]
    reflect(pair, one)
    key = participation(pair, one).id
    real, said = remeasuring.lock_activity, list[bool]()

    def slow_lock(session: Session, activity_id: uuid.UUID) -> None:
        if not said and not pair.database.is_sqlite:
            said.append(True)
            viewer = pair.viewer(pair.tutor)
            Overrides(pair.database).complete(viewer, pair.activity_id, key, 90, "As agreed.")
        real(session, activity_id)

    with pair.database.write() as session:
        session.get_one(Participation, key).remeasure_at = clock.now()
    monkeypatch.setattr(remeasuring, "lock_activity", slow_lock)
    with pair.database.write() as session:
        session.get_one(Participation, key)
        refresh_after_dates(session)
    assert last_told(pair, one) == (None if pair.database.is_sqlite else 90)
    assert participation(pair, one).override_points == (None if pair.database.is_sqlite else 90)
