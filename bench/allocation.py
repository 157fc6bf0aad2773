"""What does it cost to be given the next reflection, among many learners against among few?

The courses differ in size alone: half of the authors have given theirs, one reflection in five has
a reader at it this moment, and cohorts have 25 learners. Learners ask in turn in both courses, so
that whatever else the machine does slows both.
"""

from __future__ import annotations

import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from bench import course
from bench.tables import table
from lti_tool import clock
from lti_tool.models import Database, schema
from lti_tool.models.activities import Activity, ActivityVersion
from lti_tool.models.cohorts import Cohort
from lti_tool.models.participations import Participation, SelfRating
from lti_tool.models.people import Membership, User
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation
from lti_tool.rules.giving import AllocationPool
from lti_tool.rules.vocabulary import AllocationState, Moment, Role, WorkState
from lti_tool.services.frameworks.frameworks import Frameworks
from lti_tool.services.learner.responses import Responses
from tests.factories.world import Person, World, make_world

COHORT = 25
POOLS = {AllocationPool.CONTEXT: "whole course", AllocationPool.OWN_COHORT: "own cohort"}
SERVED = (0, 1, 1, 2)
"""Responses that reflections have, in turn."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """A course full of learners, and those of them who ask."""

    world: World
    asking: list[Person]

    def ask(self, person: Person) -> float:
        """Let somebody be given a reflection; return the seconds that it took."""
        start = time.perf_counter()
        given = Responses(self.world.database).ask(
            self.world.viewer(person), self.world.activity_id
        )
        took = time.perf_counter() - start
        if given is None:
            raise RuntimeError("nothing was given")
        return took


@dataclass(frozen=True, slots=True)
class Timing:
    """Median seconds for one learner among few and among many."""

    database: str
    pool: str
    few: float
    many: float


def measure(few: int, many: int, asks: int) -> list[Timing]:
    """Time ``asks`` learners of each course, on both databases and in two pools."""
    timings = []
    for name, url in _databases():
        database = Database(url)
        try:
            schema.upgrade(database)
            Frameworks(database).install_builtin()
            crowds = [_crowd(database, size, asks * len(POOLS)) for size in (few, many)]
            if not database.is_sqlite:
                with database.engine.connect() as connection:
                    connection.exec_driver_sql("ANALYZE")
                    connection.commit()
            for number, pool in enumerate(POOLS):
                times = _time(crowds, pool, slice(number * asks, (number + 1) * asks))
                timings.append(Timing(name, POOLS[pool], *map(statistics.median, times)))
        finally:
            database.close()
    return timings


def report(few: int, many: int, timings: list[Timing]) -> str:
    """Return the table; the ratio says how far from linear a whole course is."""
    rows = [
        [
            f"{one.database}, {one.pool}",
            f"{one.few * 1e3:.1f}",
            f"{one.many * 1e3:.1f}",
            f"{one.many / one.few:.2f}",
        ]
        for one in timings
    ]
    heads = ["being given a reflection", f"ms, {few:,}", f"ms, {many:,}", "ratio"]
    notes = "Median of one request each; a ratio of 1 is linear in the number of learners."
    return table(f"Allocation: {many:,} learners against {few:,}", heads, rows, notes)


def _databases() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory(prefix="miroir-bench-") as folder:
        yield "SQLite", f"sqlite:///{folder}/allocation.sqlite"
    with course.postgres() as url:
        yield "PostgreSQL", url


def _time(crowds: list[Crowd], pool: AllocationPool, share: slice) -> list[list[float]]:
    for crowd in crowds:
        with crowd.world.database.write() as session:
            session.execute(
                update(Activity)
                .where(Activity.id == crowd.world.activity_id)
                .values(allocation_pool=pool)
            )
    turns = zip(*(crowd.asking[share] for crowd in crowds), strict=True)
    times = [
        [crowd.ask(person) for crowd, person in zip(crowds, turn, strict=True)] for turn in turns
    ]
    return [list(column) for column in zip(*times, strict=True)]


def _crowd(database: Database, size: int, asking: int) -> Crowd:
    """Fill a course by rows, past all use cases."""
    world = make_world(database, learners=0, responses_required=2)
    people = [
        Person(uuid.uuid4(), uuid.uuid4(), f"Learner {number}", Role.LEARNER)
        for number in range(size)
    ]
    step = size // asking
    with database.write() as session:
        version = select(ActivityVersion.id).where(ActivityVersion.activity_id == world.activity_id)
        rows = _rows(world, people, session.scalars(version).one(), set(range(0, size, step)))
        for model, values in rows:
            session.execute(insert(model), values)
    return Crowd(world, people[::step][:asking])


def _rows(
    world: World, people: list[Person], version_id: uuid.UUID, asking: set[int]
) -> Iterator[tuple[type[Any], list[dict[str, Any]]]]:
    """Yield the rows of each table; those who will ask are at nothing yet."""
    now, size = clock.now(), len(people)
    ways = [uuid.uuid4() for _person in people]
    works = [uuid.uuid4() for _person in people]
    cohorts = [uuid.uuid4() for _place in range(0, size, COHORT)]
    reader = {place: (place + 1) % size for place in range(0, size, 5)}
    claims = {at: by for at, by in reader.items() if by not in asking}
    here = {"activity_id": world.activity_id}
    yield (
        Cohort,
        [
            {"id": key, "context_id": world.context_id, "name": f"Cohort {number}"}
            for number, key in enumerate(cohorts)
        ],
    )
    yield (
        User,
        [
            {"id": one.user_id, "registration_id": world.registration_id, "sub": one.name}
            for one in people
        ],
    )
    yield (
        Membership,
        [
            {
                "id": one.membership_id,
                "context_id": world.context_id,
                "user_id": one.user_id,
                "role": one.role,
                "cohort_id": cohorts[place // COHORT],
            }
            for place, one in enumerate(people)
        ],
    )
    yield (
        Participation,
        [
            {
                **here,
                "id": ways[place],
                "user_id": one.user_id,
                "resource_link_id": world.resource_link_id,
            }
            for place, one in enumerate(people)
        ],
    )
    yield (
        SelfRating,
        [
            {
                "participation_id": ways[place],
                "competency_id": key,
                "moment": Moment.BEFORE,
                "level": 1 + place % 4,
                "target": 4,
            }
            for place in range(size)
            for key in world.competency_ids
        ],
    )
    yield (
        Reflection,
        [
            {
                **here,
                "id": works[place],
                "participation_id": ways[place],
                "version_id": version_id,
                "state": WorkState.RELEASED,
                "submitted_at": now,
                "visible_at": now,
                "released_at": now - timedelta(seconds=place),
                "served": SERVED[place % len(SERVED)],
                "service": SERVED[place % len(SERVED)] + (place in claims),
                "author_done": place % 2 == 0,
            }
            for place in range(size)
        ],
    )
    yield (
        Allocation,
        [
            {
                **here,
                "reflection_id": works[at],
                "reviewer_id": ways[by],
                "state": AllocationState.CLAIMED,
                "leased_until": now + timedelta(minutes=20),
                "counted": True,
            }
            for at, by in claims.items()
        ],
    )
