from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import insert, select, update

from lti_tool import clock
from lti_tool.errors import InvalidInput, NotFound
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.cohorts import Cohort, CohortTutor
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.interventions import Intervention
from lti_tool.models.participations import Participation, SelfRating
from lti_tool.models.people import Membership, User
from lti_tool.models.responses import Response
from lti_tool.rules.interventions import InterventionAct, InterventionKind
from lti_tool.rules.signals import SignalKind
from lti_tool.rules.vocabulary import Moment, OutboxState, Role, WorkState
from lti_tool.services.desk.interventions import Interventions
from lti_tool.services.desk.moderation import Moderation
from lti_tool.services.desk.overrides import Overrides
from lti_tool.services.desk.signal_views import Place, TodayPage
from lti_tool.services.desk.signals import Signals
from lti_tool.services.engine import completion
from lti_tool.services.learner.drafts import Written
from lti_tool.services.learner.participations import Participations
from lti_tool.services.learner.reflections import Reflections
from lti_tool.services.learner.responses import Responses
from tests.factories.learning import ask, go_on, rate, reflect, reflection_text, respond
from tests.factories.world import Person, World, make_world
from tests.support.queries import counted

DAY = timedelta(days=1)


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database, learners=3, responses_required=1)


def today(world: World, person: Person | None = None, only: SignalKind | None = None) -> TodayPage:
    viewer = world.viewer(person or world.tutor)
    return Signals(world.database).page(viewer, world.activity_id, only)


def listed(world: World, person: Person | None = None) -> dict[str, list[SignalKind]]:
    rows = today(world, person).rows
    return {row.name: [signal.kind for signal in row.signals] for row in rows}


def place(world: World, person: Person) -> uuid.UUID:
    found = Participations(world.database).standing(world.viewer(person), world.activity_id)
    return found.participation_id


def see(world: World, person: Person) -> None:
    """Let somebody have been in the course just now."""
    with world.database.write() as session:
        session.get_one(Membership, person.membership_id).last_seen_at = clock.now()


def test_who_has_not_begun_is_told_of_after_three_days(world: World) -> None:
    assert listed(world) == {}
    with time_machine.travel(clock.now() + 4 * DAY):
        rate(world, world.learners[0])
        assert listed(world) == {
            "Learner 2": [SignalKind.NOT_STARTED],
            "Learner 3": [SignalKind.NOT_STARTED],
        }


def test_who_joined_late_is_given_time_to_begin_where_time_begins_with_joining(
    database: Database,
) -> None:
    """The date of the others is over; nobody has opened the activity, so nobody has a clock."""
    now = clock.now()
    dates = {"opens_at": now - 10 * DAY, "now_due_at": now - DAY}
    world = make_world(database, learners=3, starts_on_joining=True, **dates)
    joined = (20 * DAY, 5 * DAY, 2 * DAY)
    with database.write() as session:
        for person, ago in zip(world.learners, joined, strict=True):
            session.get_one(Membership, person.membership_id).first_seen_at = now - ago
    assert set(listed(world)) == {"Learner 1", "Learner 2"}
    assert today(world).counts == {SignalKind.NOT_STARTED: 2}


def test_time_alone_puts_somebody_on_the_list_and_a_sign_of_life_takes_them_off(
    world: World,
) -> None:
    one = world.learners[0]
    with time_machine.travel(clock.now(), tick=False) as time:
        for person in world.learners:
            reflect(world, person)
            respond(world, person) if person is not one else None
        time.shift(8 * DAY)
        assert SignalKind.SILENT in listed(world)["Learner 1"]
        time.shift(timedelta(minutes=1))
        see(world, one)
        assert SignalKind.SILENT not in listed(world).get("Learner 1", [])


def test_a_reflection_that_nobody_answers_comes_to_the_tutor_in_the_days_that_were_set(
    world: World,
) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        reflect(world, world.learners[0])
        with world.database.write() as session:
            session.execute(update(Activity).values(answer_within_days=1))
            part = session.scalars(select(Participation)).one()
            completion.refresh(session, part)
        time.shift(1.5 * DAY)
        assert listed(world) == {"Learner 1": [SignalKind.UNANSWERED]}
        (row,) = today(world).rows
        assert row.reflection_id is not None
        answer(world, row.reflection_id)
        assert listed(world) == {}


def answer(world: World, reflection_id: uuid.UUID) -> None:
    parts = {"resonates": "<p>I know this.</p>"}
    viewer = world.viewer(world.tutor)
    Moderation(world.database).respond(viewer, world.activity_id, reflection_id, parts)


def test_a_tutors_answer_is_written_down_as_done_before_they_asked(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        reflect(world, world.learners[0])
        time.shift(4 * DAY)
        (row, *_others) = today(world).rows
        assert row.reflection_id is not None
        answer(world, row.reflection_id)
    with world.database.read() as session:
        line = session.scalars(select(Intervention)).one()
    assert (line.act, line.kind) == (InterventionAct.ANSWERED, InterventionKind.COGNITIVE)
    assert (line.is_proactive, line.signals) == (True, "unanswered")


def test_harsh_words_point_to_the_response_and_change_nothing_else(world: World) -> None:
    one, other, _third = world.learners
    for person in (one, other):
        reflect(world, person)
    allocation_id = ask(world, other)
    assert allocation_id is not None
    text = "This is stupid and I would never work like that anywhere at all, to be honest"
    Responses(world.database).submit(
        world.viewer(other),
        world.activity_id,
        allocation_id,
        Written({"resonates": text, "question": "Why do you do it like that?", "suggestion": ""}),
    )
    (row,) = [row for row in today(world).rows if SignalKind.HARSH in row.kinds]
    assert (row.name, row.words) == ("Learner 1", ("stupid",))
    with world.database.read() as session:
        response = session.get_one(Response, row.response_id)
        assert response.state is WorkState.RELEASED


def test_a_rating_that_fell_and_a_short_draft_are_told_of(world: World) -> None:
    one, other, _third = world.learners
    with time_machine.travel(clock.now(), tick=False) as time:
        rate(world, one, level=3)
        reflect(world, one)
        go_on(world, one, level=2)
        draft = reflection_text(world, "Only this")
        Reflections(world.database).save_draft(world.viewer(other), world.activity_id, draft)
        assert listed(world)["Learner 1"] == [SignalKind.DROPPED]
        place(world, other)
        time.shift(3 * DAY)
        with world.database.write() as session:
            for part in session.scalars(select(Participation)):
                completion.refresh(session, part)
        assert SignalKind.SHORT_DRAFT in listed(world)["Learner 2"]


def test_a_note_lets_the_reasons_rest(world: World) -> None:
    interventions, viewer = Interventions(world.database), world.viewer(world.tutor)
    one, other, _third = world.learners
    with time_machine.travel(clock.now(), tick=False) as time:
        reflect(world, one)
        time.shift(4 * DAY)
        for whom in (place(world, one), other.user_id):
            kind = InterventionKind.MOTIVATIONAL
            interventions.note(viewer, world.activity_id, whom, kind, "Rang them up.")
        assert set(listed(world)) == {"Learner 3"}
        time.shift(4 * DAY)
        assert set(listed(world)) == {"Learner 1", "Learner 2", "Learner 3"}
    with pytest.raises(InvalidInput):
        interventions.note(viewer, world.activity_id, one.user_id, kind, "  ")


def test_what_somebody_sits_on_is_given_to_others(world: World) -> None:
    other = world.learners[1]
    for person in world.learners:
        reflect(world, person)
    with time_machine.travel(clock.now(), tick=False) as time:
        allocation_id = ask(world, other)
        assert allocation_id is not None
        begun = Written({"resonates": "I begin", "question": "", "suggestion": ""})
        responses = Responses(world.database)
        responses.save_draft(world.viewer(other), world.activity_id, allocation_id, begun)
        time.shift(4 * DAY)
        with world.database.write() as session:
            for part in session.scalars(select(Participation)):
                completion.refresh(session, part)
        assert SignalKind.SITTING in listed(world)["Learner 2"]
        viewer, mine = world.viewer(world.tutor), place(world, other)
        assert Interventions(world.database).free(viewer, world.activity_id, mine) == 1
        assert SignalKind.SITTING not in listed(world).get("Learner 2", [])
        responses.take_up(world.viewer(other), world.activity_id, allocation_id)
        page = responses.open(world.viewer(other), world.activity_id, allocation_id)
        assert "I begin" in page.parts["resonates"]


def test_who_left_or_became_a_tutor_is_not_listed(world: World) -> None:
    one, other, third = world.learners
    with time_machine.travel(clock.now(), tick=False) as time:
        for person in (one, other):
            reflect(world, person)
        time.shift(9 * DAY)
        assert set(listed(world)) == {"Learner 1", "Learner 2", "Learner 3"}
        with world.database.write() as session:
            session.get_one(Membership, one.membership_id).left_at = clock.now()
            session.get_one(Membership, other.membership_id).granted_role = Role.TUTOR
            session.get_one(Membership, third.membership_id).left_at = clock.now()
        assert listed(world) == {}


def test_a_tutor_is_told_of_their_own_cohort_alone(world: World) -> None:
    one, _other, _third = world.learners
    with world.database.write() as session:
        mine = Cohort(context_id=world.context_id, name="A")
        session.add(mine)
        session.flush()
        session.add(CohortTutor(cohort_id=mine.id, user_id=world.tutor.user_id))
        session.get_one(Membership, one.membership_id).cohort_id = mine.id
    with time_machine.travel(clock.now() + 4 * DAY):
        assert set(listed(world)) == {"Learner 1"}
        assert len(listed(world, world.educator)) == 3
        viewer = world.viewer(world.tutor)
        with pytest.raises(NotFound):
            Interventions(world.database).record(
                viewer, world.activity_id, world.learners[1].user_id, InterventionAct.NUDGED
            )


def fill(world: World, people: int) -> None:
    """Add learners who have begun and fell silent, and as many who have not begun."""
    past = clock.now() - 30 * DAY
    ids = [uuid.uuid4() for _number in range(people)]
    kind = SignalKind.SILENT
    with world.database.write() as session:
        session.execute(
            insert(User),
            [
                {"id": key, "registration_id": world.registration_id, "sub": key.hex, "name": "X"}
                for key in ids
            ],
        )
        session.execute(
            insert(Membership),
            [
                {
                    "context_id": world.context_id,
                    "user_id": key,
                    "role": Role.LEARNER,
                    "first_seen_at": past,
                    "last_seen_at": past,
                }
                for key in ids
            ],
        )
        session.execute(
            insert(Participation),
            [
                {
                    "activity_id": world.activity_id,
                    "user_id": key,
                    "resource_link_id": world.resource_link_id,
                    "attention": kind.value,
                    "attention_at": past + timedelta(minutes=number),
                    "signals": f"{kind.value}~{past.isoformat()}",
                    "measured_at": clock.now(),
                }
                for number, key in enumerate(ids[: people // 2])
            ],
        )
        session.execute(update(Activity).values(created_at=past))


def statements(world: World, after: Place | None = None) -> int:
    with counted(world.database) as sent:
        viewer = world.viewer(world.educator)
        page = Signals(world.database).page(viewer, world.activity_id, None, after)
    assert len(page.rows) == 20
    return len(sent)


def test_a_page_costs_the_same_at_100_and_at_1000_learners(database: Database) -> None:
    small, large = make_world(database, learners=0), make_world(database, learners=0)
    fill(small, 100)
    fill(large, 1000)
    assert statements(small) == statements(large) <= 12
    following = today(large, large.educator).following
    assert following is not None
    assert statements(large, Place.parse(str(following))) == statements(large)


def test_pages_follow_each_other_without_gaps(database: Database) -> None:
    world = make_world(database, learners=0)
    fill(world, 70)
    seen: list[uuid.UUID] = []
    after: Place | None = None
    while True:
        viewer = world.viewer(world.educator)
        page = Signals(database).page(viewer, world.activity_id, None, after)
        seen += [row.place for row in page.rows]
        after = page.following
        if after is None:
            break
    assert len(seen) == len(set(seen)) == page.total == 70
    assert page.counts == {SignalKind.SILENT: 35, SignalKind.NOT_STARTED: 35}
    only = today(world, world.educator, SignalKind.NOT_STARTED)
    assert all(row.kinds == {SignalKind.NOT_STARTED} for row in only.rows)


@pytest.mark.parametrize("text", ["x", "1~2~3", "40~2026-01-01T00:00:00~" + "0" * 32])
def test_a_place_that_is_nonsense_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        Place.parse(text)


def messages(world: World) -> list[tuple[float, str]]:
    with world.database.read() as session:
        query = select(OutboxMessage).order_by(OutboxMessage.created_at)
        found = session.scalars(query).all()
        return [(m.payload["scoreGiven"], m.payload["comment"]) for m in found]


def overridden(world: World, act: Callable[[Overrides, uuid.UUID], None]) -> None:
    act(Overrides(world.database), place(world, world.learners[0]))


def test_a_tutors_word_completes_with_a_reason_and_is_undone(world: World) -> None:
    viewer, activity_id = world.viewer(world.tutor), world.activity_id
    reflect(world, world.learners[0])
    overridden(world, lambda o, p: o.complete(viewer, activity_id, p, 90, "Told me all of it."))
    (score, comment) = messages(world)[-1]
    assert score == 90
    assert "Your tutor counts it as complete with 90 of 100: Told me all of it." in comment
    found = Participations(world.database).standing(world.viewer(world.learners[0]), activity_id)
    assert found.progress.complete and found.progress.earned < 90
    overridden(world, lambda o, p: o.undo(viewer, activity_id, p))
    (score, comment) = messages(world)[-1]
    assert score == found.progress.earned and "Told me" not in comment
    found = Participations(world.database).standing(world.viewer(world.learners[0]), activity_id)
    assert not found.progress.complete and found.progress.to_give.of == 1


def test_a_change_is_told_for_those_alone_whom_it_concerns(world: World) -> None:
    viewer, activity_id = world.viewer(world.tutor), world.activity_id
    overrides = Overrides(world.database)
    for person in world.learners:
        overrides.complete(viewer, activity_id, place(world, person), 100, "As agreed.")
    assert len(messages(world)) == 3
    first = place(world, world.learners[0])
    overrides.complete(viewer, activity_id, first, 80, "As agreed.")
    assert sorted(score for score, _comment in waiting(world)) == [80, 100, 100]
    before = messages(world)
    rate(world, world.learners[1])
    assert messages(world) == before


def waiting(world: World) -> list[tuple[float, str]]:
    with world.database.read() as session:
        query = select(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED)
        return [(m.payload["scoreGiven"], m.payload["comment"]) for m in session.scalars(query)]


def test_dropping_a_rating_needs_both_ratings(world: World) -> None:
    rate(world, world.learners[0], level=3)
    with world.database.read() as session:
        moments = set(session.scalars(select(SelfRating.moment)))
    assert moments == {Moment.BEFORE}
    assert listed(world) == {}
