from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from lti_tool import clock
from lti_tool.errors import Forbidden, NotFound, Stale
from lti_tool.models import Database
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership, User
from lti_tool.rules.vocabulary import OutboxState, Role, Step, WorkState
from lti_tool.services.desk.dossier_views import Dossier
from lti_tool.services.desk.moderation import Moderation
from lti_tool.services.desk.people import PAGE_SIZE, People, PeoplePage
from lti_tool.services.desk.people_filters import PeopleFilter
from lti_tool.services.desk.queue import WorkKind
from lti_tool.services.engine.confirmations import Confirmation
from tests.factories.work import add_participation, add_reflection, add_response
from tests.factories.world import World, make_world
from tests.support.queries import counted


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database)


def page(
    world: World, which: PeopleFilter = PeopleFilter.ALL, after: uuid.UUID | None = None
) -> PeoplePage:
    return People(world.database).page(world.viewer(world.tutor), world.activity_id, which, after)


def names(found: PeoplePage) -> list[str]:
    return [row.name for row in found.rows]


def dossier(world: World, participation_id: uuid.UUID) -> Dossier:
    viewer = world.viewer(world.tutor)
    return People(world.database).open(viewer, world.activity_id, participation_id)


def confirm(world: World, participation_id: uuid.UUID, *given: Confirmation) -> int:
    viewer = world.viewer(world.tutor)
    return People(world.database).confirm(viewer, world.activity_id, participation_id, given)


def test_learners_stand_by_name_without_the_staff(world: World) -> None:
    world.add_learner("ana", Role.PARTICIPANT)
    assert names(page(world)) == ["ana", "Learner 1", "Learner 2", "Learner 3"]


def test_a_new_name_moves_a_learner_in_the_list(world: World) -> None:
    with world.database.write() as session:
        first = session.get_one(User, world.learners[0].user_id)
        first.chosen_name = "Zoé"
        session.get_one(User, world.learners[1].user_id).name = "Yas"
    assert names(page(world)) == ["Learner 3", "Yas", "Zoé"]


def test_who_became_a_tutor_here_is_no_learner_any_more(world: World) -> None:
    with world.database.write() as session:
        membership = session.get_one(Membership, world.learners[0].membership_id)
        membership.granted_role = Role.TUTOR
    assert names(page(world)) == ["Learner 2", "Learner 3"]


def test_learners_are_found_by_where_they_stand(world: World) -> None:
    one, two, three = world.learners
    add_participation(world, one)
    add_reflection(world, two, state=WorkState.RELEASED)
    done = add_done(world, three)
    with world.database.write() as session:
        session.get_one(Participation, done).completed_at = clock.now()
    found = {which: names(page(world, which)) for which in PeopleFilter}
    assert found[PeopleFilter.NOT_STARTED] == []
    assert found[PeopleFilter.WRITING] == ["Learner 1"]
    assert found[PeopleFilter.UNDER_WAY] == ["Learner 2"]
    assert found[PeopleFilter.TO_CONFIRM] == ["Learner 2", "Learner 3"]
    assert found[PeopleFilter.COMPLETE] == ["Learner 3"]
    assert {which: len(people) for which, people in found.items()} == page(world).counts


def add_done(world: World, learner: object) -> uuid.UUID:
    person = next(item for item in world.learners if item is learner)
    add_reflection(world, person, state=WorkState.RELEASED)
    return add_participation(world, person)


def test_who_has_not_opened_the_activity_has_no_progress(world: World) -> None:
    (row, *_rest) = page(world, PeopleFilter.NOT_STARTED).rows
    assert (row.participation_id, row.progress, row.score) == (None, None, None)


def add_message(world: World, participation_id: uuid.UUID, state: OutboxState) -> uuid.UUID:
    with world.database.write() as session:
        item = session.query(LineItem).one()
        participation = session.get_one(Participation, participation_id)
        message = OutboxMessage(
            registration_id=world.registration_id,
            line_item_id=item.id,
            user_id=participation.user_id,
            participation_id=participation_id,
            payload={"scoreGiven": 40.0, "scoreMaximum": 100},
            state=state,
            reason="not_a_student",
            who_can_fix="teacher",
        )
        session.add(message)
        session.flush()
        return message.id


def test_a_refused_score_is_found_until_a_newer_one_is_on_its_way(world: World) -> None:
    participation_id = add_participation(world, world.learners[0])
    message_id = add_message(world, participation_id, OutboxState.REFUSED)
    (row,) = page(world, PeopleFilter.REFUSED).rows
    assert row.score is not None
    assert (row.score.message_id, row.score.reason) == (message_id, "not_a_student")
    add_message(world, participation_id, OutboxState.QUEUED)
    assert page(world, PeopleFilter.REFUSED).rows == ()


def test_pages_of_learners_follow_each_other(world: World) -> None:
    for number in range(PAGE_SIZE + 2):
        world.add_learner(f"Same name {number % 3}")
    first = page(world)
    second = page(world, after=first.following)
    assert len(first.rows) == PAGE_SIZE
    assert second.following is None
    users = [row.user_id for row in (*first.rows, *second.rows)]
    assert len(users) == len(set(users)) == PAGE_SIZE + 5


def test_a_page_costs_the_same_in_a_large_course(world: World) -> None:
    for number in range(PAGE_SIZE + 5):
        add_reflection(world, world.add_learner(f"A{number:03}"))
    with counted(world.database) as some:
        page(world)
    for number in range(60):
        add_reflection(world, world.add_learner(f"B{number:03}"))
    with counted(world.database) as many:
        page(world)
    assert len(many) == len(some)


def test_a_dossier_holds_what_was_written_given_and_received(world: World) -> None:
    ana, ben, _cem = world.learners
    theirs = add_reflection(world, ben, state=WorkState.RELEASED)
    mine = add_reflection(world, ana, state=WorkState.RELEASED, private="<p>Secret</p>")
    add_response(world, theirs, ana, state=WorkState.RELEASED)
    add_response(world, mine, ben, state=WorkState.HELD)
    add_response(world, mine, world.learners[2], state=WorkState.SUBMITTED)
    found = dossier(world, add_participation(world, ana))
    assert found.reflection is not None and found.reflection.hidden == 1
    assert "Secret" not in repr(found)
    assert [line.addressee for line in found.given] == ["Learner 2"]
    assert [(line.author, line.state) for line in found.received] == [("Learner 2", WorkState.HELD)]
    assert len(found.received[0].history) == 2


def test_a_draft_is_nobodys_business(world: World) -> None:
    add_reflection(world, world.learners[0], state=WorkState.DRAFT)
    found = dossier(world, add_participation(world, world.learners[0]))
    assert (found.state, found.reflection) == (WorkState.DRAFT, None)


def test_the_tutors_own_response_comes_back_to_be_rewritten(world: World) -> None:
    reflection_id = add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    parts = {"resonates": "<p>Yes.</p>", "question": "", "suggestion": ""}
    viewer = world.viewer(world.tutor)
    Moderation(world.database).respond(viewer, world.activity_id, reflection_id, parts)
    found = dossier(world, add_participation(world, world.learners[0]))
    assert found.own_response is not None
    assert (found.own_response.parts, found.own_response.open) == (parts, True)


def test_a_level_is_confirmed_changed_and_taken_back(world: World) -> None:
    participation_id = add_participation(world, world.learners[0])
    competency = world.competency_ids[0]
    assert confirm(world, participation_id, Confirmation(competency, 2, "Seen at work", "")) == 1
    standing = dossier(world, participation_id).standings[0]
    assert (standing.confirmed, standing.note, standing.confirmed_by) == (
        2,
        "Seen at work",
        "Tariq Tutor",
    )
    assert confirm(world, participation_id, Confirmation(competency, 3, "", standing.seen)) == 1
    standing = dossier(world, participation_id).standings[0]
    assert standing.confirmed == 3
    assert confirm(world, participation_id, Confirmation(competency, None, "", standing.seen)) == 1
    assert dossier(world, participation_id).standings[0].confirmed is None


def test_what_says_nothing_new_changes_nothing(world: World) -> None:
    participation_id = add_participation(world, world.learners[0])
    unconfirmed = Confirmation(world.competency_ids[0], None, "", "")
    assert confirm(world, participation_id, unconfirmed) == 0


def test_confirming_measures_the_learner_anew(world: World) -> None:
    participation_id = add_participation(world, world.learners[0])
    confirm(world, participation_id, Confirmation(world.competency_ids[0], 2, "", ""))
    with world.database.read() as session:
        assert session.get_one(Participation, participation_id).measured_at is not None


def test_of_two_tutors_who_confirm_one_is_told(world: World) -> None:
    participation_id = add_participation(world, world.learners[0])
    confirm(world, participation_id, Confirmation(world.competency_ids[0], 2, "", ""))
    with pytest.raises(Stale):
        confirm(world, participation_id, Confirmation(world.competency_ids[0], 4, "", ""))


@pytest.mark.parametrize("level", [5, 99])
def test_a_level_beyond_the_scale_is_not_found(world: World, level: int) -> None:
    participation_id = add_participation(world, world.learners[0])
    with pytest.raises(NotFound):
        confirm(world, participation_id, Confirmation(world.competency_ids[0], level, "", ""))
    with pytest.raises(NotFound):
        confirm(world, participation_id, Confirmation(uuid.uuid4(), 1, "", ""))


def test_another_courses_tutor_and_any_learner_see_nobody(world: World) -> None:
    other, people = make_world(world.database), People(world.database)
    participation_id = add_participation(world, world.learners[0])
    for activity_id in (world.activity_id, other.activity_id):
        with pytest.raises(NotFound):
            people.open(other.viewer(other.tutor), activity_id, participation_id)
    with pytest.raises(NotFound):
        people.page(other.viewer(other.tutor), world.activity_id)
    with pytest.raises(Forbidden):
        people.page(world.viewer(world.learners[0]), world.activity_id)


def test_a_withheld_reflection_stays_in_the_dossier(world: World) -> None:
    work_id = add_reflection(world, world.learners[0], age=timedelta(days=1))
    moderation, viewer = Moderation(world.database), world.viewer(world.tutor)
    seen = moderation.open(viewer, world.activity_id, WorkKind.REFLECTION, work_id).expected
    moderation.decide(
        viewer, world.activity_id, WorkKind.REFLECTION, work_id, Step.WITHHOLD, "Names.", seen
    )
    found = dossier(world, add_participation(world, world.learners[0])).reflection
    assert found is not None and found.state is WorkState.WITHHELD
