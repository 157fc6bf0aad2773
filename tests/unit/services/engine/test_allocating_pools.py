"""Cohorts, people who are kept apart, and very small groups, against both databases."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from sqlalchemy import select

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.models.reflections import Reflection
from lti_tool.rules.completion import ItemKey
from lti_tool.rules.giving import AllocationPool
from lti_tool.rules.vocabulary import DeclineReason, Role
from lti_tool.services.engine.allocating import LEASE
from lti_tool.services.engine.reach import still_waiting
from lti_tool.services.learner.responses import Responses
from lti_tool.services.learner.standing import standing_of
from lti_tool.services.sweeps import Sweeps
from tests.factories.cohorts import add_cohort, keep_apart
from tests.factories.learning import ask, reflect, respond
from tests.factories.world import Person, World, make_world
from tests.unit.services.engine.test_allocating import authors, given_to, leave

OWN = {"allocation_pool": AllocationPool.OWN_COHORT}
OTHERS = {"allocation_pool": AllocationPool.OTHER_COHORTS}


def waiting(world: World, person: Person) -> int:
    """Return how many the person is told to be waiting."""
    with world.database.read() as session:
        mine = Participation.user_id == person.user_id
        return still_waiting(
            session, session.scalars(select(Participation).where(mine)).one(), 2, 9
        )


def service(database: Database) -> dict[str, int]:
    with database.read() as session:
        rows = session.scalars(select(Reflection))
        return {row.participation.user.name: row.service for row in rows}


def test_a_cohort_keeps_to_itself(database: Database) -> None:
    world = make_world(database, learners=4, responses_required=1, **OWN)
    lyon, oran = world.learners[:2], world.learners[2:]
    add_cohort(world, "Lyon", lyon)
    for person in [*oran, *lyon]:
        reflect(world, person)
    assert given_to(world, lyon[0]) == lyon[1].name
    assert given_to(world, oran[0]) == oran[1].name  # who is in none reads who is in none
    add_cohort(world, "Oran", oran)
    assert given_to(world, oran[1]) == oran[0].name


def test_a_cohort_of_one_or_two_asks_for_no_more_than_there_is(database: Database) -> None:
    world = make_world(database, learners=4, responses_required=2, **OWN)
    one, pair = world.learners[0], world.learners[1:3]
    add_cohort(world, "One", [one])
    add_cohort(world, "Pair", pair)
    with time_machine.travel(clock.now(), tick=False) as time:
        for person in world.learners:
            reflect(world, person)
        assert ask(world, one) is None
        for person in pair:
            respond(world, person)
            assert ask(world, person) is None
        time.shift(timedelta(days=60))  # enough or date
        for person, done in ((one, 0), (pair[0], 1)):
            terms = standing_of(database, world.viewer(person), world.activity_id).progress.terms
            given = next(term for term in terms if term.key is ItemKey.RESPONSES_GIVEN)
            assert (given.done, given.of) == (done, done)


def test_other_cohorts_come_first_and_nobody_is_stuck(database: Database) -> None:
    world = make_world(database, learners=4, responses_required=1, **OTHERS)
    lyon, single = world.learners[:3], world.learners[3]
    add_cohort(world, "Lyon", lyon)
    add_cohort(world, "Oran", [single])
    for person in world.learners:
        reflect(world, person)
    assert given_to(world, lyon[0]) == single.name
    assert given_to(world, lyon[1]) == lyon[0].name
    assert given_to(world, single) in {lyon[1].name, lyon[2].name}


def test_other_cohorts_mean_everybody_where_there_are_none(database: Database) -> None:
    world = make_world(database, learners=2, responses_required=1, **OTHERS)
    for person in world.learners:
        reflect(world, person)
    assert given_to(world, world.learners[0]) == world.learners[1].name


def test_people_who_are_kept_apart_are_not_given_counted_or_named(database: Database) -> None:
    world = make_world(database, learners=3, responses_required=1)
    manager, staff, other = world.learners
    keep_apart(world, manager, staff)
    for person in world.learners:
        reflect(world, person)
    assert given_to(world, staff) == other.name
    page = Responses(database).new(world.viewer(other), world.activity_id)
    assert page.lacking_names == (manager.name, staff.name)
    respond(world, staff)
    respond(world, manager)
    assert waiting(world, staff) == 0 < waiting(world, other)
    assert Responses(database).new(world.viewer(staff), world.activity_id).there is False


def test_i_know_this_person_gives_another_at_once(database: Database) -> None:
    world = make_world(database, learners=3, responses_required=1)
    me, known, other = world.learners
    for person in (known, other, me):
        reflect(world, person)
    first = ask(world, me)
    assert first is not None and authors(world)[first] == known.name
    second = Responses(database).decline(
        world.viewer(me), world.activity_id, first, DeclineReason.KNOWN_PERSON
    )
    assert second is not None and authors(world)[second] == other.name
    assert given_to(world, other) == known.name  # nobody is at it any more


def test_service_counts_claims_while_their_lease_lasts(database: Database) -> None:
    world = make_world(database, learners=3, responses_required=2)
    author, one, other = world.learners
    for person in world.learners:
        reflect(world, person)
    with time_machine.travel(clock.now(), tick=False) as time:
        ask(world, one)
        ask(world, other)
        assert service(database)[author.name] == 1
        time.shift(LEASE + timedelta(minutes=1))
        assert Sweeps(database).run()["leases"] == 1
        assert service(database)[author.name] == 0
        allocation = ask(world, one)  # taken up again: it counts anew
        ask(world, other)
        assert service(database)[author.name] == 1
        respond(world, one, allocation)
        ask(world, author)
        assert service(database)[author.name] == 1


def test_a_late_response_counts_and_no_claim_is_left_behind(database: Database) -> None:
    world = make_world(database, learners=3, responses_required=1)
    slow, author, third = world.learners
    for person in (author, third, slow):
        reflect(world, person)
    with time_machine.travel(clock.now(), tick=False) as time:
        late = ask(world, slow)
        time.shift(LEASE * 20)
        assert given_to(world, third) == author.name
        respond(world, slow, late)
        ask(world, author)
    assert service(database)[author.name] == 2  # the late one, and who is at it now


def test_a_learner_who_becomes_a_tutor_is_out_of_all_counts(database: Database) -> None:
    world = make_world(database, learners=3, responses_required=1)
    me, promoted, gone = world.learners
    for person in world.learners:
        reflect(world, person)
    with database.write() as session:
        session.get_one(Membership, promoted.membership_id).granted_role = Role.TUTOR
    leave(world, gone)
    page = Responses(database).new(world.viewer(me), world.activity_id)
    assert (page.lacking, page.lacking_names) == (0, ())
    assert given_to(world, me) == gone.name
