from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from lti_tool.errors import Forbidden, IllegalTransition, InvalidInput, NotFound
from lti_tool.models import Database
from lti_tool.models.activities import ResourceLink
from lti_tool.models.participations import Participation
from lti_tool.rules.allocation import Rating
from lti_tool.services.learner.participations import Participations
from lti_tool.services.learner.reflections import Reflections
from tests.factories.learning import go_on, rate, reflect, respond
from tests.factories.world import World, make_world
from tests.support.queries import counted


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database, learners=2)


@pytest.fixture
def participations(database: Database) -> Participations:
    return Participations(database)


def test_the_first_visit_enrols_once(world: World, participations: Participations) -> None:
    me = world.viewer(world.learners[0])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _tab: participations.overview(me, world.activity_id), range(8)))
    with world.database.read() as session:
        assert len(list(session.scalars(select(Participation)))) == 1


def test_a_page_where_nothing_is_due_only_reads_once(
    world: World, participations: Participations
) -> None:
    me = world.viewer(world.learners[0])
    first = participations.overview(me, world.activity_id)
    with counted(world.database) as statements:
        assert participations.overview(me, world.activity_id) == first
    assert [sent.split()[0] for sent in statements] == ["SELECT"]


def test_the_link_last_used_is_kept(world: World, participations: Participations) -> None:
    me = world.viewer(world.learners[0])
    participations.overview(me, world.activity_id)
    with world.database.write() as session:
        link = ResourceLink(
            context_id=world.context_id, lti_id="second", activity_id=world.activity_id
        )
        session.add(link)
        session.flush()
        second = link.id
    participations.overview(replace(me, resource_link_id=second), world.activity_id)
    other_activity = replace(me, activity_id=None)
    participations.overview(other_activity, world.activity_id)
    with world.database.read() as session:
        assert session.scalars(select(Participation.resource_link_id)).one() == second


def test_an_activity_without_a_link_is_not_found(
    world: World, participations: Participations
) -> None:
    me = replace(world.viewer(world.learners[0]), activity_id=None, resource_link_id=None)
    with world.database.write() as session:
        for link in session.scalars(select(ResourceLink)):
            link.activity_id = None
    with pytest.raises(NotFound):
        participations.overview(me, world.activity_id)


def test_staff_never_take_part(world: World, participations: Participations) -> None:
    for person in (world.tutor, world.educator):
        with pytest.raises(Forbidden):
            participations.overview(world.viewer(person), world.activity_id)
    with world.database.read() as session:
        assert list(session.scalars(select(Participation))) == []


def test_need_and_ratings_are_kept_and_can_be_changed(
    world: World, participations: Participations
) -> None:
    rate(world, world.learners[0], 1, 3)
    rate(world, world.learners[0], 2, 4)
    page = Reflections(world.database).now(world.viewer(world.learners[0]), world.activity_id)
    assert page.begun
    assert page.standing.need == "Teaching people to search"
    assert [(each.before, each.target) for each in page.competencies] == [(2, 4), (2, 4)]
    assert [level.position for level in page.levels] == [1, 2, 3, 4]


@pytest.mark.parametrize("rating", [Rating(0, 2), Rating(9, 2), Rating(1, None), Rating(1, 9)])
def test_levels_must_be_on_the_scale(
    world: World, participations: Participations, rating: Rating
) -> None:
    me = world.viewer(world.learners[0])
    chosen = {key: Rating(1, 2) for key in world.competency_ids}
    first = world.competency_ids[0]
    with pytest.raises(InvalidInput) as invalid:
        participations.rate_before(me, world.activity_id, "A need", {**chosen, first: rating})
    assert len(invalid.value.fields) == 1
    assert str(first) in next(iter(invalid.value.fields))
    assert participations.standing(me, world.activity_id).need == ""


def test_every_competency_is_rated(world: World, participations: Participations) -> None:
    with pytest.raises(InvalidInput) as invalid:
        participations.rate_before(world.viewer(world.learners[0]), world.activity_id, "A need", {})
    assert len(invalid.value.fields) == 2


def test_next_is_open_once_the_reflection_is_sent(
    world: World, participations: Participations
) -> None:
    me, day = world.viewer(world.learners[0]), date(2030, 1, 1)
    with pytest.raises(IllegalTransition):
        participations.commit(me, world.activity_id, "Try", day, "")
    reflect(world, world.learners[0])
    participations.commit(me, world.activity_id, "Try", day, "")
    participations.commit(me, world.activity_id, "Try harder", day, "The June workshop")
    step = participations.next(me, world.activity_id).next_step
    assert step is not None
    assert (step.action, step.opportunity) == ("Try harder", "The June workshop")
    assert step.committed_at <= datetime.now(UTC)


def test_next_shows_what_came_in_and_what_changed(
    world: World, participations: Participations
) -> None:
    for person in world.learners:
        rate(world, person)
        reflect(world, person)
    respond(world, world.learners[1])
    go_on(world, world.learners[0])
    page = participations.next(world.viewer(world.learners[0]), world.activity_id)
    assert [response.author for response in page.received] == ["Learner 2"]
    assert page.rated_after
    assert [(each.before, each.after) for each in page.competencies] == [(1, 2), (1, 2)]
