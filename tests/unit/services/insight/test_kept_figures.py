"""Figures of a large course: kept while nothing changes, for nobody else, gone with a person."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, func, select, update

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.figures import KeptFigures
from lti_tool.models.participations import NextStep, Participation
from lti_tool.models.people import Membership
from lti_tool.rules.vocabulary import DepthRubric
from lti_tool.services.cohort_scope import NO_COHORT, Scope
from lti_tool.services.desk.people import People
from lti_tool.services.desk.people_filters import PeopleFilter
from lti_tool.services.insight.crowds import Wanted
from lti_tool.services.insight.figures import Insight
from lti_tool.services.insight.insights import PATIENCE, Insights
from lti_tool.services.keeping import kept
from lti_tool.services.keeping.kept import Asked
from lti_tool.services.privacy import erasure, purge
from tests.factories.cohorts import add_cohort
from tests.factories.varied import add_varied
from tests.factories.world import Person, World, make_world

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is not about SQL."""
LATER = PATIENCE + timedelta(seconds=1)


@pytest.fixture
def clocks() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(
    database: Database, clocks: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> World:
    world = make_world(database, learners=0, depth_rubric=DepthRubric.KEMBER)
    add_varied(world, 40)
    monkeypatch.setattr(kept, "LEAST", 20)
    return world


def figures(
    world: World,
    wanted: Wanted | None = None,
    who: Person | None = None,
    kept_id: uuid.UUID | None = None,
    is_anew: bool = False,
) -> Insight:
    viewer, wanted = world.viewer(who or world.educator), wanted or Wanted()
    insights = Insights(world.database)
    return insights.activity(viewer, world.activity_id, wanted, kept_id, is_anew)


def change(world: World) -> None:
    with world.database.write() as session:
        session.execute(update(Participation).values(completed_at=clock.now()))


def made_at(insight: Insight) -> datetime:
    assert insight.kept is not None
    return insight.kept.at


def number_kept(world: World) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(KeptFigures)) or 0


def test_what_is_kept_is_what_was_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, again = figures(world), figures(world)
    assert first == again and first.kept is not None and len(first.tables) == 12
    course = Insights(world.database).course(world.viewer(world.educator))
    assert course == Insights(world.database).course(world.viewer(world.educator))
    assert course.kept is not None and course.kept.id != first.kept.id
    monkeypatch.setattr(kept, "LEAST", 500)
    counted = figures(world)
    assert counted.kept is None and counted.tables == first.tables
    assert Insights(world.database).course(world.viewer(world.educator)).lines == course.lines


@ONE
def test_a_change_makes_kept_figures_new(world: World, clocks: time_machine.Traveller) -> None:
    first = figures(world)
    clocks.shift(LATER)
    assert figures(world) == first
    change(world)
    new = figures(world)
    assert made_at(new) == clock.now() and new.tables != first.tables
    change(world)
    assert figures(world) == new
    assert made_at(figures(world, is_anew=True)) == clock.now() == made_at(figures(world))
    assert first.kept is not None
    assert figures(world, kept_id=first.kept.id) == first
    clocks.shift(kept.MOST_AGE)
    assert made_at(figures(world, kept_id=first.kept.id)) == clock.now()


@ONE
def test_what_was_kept_before_a_clock_was_set_back_is_not_found(
    world: World, clocks: time_machine.Traveller
) -> None:
    ahead = figures(world)
    change(world)
    clocks.shift(-timedelta(hours=2))
    now = figures(world)
    assert made_at(now) == clock.now() and now.tables != ahead.tables
    assert figures(world) == now and number_kept(world) == 1


def test_what_else_is_asked_for_is_kept_apart() -> None:
    """Other learners above all; another activity or course, other days, other settings, too."""
    here, one = uuid.uuid4(), uuid.uuid4()
    scopes = [None, (), (NO_COHORT,), (one,), (one, NO_COHORT), (uuid.uuid4(),)]
    day = clock.now()
    others = ((), (one,), (here,), (None, day), (None, None, day), (None, None, None, "x"))
    asked = [
        Asked(kind, Scope(course, None if ids is None else frozenset(ids)), *more)
        for kind in ("a", "b")
        for course in (here, one)
        for ids in scopes
        for more in others
    ]
    assert len({each.key for each in asked}) == len(asked) == 144
    for each in asked:
        assert Asked.read(each.told()) == replace(each, settings="")


@ONE
def test_nobody_gets_figures_of_others_learners(world: World) -> None:
    mine = [world.add_learner(f"Mine {number}") for number in range(6)]
    add_cohort(world, "Mine", mine, [world.tutor])
    whole = figures(world)
    assert whole.kept is not None and whole.whole == 46
    own = figures(world, who=world.tutor, kept_id=whole.kept.id)
    assert own.whole == 6 and own.kept != whole.kept
    assert figures(world, who=world.tutor) == own and figures(world) == whole
    assert figures(world, Wanted(since=date(2026, 1, 1)), kept_id=whole.kept.id).whole == 36
    with world.database.write() as session:
        ids = [one.membership_id for one in mine]
        session.execute(update(Membership).where(Membership.id.in_(ids)).values(cohort_id=None))
    assert own.kept is not None
    assert figures(world, who=world.tutor, is_anew=True).whole == 0


@ONE
def test_who_is_erased_leaves_no_kept_figures(world: World) -> None:
    figures(world)
    People(world.database).page(world.viewer(world.educator), world.activity_id)
    other = make_world(world.database, learners=25)
    figures(other)
    assert number_kept(world) == 3
    with world.database.write() as session:
        begun = session.scalars(select(Participation).order_by(Participation.id)).first()
        assert begun is not None
        erasure.erase(session, begun.user)
    assert number_kept(world) == 1
    with time_machine.travel(clock.now() + timedelta(days=400)):
        purge.purge(world.database, 365, dry_run=False)
    assert number_kept(world) == 0


def test_the_worker_counts_for_who_looked_lately(
    world: World, clocks: time_machine.Traveller
) -> None:
    insights = Insights(world.database)
    first = figures(world)
    assert insights.make_ahead() == 0
    change(world)
    clocks.shift(LATER)
    assert insights.make_ahead() == 1 and insights.make_ahead() == 0
    assert made_at(figures(world)) == clock.now() > made_at(first)
    change(world)
    clocks.shift(kept.LATELY)
    assert insights.make_ahead() == 0
    clocks.shift(kept.FORGET)
    insights.make_ahead()
    assert number_kept(world) == 0


@ONE
def test_the_numbers_of_the_list_follow_in_seconds(
    world: World, clocks: time_machine.Traveller
) -> None:
    def complete() -> int:
        page = People(world.database).page(world.viewer(world.educator), world.activity_id)
        return page.counts[PeopleFilter.COMPLETE]

    assert complete() == 12
    change(world)
    with world.database.write() as session:
        session.execute(delete(NextStep))
    assert complete() == 12
    clocks.shift(11)
    assert complete() == 36
