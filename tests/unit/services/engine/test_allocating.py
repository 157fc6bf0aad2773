from __future__ import annotations

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import time_machine
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.people import Membership
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.vocabulary import Role
from lti_tool.services.engine.allocating import LEASE
from lti_tool.services.learner.responses import Responses
from tests.factories.learning import ask, rate, reflect, respond
from tests.factories.world import Person, World, make_world

MANY = 40


def claims(database: Database) -> list[Allocation]:
    with database.read() as session:
        return list(session.scalars(select(Allocation)))


def assert_fair(database: Database) -> None:
    """Everybody has one claim; only the last to ask may have found their own alone unclaimed."""
    with database.read() as session:
        owners = {row.id: row.participation_id for row in session.scalars(select(Reflection))}
    claimed: dict[uuid.UUID, list[uuid.UUID]] = {key: [] for key in owners}
    for claim in claims(database):
        claimed[claim.reflection_id].append(claim.reviewer_id)
    doubled = [reviewers for reviewers in claimed.values() if len(reviewers) > 1]
    unclaimed = [owners[key] for key, reviewers in claimed.items() if not reviewers]
    assert len(doubled) == len(unclaimed) <= 1
    assert all(len(reviewers) == 2 for reviewers in doubled)
    assert all(unclaimed[0] in reviewers for reviewers in doubled)


def authors(world: World) -> dict[uuid.UUID, str]:
    """Return allocation to the name of the author who was allocated."""
    with world.database.read() as session:
        return {
            row.id: row.reflection.participation.user.name
            for row in session.scalars(select(Allocation))
        }


def given_to(world: World, person: Person) -> str:
    allocation_id = ask(world, person)
    assert allocation_id is not None
    return authors(world)[allocation_id]


def test_forty_at_once_serve_everybody(database: Database) -> None:
    world = make_world(database, learners=MANY, responses_required=1)
    for learner in world.learners:
        reflect(world, learner)
    with ThreadPoolExecutor(MANY) as pool:
        given = list(pool.map(lambda learner: ask(world, learner), world.learners))
    assert None not in given
    assert len(claims(database)) == len({claim.reviewer_id for claim in claims(database)}) == MANY
    assert_fair(database)


def test_twenty_who_ask_twice_at_once_get_one_each(database: Database) -> None:
    world = make_world(database, learners=MANY // 2, responses_required=2)
    for learner in world.learners:
        reflect(world, learner)
    with ThreadPoolExecutor(MANY) as pool:
        given = list(pool.map(lambda learner: ask(world, learner), world.learners * 2))
    assert Counter(given) == dict.fromkeys(given, 2)
    assert len(claims(database)) == MANY // 2
    assert_fair(database)


def test_responses_that_arrive_at_once_are_all_counted(database: Database) -> None:
    world = make_world(database, learners=9, responses_required=8)
    for learner in world.learners:
        reflect(world, learner)
    for _round in range(2):
        given = [ask(world, learner) for learner in world.learners]
        with ThreadPoolExecutor(9) as pool:
            list(
                pool.map(
                    lambda pair: respond(world, *pair), zip(world.learners, given, strict=True)
                )
            )
    with database.read() as session:
        served = {row.id: row.served for row in session.scalars(select(Reflection))}
        counted = Counter(session.scalars(select(Response.reflection_id)))
    assert served == {key: counted[key] for key in served}
    assert counted.total() == 18


def test_a_lease_that_ran_out_frees_the_reflection(database: Database) -> None:
    world = make_world(database, learners=3, responses_required=1)
    one, other, author = world.learners
    reflect(world, author)
    reflect(world, one)
    reflect(world, other)
    with time_machine.travel(clock.now(), tick=False) as time:
        assert given_to(world, one) == author.name
        assert given_to(world, other) == one.name
        time.shift(LEASE + timedelta(seconds=1))
        assert given_to(world, other) == author.name
        assert given_to(world, one) == other.name
        time.shift(LEASE + timedelta(seconds=1))
        assert given_to(world, one) == author.name
    assert len(claims(database)) == 4


def test_best_match_is_given(database: Database) -> None:
    world = make_world(database, learners=4)
    me, beginner, expert, other = world.learners
    for person, level, target in ((me, 1, 4), (beginner, 1, 4), (expert, 4, 4), (other, 1, 2)):
        rate(world, person, level, target)
        reflect(world, person)
    assert given_to(world, me) == expert.name


def test_who_is_done_is_only_given_what_lacks(database: Database) -> None:
    world = make_world(database, learners=3, responses_required=1)
    one, other, third = world.learners
    for person in (one, other):
        reflect(world, person)
        respond(world, person) if person is other else None
    respond(world, one)
    assert ask(world, one) is None
    reflect(world, third)
    assert given_to(world, one) == third.name


def test_who_owes_is_given_a_served_one_rather_than_nothing(database: Database) -> None:
    world = make_world(database, learners=3, responses_required=1)
    one, other, late = world.learners
    for person in (one, other):
        reflect(world, person)
    respond(world, one)
    respond(world, other)
    reflect(world, late)
    assert given_to(world, late) == one.name


def test_staff_are_never_given_to_anybody(database: Database) -> None:
    world = make_world(database, learners=2)
    one, promoted = world.learners
    for person in (one, promoted):
        reflect(world, person)
    with database.write() as session:
        session.execute(
            update(Membership)
            .where(Membership.id == promoted.membership_id)
            .values(granted_role=Role.TUTOR)
        )
    assert ask(world, one) is None


def test_looking_at_the_hub_claims_nothing(database: Database) -> None:
    world = make_world(database, learners=2)
    for person in world.learners:
        reflect(world, person)
    page = Responses(database).new(world.viewer(world.learners[0]), world.activity_id)
    assert page.there
    assert page.lacking_names == ("Learner 2",)
    assert claims(database) == []


def leave(world: World, person: Person) -> None:
    """Take somebody out of the course, as a complete course list does."""
    with world.database.write() as session:
        session.get_one(Membership, person.membership_id).left_at = clock.now()


def test_nobody_waits_for_who_left_but_who_owes_may_still_answer_them(database: Database) -> None:
    world = make_world(database, learners=4, responses_required=1)
    one, other, gone, last = world.learners
    for person in (gone, one, other):
        reflect(world, person)
    leave(world, gone)
    assert given_to(world, one) == other.name  # though the other one has waited longer
    page = Responses(database).new(world.viewer(other), world.activity_id)
    assert gone.name not in page.lacking_names
    respond(world, one)
    assert ask(world, one) is None
    respond(world, other)
    reflect(world, last)
    respond(world, last)
    leave(world, one)
    leave(world, other)
    newcomer = world.add_learner("Learner 5")
    reflect(world, newcomer)
    assert given_to(world, newcomer) == last.name
