from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from lti_tool import clock
from lti_tool.errors import IllegalTransition, InvalidInput, NotFound, Stale
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.clocks import LearnerClock
from lti_tool.models.cohorts import Cohort
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.interventions import Intervention
from lti_tool.models.people import Membership
from lti_tool.rules.clocks import DueDates, ExtensionScope
from lti_tool.rules.completion import ItemKey, ItemState
from lti_tool.rules.interventions import InterventionAct
from lti_tool.rules.requirements import Why
from lti_tool.rules.vocabulary import Phase, Role
from lti_tool.services.desk.extensions import Draft, Extensions
from lti_tool.services.engine import remeasuring
from lti_tool.services.learner.participations import Participations
from lti_tool.services.learner.standing import Standing
from lti_tool.services.sweeps import Sweeps
from tests.factories.learning import go_on, rate, reflect
from tests.factories.work import add_participation
from tests.factories.world import Person, World, make_world
from tests.support.queries import counted

DAY = timedelta(days=1)


@pytest.fixture
def world(database: Database) -> World:
    now = clock.now()
    due = {"now_due_at": now + 5 * DAY, "new_due_at": now + 9 * DAY, "next_due_at": now + 14 * DAY}
    return make_world(database, learners=3, opens_at=now - DAY, **due)


def draft(days: int, scope: ExtensionScope = ExtensionScope.NOT_HANDED_IN, **fields: Any) -> Draft:
    """Return a form that gives everything so many days from now, and the rest after it."""
    now = clock.now()
    dates = DueDates(now + days * DAY, now + (days + 4) * DAY, now + (days + 9) * DAY)
    return Draft(scope, dates, "Was ill", **fields)


def give(world: World, wanted: Draft, person: Person | None = None) -> uuid.UUID:
    viewer, extensions = world.viewer(person or world.tutor), Extensions(world.database)
    seen = extensions.preview(viewer, world.activity_id, wanted).seen
    return extensions.give(viewer, world.activity_id, wanted, seen)


def standing(world: World, person: Person) -> Standing:
    return Participations(world.database).standing(world.viewer(person), world.activity_id)


def test_all_who_have_not_handed_in_get_more_time_and_nobody_else(world: World) -> None:
    done, begun, absent = world.learners
    reflect(world, done)
    add_participation(world, begun)
    give(world, draft(20))
    assert standing(world, done).own_dates == frozenset()
    for person in (begun, absent):
        found = standing(world, person)
        assert found.own_dates == set(Phase)
        assert found.activity.now_due_at == pytest.approx(clock.now() + 20 * DAY, abs=DAY)


def test_undone_everybody_has_what_they_had(world: World) -> None:
    one = world.learners[0]
    first = give(world, draft(10))
    second = give(world, draft(20, ExtensionScope.CHOSEN, people=(one.user_id,)))
    longest = standing(world, one).activity.now_due_at
    Extensions(world.database).undo(world.viewer(world.tutor), world.activity_id, second)
    shorter = standing(world, one).activity.now_due_at
    assert longest is not None and shorter is not None
    assert longest - shorter > 9 * DAY
    Extensions(world.database).undo(world.viewer(world.tutor), world.activity_id, first)
    assert standing(world, one).own_dates == frozenset()
    with pytest.raises(IllegalTransition):
        Extensions(world.database).undo(world.viewer(world.tutor), world.activity_id, first)


def test_the_learners_own_date_decides_over_waiting_and_over_the_score(world: World) -> None:
    """The sweep, the checklist and the promise of the score all wait for it."""
    one, other, _third = world.learners
    with time_machine.travel(clock.now(), tick=False) as time:
        for person in (one, other):
            reflect(world, person)
        give(world, draft(20, ExtensionScope.CHOSEN, people=(place(world, one),)))
        time.shift(15 * DAY)
        Sweeps(world.database).run()
        states = [state_of(standing(world, person)) for person in (one, other)]
        assert states == [ItemState.WAITING, ItemState.DONE]
        assert told(world) == {other.user_id}
        time.shift(15 * DAY)
        Sweeps(world.database).run()
        assert state_of(standing(world, one)) is ItemState.DONE
        assert told(world) == {one.user_id, other.user_id}


def place(world: World, person: Person) -> uuid.UUID:
    return standing(world, person).participation_id


def state_of(found: Standing) -> ItemState:
    key = ItemKey.RESPONSES_RECEIVED
    return next(item.state for item in found.progress.items if item.key is key)


def told(world: World) -> set[uuid.UUID | None]:
    with world.database.read() as session:
        return set(session.scalars(select(OutboxMessage.user_id)))


@pytest.mark.parametrize(
    ("dates", "field"),
    [
        (DueDates(), "now_due_at"),
        (DueDates(now_due_at=timedelta(days=-1)), "now_due_at"),  # type: ignore[arg-type]
        (DueDates(now_due_at=timedelta(days=11)), "new_due_at"),  # type: ignore[arg-type]
        (DueDates(next_due_at=timedelta(days=1)), "next_due_at"),  # type: ignore[arg-type]
    ],
)
def test_an_impossible_schedule_is_refused_beside_its_field(
    world: World, dates: DueDates, field: str
) -> None:
    """Dates in the parameters are distances from now."""
    now = clock.now()
    moments = DueDates(*(now + each if each is not None else None for each in _values(dates)))
    wanted = Draft(ExtensionScope.NOT_COMPLETE, moments, "Was ill")
    with pytest.raises(InvalidInput) as raised:
        Extensions(world.database).preview(world.viewer(world.tutor), world.activity_id, wanted)
    assert list(raised.value.fields) == [field]


def _values(dates: DueDates) -> list[Any]:
    return [dates.now_due_at, dates.new_due_at, dates.next_due_at]


def test_a_phase_without_an_end_cannot_be_extended(database: Database) -> None:
    world = make_world(database, next_due_at=clock.now() + DAY)
    with pytest.raises(InvalidInput) as raised:
        Extensions(database).preview(world.viewer(world.tutor), world.activity_id, draft(9))
    assert list(raised.value.fields) == ["now_due_at", "new_due_at"]


def test_what_was_looked_at_is_given_or_nothing(world: World) -> None:
    extensions, viewer = Extensions(world.database), world.viewer(world.tutor)
    wanted = draft(20)
    seen = extensions.preview(viewer, world.activity_id, wanted).seen
    reflect(world, world.learners[0])
    with pytest.raises(Stale):
        extensions.give(viewer, world.activity_id, wanted, seen)
    assert standing(world, world.learners[1]).own_dates == frozenset()


def test_it_is_written_down_for_each_learner(world: World) -> None:
    give(world, draft(20, ExtensionScope.CHOSEN, people=(world.learners[0].user_id,)))
    with world.database.read() as session:
        line = session.scalars(select(Intervention)).one()
        assert (line.user_id, line.act) == (world.learners[0].user_id, InterventionAct.EXTENDED)
        assert line.actor_id == world.tutor.user_id
        assert (line.note, line.is_proactive) == ("Was ill", True)


def test_a_week_more_is_one_step_and_refused_where_not_needed(world: World) -> None:
    one = world.learners[0]
    extensions, viewer = Extensions(world.database), world.viewer(world.tutor)
    extensions.give_week(viewer, world.activity_id, one.user_id)
    assert standing(world, one).own_dates == set(Phase)
    with pytest.raises(InvalidInput):
        extensions.give_week(viewer, world.activity_id, place(world, one))


def test_who_joins_late_has_a_clock_of_their_own_if_the_educator_says_so(
    database: Database,
) -> None:
    now = clock.now()
    world = make_world(
        database,
        learners=1,
        opens_at=now - 6 * DAY,
        now_due_at=now + DAY,
        new_due_at=now + 3 * DAY,
        starts_on_joining=True,
    )
    with database.write() as session:
        early = session.get_one(Membership, world.learners[0].membership_id)
        early.first_seen_at = now - 20 * DAY
    late = world.add_learner("Late joiner")
    assert standing(world, world.learners[0]).own_dates == frozenset()
    found = standing(world, late)
    assert found.own_dates == {Phase.NOW, Phase.NEW}
    assert found.activity.now_due_at == pytest.approx(now + 7 * DAY, abs=timedelta(hours=25))


def test_nobody_of_another_course_is_reached(world: World) -> None:
    other = make_world(world.database, next_due_at=clock.now() + DAY)
    stranger = Extensions(world.database)
    given = give(world, draft(20))
    with pytest.raises(NotFound):
        stranger.undo(other.viewer(other.tutor), other.activity_id, given)
    wanted = draft(20, ExtensionScope.CHOSEN, people=(other.learners[0].user_id,))
    with pytest.raises(InvalidInput):
        stranger.preview(world.viewer(world.tutor), world.activity_id, wanted)


def test_staff_and_who_left_get_no_clock(world: World) -> None:
    left, promoted, stays = world.learners
    with world.database.write() as session:
        session.get_one(Membership, left.membership_id).left_at = clock.now()
        session.get_one(Membership, promoted.membership_id).granted_role = Role.TUTOR
    give(world, draft(20))
    with world.database.read() as session:
        assert list(session.scalars(select(LearnerClock.user_id))) == [stays.user_id]


def test_a_late_reflection_is_taken_unless_the_educator_says_otherwise(
    database: Database,
) -> None:
    due = clock.now() + DAY
    open_one = make_world(database, now_due_at=due)
    closed_one = make_world(database, now_due_at=due, accepts_late=False)
    with time_machine.travel(due + DAY):
        reflect(open_one, open_one.learners[0])
        with pytest.raises(InvalidInput):
            reflect(closed_one, closed_one.learners[0])
        assert standing(closed_one, closed_one.learners[0]).closed == {Phase.NOW}
        give(closed_one, Draft(ExtensionScope.NOT_COMPLETE, DueDates(clock.now() + DAY), "Late"))
        reflect(closed_one, closed_one.learners[0])


def test_who_has_completed_keeps_it_when_an_educator_moves_the_date(database: Database) -> None:
    due = clock.now() + DAY
    world = make_world(
        database, learners=1, responses_required=2, tutor_confirms=False, new_due_at=due
    )
    one = world.learners[0]
    with time_machine.travel(clock.now(), tick=False) as time:
        rate(world, one)
        reflect(world, one)
        go_on(world, one)
        assert not standing(world, one).progress.complete
        time.shift(2 * DAY)
        assert standing(world, one).progress.complete
        with database.write() as session:
            session.get_one(Activity, world.activity_id).new_due_at = clock.now() + 9 * DAY
            remeasuring.refresh_all(session, world.activity_id)
        assert standing(world, one).progress.complete
        assert standing(world, one).progress.to_give.why is Why.COMPLETED


def test_a_cohorts_time_reaches_who_comes_into_it_and_stays_with_who_leaves(world: World) -> None:
    inside, outside, newcomer = world.learners
    with world.database.write() as session:
        cohort = Cohort(context_id=world.context_id, name="Evening group")
        session.add(cohort)
        session.flush()
        key = cohort.id
        session.get_one(Membership, inside.membership_id).cohort_id = key
    given = give(world, draft(20, ExtensionScope.COHORT, cohort_id=key), world.educator)
    with world.database.write() as session:
        session.get_one(Membership, newcomer.membership_id).cohort_id = key
        session.get_one(Membership, inside.membership_id).cohort_id = None
    assert Sweeps(world.database).run()["extended"] == 1
    for person, own in ((inside, True), (newcomer, True), (outside, False)):
        assert bool(standing(world, person).own_dates) is own
    Extensions(world.database).undo(world.viewer(world.educator), world.activity_id, given)
    assert not standing(world, newcomer).own_dates
    assert Sweeps(world.database).run()["extended"] == 0


def test_time_for_a_large_course_costs_statements_by_the_hundred_not_by_learner(
    database: Database,
) -> None:
    now = clock.now()
    dates = {"opens_at": now - 9 * DAY, "next_due_at": now + DAY}
    world = make_world(database, learners=0, starts_on_joining=True, **dates)

    def statements(more: int) -> int:
        for number in range(more):
            world.add_learner(f"Learner {number}")
        wanted = Draft(ExtensionScope.NOT_COMPLETE, DueDates(None, None, now + more * DAY), "Ill")
        with counted(database) as sent:
            give(world, wanted)
        return len(sent)

    assert statements(20) == statements(40)
