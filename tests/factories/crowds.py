"""A course full of people who are in the middle of an activity, made by rows past all use cases."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from lti_tool import clock
from lti_tool.models.activities import ActivityVersion
from lti_tool.models.participations import ConfirmedLevel, Participation, SelfRating
from lti_tool.models.people import Membership, User
from lti_tool.models.reflections import Reflection, ReflectionAnswer, ReflectionRevision
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.flagging import Urgency
from lti_tool.rules.signals import SignalKind
from lti_tool.rules.vocabulary import AllocationState, Moment, Role, WorkState
from tests.factories.world import World

Row = dict[str, Any]
Rows = Iterator[tuple[type[Any], list[Row]]]
TEXT = "<p>I answer what I am asked at the desk, and rarely ask what it is needed for.</p>"
HELD_EACH = 3
"""Of so many reflections one waits for a tutor; the others are shared and have a response."""


def add_crowd(world: World, size: int) -> None:
    """Add ``size`` learners: each has rated, written, been answered, and needs a tutor."""
    with world.database.write() as session:
        version = session.scalars(
            select(ActivityVersion).where(ActivityVersion.activity_id == world.activity_id)
        ).first()
        assert version is not None
        prompts = [prompt.id for prompt in version.prompts]
        ids = [(uuid.uuid4(), uuid.uuid4(), uuid.uuid4()) for _number in range(size)]
        for model, rows in (*_people(world, ids), *_works(world, ids, version.id, prompts)):
            session.execute(insert(model), rows)


def _people(world: World, ids: list[tuple[uuid.UUID, uuid.UUID, uuid.UUID]]) -> Rows:
    """Yield who they are, and how they see their competencies."""
    past = clock.now() - timedelta(days=30)
    kind = SignalKind.SILENT.value
    registration, context = world.registration_id, world.context_id
    yield (
        User,
        [
            {"id": user, "registration_id": registration, "sub": user.hex, "name": f"Person {n}"}
            for n, (user, _way, _work) in enumerate(ids)
        ],
    )
    yield (
        Membership,
        [
            {"context_id": context, "user_id": user, "role": Role.LEARNER, "first_seen_at": past}
            for user, _way, _work in ids
        ],
    )
    yield (
        Participation,
        [
            {
                "id": way,
                "activity_id": world.activity_id,
                "user_id": user,
                "resource_link_id": world.resource_link_id,
                "attention": kind,
                "attention_at": past + timedelta(seconds=n),
                "signals": f"{kind}~{past.isoformat()}",
                "measured_at": clock.now(),
            }
            for n, (user, way, _work) in enumerate(ids)
        ],
    )
    rated = [(way, key, n) for n, (_u, way, _w) in enumerate(ids) for key in world.competency_ids]
    yield (
        SelfRating,
        [
            {
                "participation_id": way,
                "competency_id": key,
                "moment": Moment.BEFORE,
                "level": 1 + n % 4,
                "target": 4,
            }
            for way, key, n in rated
        ],
    )
    yield (
        ConfirmedLevel,
        [
            {
                "participation_id": way,
                "competency_id": key,
                "level": 1 + n % 4,
                "confirmed_by_id": world.tutor.user_id,
            }
            for way, key, n in rated
        ],
    )


def _works(
    world: World,
    ids: list[tuple[uuid.UUID, uuid.UUID, uuid.UUID]],
    version_id: uuid.UUID,
    prompts: list[uuid.UUID],
) -> Rows:
    """Yield what they wrote, and what the next one in the row answered."""
    past, here = clock.now() - timedelta(days=9), {"activity_id": world.activity_id}
    yield Reflection, [_reflection(world, n, one, version_id) for n, one in enumerate(ids)]
    yield (
        ReflectionAnswer,
        [
            {"reflection_id": work, "prompt_id": p, "html": TEXT}
            for *_, work in ids
            for p in prompts
        ],
    )
    answers = {str(prompt): TEXT for prompt in prompts}
    yield (
        ReflectionRevision,
        [{"reflection_id": work, "number": 1, "answers": answers} for *_, work in ids],
    )
    given = [
        (uuid.uuid4(), work, *ids[n - 1][:2])
        for n, (*_, work) in enumerate(ids)
        if n % HELD_EACH and len(ids) > 1
    ]
    yield (
        Allocation,
        [
            {
                **here,
                "id": key,
                "reflection_id": work,
                "reviewer_id": way,
                "state": AllocationState.ANSWERED,
                "leased_until": past,
            }
            for key, work, _user, way in given
        ],
    )
    yield (
        Response,
        [
            {
                **here,
                "reflection_id": work,
                "allocation_id": key,
                "author_id": user,
                "state": WorkState.RELEASED,
                "resonates": TEXT,
                "submitted_at": past,
                "visible_at": past,
                "released_at": past,
                "helpfulness": 1 + n % 4,
            }
            for n, (key, work, user, _way) in enumerate(given)
        ],
    )


def _reflection(
    world: World,
    number: int,
    one: tuple[uuid.UUID, uuid.UUID, uuid.UUID],
    version_id: uuid.UUID,
) -> Row:
    at = clock.now() - timedelta(days=10) + timedelta(seconds=number)
    held = number % HELD_EACH == 0
    return {
        "id": one[2],
        "activity_id": world.activity_id,
        "participation_id": one[1],
        "version_id": version_id,
        "state": WorkState.HELD if held else WorkState.RELEASED,
        "submitted_at": at,
        "visible_at": at,
        "released_at": None if held else at,
        "urgency": (Urgency.WAITING if held else Urgency.NONE).value,
        "waits_since": at if held else None,
    }
