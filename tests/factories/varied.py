"""Many learners at all stages of one activity, written at once: for figures, lists and files."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.activities import ActivityVersion
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.interventions import Intervention
from lti_tool.models.levels import DepthRating
from lti_tool.models.participations import ConfirmedLevel, NextStep, Participation, SelfRating
from lti_tool.models.people import Membership, User
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.interventions import InterventionAct, InterventionKind
from lti_tool.rules.vocabulary import (
    AllocationState,
    DepthRubric,
    Moment,
    OutboxState,
    Role,
    Step,
    WorkState,
)
from tests.factories.world import World

KINDS = (*InterventionKind, None)
STATES = (OutboxState.SENT, OutboxState.SENT, OutboxState.QUEUED, OutboxState.REFUSED)
MODELS = (
    User,
    Membership,
    Participation,
    SelfRating,
    NextStep,
    ConfirmedLevel,
    Reflection,
    Allocation,
    Response,
    ModerationDecision,
    Intervention,
    OutboxMessage,
    DepthRating,
)
Rows = dict[Any, list[dict[str, Any]]]


def add_varied(world: World, number: int) -> None:
    """Add so many learners, of every ten: one not begun, one writing, one handed in, three who
    responded, one with a next step, three complete."""
    now = clock.now()
    with world.database.write() as session:
        for model, found in _rows(session, world, number, now).items():
            if found:
                session.execute(insert(model), found)


def _rows(session: Session, world: World, number: int, now: datetime) -> Rows:
    version_id = session.scalars(
        select(ActivityVersion.id).where(ActivityVersion.activity_id == world.activity_id)
    ).first()
    item_id = session.scalars(
        select(LineItem.id).where(LineItem.resource_link_id == world.resource_link_id)
    ).one()
    rows: Rows = {model: [] for model in MODELS}
    people = [_Learner(world, place, now) for place in range(number)]
    for one in people:
        _begin(rows, one, version_id)
        _claim(rows, one)
        _support(rows, one)
        _send(rows, one, item_id)
    written = [one for one in people if one.stage >= 2]
    for place, one in enumerate(written):
        if one.stage >= 3:
            for step in range(1, one.place // 10 % 2 + 2):
                _respond(rows, one, written[(place + step) % len(written)], step)
    return rows


class _Learner:
    """One of them; ``stage`` is their place in a ten."""

    def __init__(self, world: World, place: int, now: datetime) -> None:
        self.world, self.place, self.now, self.stage = world, place, now, place % 10
        self.user_id, self.participation_id = uuid.uuid4(), uuid.uuid4()
        self.reflection_id = uuid.uuid4()
        self.shared_at = now - timedelta(days=20, minutes=place)


def _begin(rows: Rows, one: _Learner, version_id: uuid.UUID | None) -> None:
    world = one.world
    rows[User].append(
        {
            "id": one.user_id,
            "registration_id": world.registration_id,
            "sub": f"varied-{one.user_id.hex}",
            "name": f"Crowd {one.place:05}",
        }
    )
    rows[Membership].append(
        {
            "context_id": world.context_id,
            "user_id": one.user_id,
            "role": Role.LEARNER,
            "launched_role": Role.LEARNER,
        }
    )
    if one.stage == 0:
        return
    rows[Participation].append(
        {
            "id": one.participation_id,
            "activity_id": world.activity_id,
            "user_id": one.user_id,
            "resource_link_id": world.resource_link_id,
            "started_at": one.now - timedelta(days=30 - one.stage),
            "completed_at": one.now if one.stage >= 7 else None,
            "alias": one.place + 1,
        }
    )
    shared = one.stage >= 2
    rows[Reflection].append(
        {
            "id": one.reflection_id,
            "activity_id": world.activity_id,
            "participation_id": one.participation_id,
            "version_id": version_id,
            "state": WorkState.RELEASED if shared else WorkState.DRAFT,
            "submitted_at": one.shared_at if shared else None,
            "visible_at": one.shared_at if shared else None,
            "released_at": one.shared_at if shared else None,
        }
    )


def _claim(rows: Rows, one: _Learner) -> None:
    """Rate oneself, once or twice; choose a next step."""
    for competency_id in one.world.competency_ids if one.stage >= 1 else ():
        moments = [(Moment.BEFORE, one.place % 3 + 1)]
        if one.stage >= 6:
            moments.append((Moment.AFTER, one.place % 4 + 1))
        rows[SelfRating] += [
            {
                "participation_id": one.participation_id,
                "competency_id": competency_id,
                "moment": moment,
                "level": level,
            }
            for moment, level in moments
        ]
    if one.stage >= 6:
        step = {"participation_id": one.participation_id, "action": "Try it"}
        rows[NextStep].append({**step, "by_date": date(2027, 1, 1)})


def _support(rows: Rows, one: _Learner) -> None:
    """Have a tutor decide, confirm, mark depth, and do something for every second learner."""
    world = one.world
    if one.stage in (4, 5):
        held_at = one.shared_at - timedelta(hours=one.place % 7 * 13)
        decision = {"activity_id": world.activity_id, "reflection_id": one.reflection_id}
        decision["about_id"] = one.user_id
        states = {"from_state": WorkState.HELD, "to_state": WorkState.RELEASED}
        actor = {"actor_id": world.tutor.user_id, "step": Step.RELEASE, "at": one.shared_at}
        rows[ModerationDecision] += [
            {**decision, "actor_id": None, "step": Step.HOLD, "at": held_at, **states},
            {**decision, **actor, **states},
        ]
    if one.stage in (3, 4):
        rows[DepthRating] += [
            {
                "reflection_id": one.reflection_id,
                "revision": revision,
                "rubric": DepthRubric.KEMBER,
                "level": (one.place // 10 + revision) % 3 + 1,
                "tutor_id": world.tutor.user_id,
            }
            for revision in (1, 2)
        ]
    if one.stage >= 8:
        rows[ConfirmedLevel].append(
            {
                "participation_id": one.participation_id,
                "competency_id": world.competency_ids[0],
                "level": one.place // 10 % 3 + 1,
                "confirmed_by_id": world.tutor.user_id,
            }
        )
    if one.place % 2:
        rows[Intervention].append(
            {
                "activity_id": world.activity_id,
                "user_id": one.user_id,
                "actor_id": world.tutor.user_id,
                "act": InterventionAct.NOTED,
                "kind": KINDS[one.place // 2 % len(KINDS)],
                "is_proactive": one.place % 3 != 0,
                "signals": "silent",
                "note": f"=1+{one.place}",
            }
        )


def _send(rows: Rows, one: _Learner, item_id: uuid.UUID) -> None:
    if one.stage < 7:
        return
    message = {
        "kind": "score",
        "registration_id": one.world.registration_id,
        "line_item_id": item_id,
        "user_id": one.user_id,
        "participation_id": one.participation_id,
        "payload": {"scoreGiven": 80.5, "scoreMaximum": 100},
        "key": f"score:{one.user_id.hex}",
        "finished_at": one.now,
    }
    before = one.now - timedelta(days=1)
    state = STATES[one.place // 10 % len(STATES)]
    rows[OutboxMessage] += [
        {**message, "created_at": before, "state": OutboxState.REFUSED, "reason": "gave_up"},
        {**message, "created_at": one.now, "state": state, "reason": ""},
    ]


def _respond(rows: Rows, one: _Learner, author: _Learner, step: int) -> None:
    allocation_id = uuid.uuid4()
    shared_at = author.shared_at + timedelta(hours=one.place % 300 * step)
    rows[Allocation].append(
        {
            "id": allocation_id,
            "activity_id": one.world.activity_id,
            "reflection_id": author.reflection_id,
            "reviewer_id": one.participation_id,
            "state": AllocationState.ANSWERED,
            "leased_until": one.now,
        }
    )
    rows[Response].append(
        {
            "activity_id": one.world.activity_id,
            "reflection_id": author.reflection_id,
            "allocation_id": allocation_id,
            "author_id": one.user_id,
            "state": WorkState.RELEASED,
            "submitted_at": shared_at,
            "visible_at": shared_at,
            "released_at": shared_at,
            "helpfulness": (None, 4, 3, 3, 2)[one.place % 5],
        }
    )
