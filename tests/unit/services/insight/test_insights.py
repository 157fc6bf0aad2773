from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from lti_tool import clock, i18n
from lti_tool.models import Database
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.rules.stages import Stage
from lti_tool.rules.suppression import Cell
from lti_tool.rules.vocabulary import Role, Step, WorkState
from lti_tool.services.cohort_scope import Scope
from lti_tool.services.insight import claims
from lti_tool.services.insight.crowds import Crowd, Wanted
from lti_tool.services.insight.figures import Glance, Insight, RowKey, TableKey
from lti_tool.services.insight.insights import Insights
from lti_tool.services.insight.lines import Lines
from lti_tool.services.keeping import kept
from tests.factories.varied import add_varied
from tests.factories.work import add_reflection
from tests.factories.world import World, make_world
from tests.support.queries import counted

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def figures(world: World, wanted: Wanted | None = None) -> Insight:
    insights = Insights(world.database)
    return insights.activity(world.viewer(world.educator), world.activity_id, wanted or Wanted())


def cell(insight: Insight, table: TableKey, row: RowKey, column: int = 0) -> Cell:
    rows = next(one.rows for one in insight.tables if one.key is table)
    return next(one.cells[column] for one in rows if one.key == row)


def statements(world: World) -> tuple[int, int]:
    insights, viewer = Insights(world.database), world.viewer(world.educator)
    with counted(world.database) as activity:
        insights.activity(viewer, world.activity_id, Wanted())
    with counted(world.database) as course:
        insights.course(viewer)
    return len(activity), len(course)


@ONE
def test_figures_cost_the_same_at_100_and_at_2000_learners(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = make_world(database, learners=0), make_world(database, learners=0)
    add_varied(small, 100)
    add_varied(large, 2_000)
    first, of_small = statements(large), statements(small)
    assert of_small[0] <= 22 and of_small[1] <= 10
    again = statements(large)
    assert again < of_small
    monkeypatch.setattr(kept, "LEAST", 50)
    assert statements(small) == first and statements(small) == again
    lines, viewer = Lines(database), large.viewer(large.educator)
    with counted(database) as sent:
        assert sum(1 for _line in lines.support(viewer, large.activity_id)) == 1_000
    assert len(sent) <= 3 * 8


def test_who_is_staff_by_now_or_left_without_beginning_does_not_count(database: Database) -> None:
    world = make_world(database, learners=0)
    add_varied(world, 60)
    before = figures(world)
    assert before.whole == 60 and cell(before, TableKey.GLANCE, Glance.COMPLETE) == 18
    with database.write() as session:
        done = Participation.completed_at.is_not(None)
        ids = list(session.scalars(select(Participation.user_id).order_by(~done)))
        here = Membership.context_id == world.context_id
        change = update(Membership).where(here)
        session.execute(change.where(Membership.user_id == ids[0]).values(granted_role=Role.TUTOR))
        session.execute(change.where(Membership.user_id == ids[1]).values(left_at=clock.now()))
        gone = change.where(Membership.user_id.not_in(ids), Membership.role == Role.LEARNER)
        session.execute(gone.values(left_at=clock.now()))
    after = figures(world)
    assert after.whole == 53 and cell(after, TableKey.STAGES, Stage.NOT_STARTED) == 0
    assert cell(after, TableKey.GLANCE, Glance.COMPLETE) == 17


def test_who_began_between_two_days_of_the_readers_zone(database: Database) -> None:
    world = make_world(database, learners=0)
    add_varied(world, 60)
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    with database.write() as session:
        session.execute(update(Participation).values(started_at=late))
    for zone, days, whole in (("", (1, 1), 54), ("Europe/Paris", (1, 1), 0)):
        with i18n.use("en", zone):
            since, until = (date(2026, 3, day) for day in days)
            assert figures(world, Wanted(None, since, until)).whole == whole
    with i18n.use("en", "Europe/Paris"):
        found = figures(world, Wanted(None, date(2026, 3, 2)))
    assert found.whole == 54 and found.tables[1].rows[0].key is Stage.NOW


def test_waiting_for_a_tutor_begins_anew_after_each_decision(database: Database) -> None:
    world = make_world(database, learners=1)
    learner, start = world.learners[0], clock.now() - timedelta(days=9)
    reflection_id = add_reflection(world, learner, state=WorkState.DRAFT)

    def decide(step: Step, hours: int, actor: uuid.UUID | None) -> ModerationDecision:
        return ModerationDecision(
            activity_id=world.activity_id,
            reflection_id=reflection_id,
            about_id=learner.user_id,
            actor_id=actor,
            step=step,
            at=start + timedelta(hours=hours, seconds=1),
        )

    tutor = world.tutor.user_id
    way = [(Step.HOLD, 0, None), (Step.RETURN, 30, tutor), (Step.HOLD, 100, None)]
    way += [(Step.FLAG, 101, None), (Step.RELEASE, 105, tutor), (Step.WITHHOLD, 150, tutor)]
    with database.write() as session:
        session.add_all([decide(*one) for one in way])
    crowd = Crowd(world.context_id, [world.activity_id], Scope(world.context_id, None))
    with database.read() as session:
        assert dict(claims.decisions(session, crowd.begun(), world.activity_id).hours) == {
            30: 1,
            5: 1,
        }
