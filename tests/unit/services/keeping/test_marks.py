from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.figures import FigureChange, FigureMark
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.interventions import Intervention
from lti_tool.models.levels import DepthRating
from lti_tool.models.participations import ConfirmedLevel, NextStep, Participation, SelfRating
from lti_tool.models.people import Membership
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.vocabulary import Step
from lti_tool.services.keeping import marks
from lti_tool.services.keeping.kept import tidy
from tests.factories.varied import add_varied
from tests.factories.world import World, make_world

COUNTED: tuple[tuple[Any, str], ...] = (
    (Membership, "cohort_id"),
    (Membership, "granted_role"),
    (Membership, "left_at"),
    (Participation, "completed_at"),
    (Reflection, "state"),
    (Response, "helpfulness"),
    (Intervention, "is_proactive"),
    (SelfRating, "level"),
    (ConfirmedLevel, "level"),
    (OutboxMessage, "state"),
    (DepthRating, "level"),
)
ELSE: tuple[tuple[Any, str], ...] = (
    (Membership, "last_seen_at"),
    (Participation, "visited_at"),
    (Reflection, "saved_at"),
    (Response, "resonates"),
    (OutboxMessage, "attempts"),
)


@pytest.fixture
def world(database: Database) -> World:
    world = make_world(database, learners=0)
    add_varied(world, 20)
    return world


def is_changed(world: World) -> bool:
    """Return whether the activity's figures changed, and take the changes away."""
    with world.database.write() as session:
        concerned = marks.subjects(session, world.context_id, world.activity_id)
        before = marks.unchanged_since(session, concerned)
        after = marks.gather(session, concerned)
        assert marks.unchanged_since(session, concerned) == after
        assert before in (None, after)
        return before is None


def write(world: World, statement: Any) -> None:
    with world.database.write() as session:
        session.execute(statement.execution_options(synchronize_session=False))


def test_whatever_figures_count_leaves_a_mark_and_nothing_else_does(world: World) -> None:
    assert is_changed(world) and not is_changed(world)
    for model, column in COUNTED:
        write(world, update(model).values({column: getattr(model, column)}))
        assert is_changed(world), (model, column)
    for model, column in ELSE:
        write(world, update(model).values({column: getattr(model, column)}))
        assert not is_changed(world), (model, column)
    write(world, delete(NextStep))
    assert is_changed(world)
    with world.database.write() as session:
        about = session.scalars(select(Reflection).order_by(Reflection.id)).first()
        assert about is not None
        row = {"activity_id": world.activity_id, "reflection_id": about.id, "at": clock.now()}
        session.add(ModerationDecision(**row, step=Step.LEAVE))
    assert is_changed(world)


def test_a_change_that_is_committed_while_somebody_counts_is_not_missed(world: World) -> None:
    other = make_world(world.database, learners=1)
    concerned = [world.context_id, world.activity_id]
    with world.database.write() as session:
        mark = marks.gather(session, concerned)
    write(world, update(Reflection).values(state=Reflection.state))
    with world.database.write() as session:
        assert marks.gather(session) >= 1  # the worker takes it away: the number tells
        assert session.scalar(select(FigureChange.subject_id).limit(1)) is None
    with world.database.read() as session:
        now = marks.unchanged_since(session, concerned)
        of_other = marks.unchanged_since(session, [other.context_id])
        whole = marks.subjects(session, world.context_id, None)
        assert now == mark + 1 == marks.unchanged_since(session, whole)
        assert of_other == 1


def test_numbers_of_what_is_gone_are_dropped(world: World) -> None:
    gone = uuid.uuid4()
    with world.database.write() as session:
        session.add(FigureChange(subject_id=gone, by_transaction=0))
    tidy(world.database)
    with world.database.read() as session:
        numbered = set(session.scalars(select(FigureMark.subject_id)))
    assert numbered == {world.context_id, world.activity_id}
