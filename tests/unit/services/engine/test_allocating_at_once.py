"""Two hundred learners at the same moment, on real connections to either database."""

from __future__ import annotations

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.activities import ActivityVersion
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership, User
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.vocabulary import AllocationState, DeclineReason, Role, WorkState
from lti_tool.services.engine.leases import reconcile
from lti_tool.services.learner.responses import Responses
from tests.factories.learning import ask, respond
from tests.factories.world import Person, World, make_world

MANY = 200


def crowd(world: World, number: int) -> list[Person]:
    """Add learners whose reflections are shared, without going through every use case."""
    now = clock.now()
    people = [
        Person(uuid.uuid4(), uuid.uuid4(), f"Learner {count}", Role.LEARNER)
        for count in range(number)
    ]
    ways = {person.user_id: uuid.uuid4() for person in people}
    common = {"activity_id": world.activity_id}
    with world.database.write() as session:
        version = select(ActivityVersion.id).where(ActivityVersion.activity_id == world.activity_id)
        version_id = session.scalars(version).one()
        session.execute(
            insert(User),
            [
                {
                    "id": one.user_id,
                    "registration_id": world.registration_id,
                    "sub": one.name,
                    "name": one.name,
                }
                for one in people
            ],
        )
        session.execute(
            insert(Membership),
            [
                {
                    "id": one.membership_id,
                    "context_id": world.context_id,
                    "user_id": one.user_id,
                    "role": one.role,
                }
                for one in people
            ],
        )
        session.execute(
            insert(Participation),
            [
                {
                    **common,
                    "id": way,
                    "user_id": user_id,
                    "alias": place,
                    "resource_link_id": world.resource_link_id,
                }
                for place, (user_id, way) in enumerate(ways.items(), 1)
            ],
        )
        session.execute(
            insert(Reflection),
            [
                {
                    **common,
                    "participation_id": way,
                    "version_id": version_id,
                    "submitted_at": now,
                    "state": WorkState.RELEASED,
                    "visible_at": now,
                    "released_at": now - timedelta(seconds=place),
                }
                for place, way in enumerate(ways.values())
            ],
        )
    return people


def go_on(world: World, person: Person, place: int, given: uuid.UUID) -> None:
    """Pass it on, answer it, or ask once more, as a crowd does."""
    if place % 7 == 0:
        viewer = world.viewer(person)
        Responses(world.database).decline(
            viewer, world.activity_id, given, DeclineReason.KNOWN_PERSON
        )
    elif place % 7 == 1:
        respond(world, person, given)
    else:
        assert ask(world, person) == given


def claims_of(session: Session) -> tuple[Counter[uuid.UUID], Counter[uuid.UUID]]:
    """Return how many live claims each reflection and each reviewer has."""
    live = select(Allocation).where(Allocation.state == AllocationState.CLAIMED)
    rows = list(session.scalars(live))
    return Counter(row.reflection_id for row in rows), Counter(row.reviewer_id for row in rows)


def test_two_hundred_at_once_are_served_evenly(database: Database) -> None:
    world = make_world(database, learners=0, responses_required=1)
    people = crowd(world, MANY)
    with ThreadPoolExecutor(MANY) as pool:
        given = list(pool.map(lambda person: ask(world, person), people))
    assert None not in given and len(set(given)) == MANY
    with database.read() as session:
        claimed, claiming = claims_of(session)
        assert set(claiming.values()) == {1} and len(claiming) == MANY
        # Whose turn comes last may find only their own unclaimed: then the cap bends by one.
        assert len(claimed) >= MANY - 1 and max(claimed.values()) <= 2
    some = list(zip(people, range(MANY), given, strict=True))[: MANY // 2]
    with ThreadPoolExecutor(len(some)) as pool:
        list(pool.map(lambda step: go_on(world, *step), some))
    with database.write() as session:
        reconcile(session, world.activity_id)
        claimed, claiming = claims_of(session)
        answered = Counter(session.scalars(select(Response.reflection_id)))
        reflections = list(session.scalars(select(Reflection)))
        assert set(claiming.values()) == {1}
        assert len(answered) == answered.total() == len(range(1, len(some), 7))
        for row in reflections:
            assert row.served == answered[row.id]
            assert row.service == answered[row.id] + claimed[row.id] <= 2
        assert sum(row.service == 2 for row in reflections) <= 3
