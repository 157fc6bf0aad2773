from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.lti.groups import Group
from lti_tool.models.activities import Activity
from lti_tool.models.people import Context, Membership
from lti_tool.rules.giving import AllocationPool
from lti_tool.rules.vocabulary import Role, WorkState
from lti_tool.services.cohorts.groups import GroupView, groups_of, save_groups, set_members
from tests.factories.cohorts import add_cohort, cohort_of
from tests.factories.work import add_participation, add_reflection, add_response
from tests.factories.world import Person, World, make_world
from tests.support.queries import counted
from tests.support.visitor import Visitor, visit


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db, learners=4)


@pytest.fixture
def educator(app: Flask, world: World) -> Visitor:
    return visit(app, world, world.educator)


@pytest.fixture
def tutor(app: Flask, world: World) -> Visitor:
    return visit(app, world, world.tutor)


def here(world: World, rest: str = "cohorts") -> str:
    return f"/activities/{world.activity_id}/{rest}"


def second_tutor(world: World) -> Person:
    return world.add_learner("Tilda Tutor", Role.TUTOR)


def divided(world: World) -> tuple[uuid.UUID, uuid.UUID, Person]:
    """Make two cohorts of two learners, each with a tutor; return them and the second tutor."""
    other = second_tutor(world)
    first = add_cohort(world, "Lyon", world.learners[:2], [world.tutor])
    second = add_cohort(world, "Oran", world.learners[2:4], [other])
    return first, second, other


def test_an_educator_makes_a_cohort_and_fills_it_from_a_list(
    world: World, educator: Visitor
) -> None:
    educator.get(here(world))
    assert "No cohort yet" in educator.page.text
    page = educator.send("name", name="Lyon, autumn")
    assert "The cohort is made." in page.text and "Nobody looks after this cohort now" in page.text
    educator.follow("Add learners from a list")
    page = educator.send("people", people="Learner 1\nNobody Known\nLearner 1\nTariq Tutor\n")
    assert "3 lines cannot be used" in page.text
    assert "Line 2" in page.text and "Nobody in this course" in page.text
    assert "is on line 1 already" in page.text and "is staff" in page.text
    assert cohort_of(world, world.learners[0]) is None
    page = educator.send("people", people="name\nLearner 1\nlearner  2; x\n")
    assert "2 learners come into the cohort" in page.text
    page = educator.send("seen")
    assert "They are in this cohort now." in page.text
    assert cohort_of(world, world.learners[1]) is not None
    page = educator.get(here(world))
    assert "2 learners are in no cohort" in page.text
    assert "Without a cohort: Tariq Tutor" in page.text and "No tutor" in page.text


def test_a_name_that_is_taken_is_said_beside_the_field(world: World, educator: Visitor) -> None:
    add_cohort(world, "Lyon")
    educator.get(here(world))
    page = educator.send("name", name=" lyon ")
    assert page.status == 422
    assert "has a cohort of this name already" in page.text
    assert ("name", " lyon ") in page.form("name").fields


def test_a_tutor_sees_their_own_cohort_alone(app: Flask, world: World, tutor: Visitor) -> None:
    first, second, _other = divided(world)
    mine = add_reflection(world, world.learners[0], "<p>Mine to read.</p>")
    theirs = add_reflection(world, world.learners[2], "<p>Somebody else’s.</p>")
    page = tutor.get(here(world, "desk"))
    assert "Mine to read." in page.text and "Somebody else" not in page.text
    assert "Waiting for you 1" in page.text
    assert tutor.get(here(world, f"desk/reflection/{mine}")).status == 200
    assert tutor.get(here(world, f"desk/reflection/{theirs}")).status == 404
    page = tutor.get(here(world, "people"))
    assert "Learner 2" in page.text and "Learner 3" not in page.text
    hidden = add_participation(world, world.learners[2])
    assert tutor.get(here(world, f"people/{hidden}")).status == 404
    assert tutor.get(here(world, "people"), cohort=second).status == 404
    assert tutor.get(here(world, f"cohorts/{second}")).status == 404
    assert tutor.get(here(world, f"cohorts/{first}")).status == 200
    page = tutor.get(here(world, "review"), pick=1)
    assert "Learner 1" in page.text and "Learner 3" not in page.text


def test_a_response_across_cohorts_concerns_both_tutors(
    app: Flask, world: World, tutor: Visitor
) -> None:
    _first, _second, other = divided(world)
    reflection = add_reflection(world, world.learners[0], state=WorkState.RELEASED)
    response = add_response(world, reflection, world.learners[2], "<p>From Oran.</p>")
    for visitor in (tutor, visit(app, world, other)):
        page = visitor.get(here(world, f"desk/response/{response}"))
        assert "From Oran." in page.text
        assert "From Oran." in visitor.get(here(world, "desk")).text
    own = add_response(
        world, add_reflection(world, world.learners[2], state=WorkState.RELEASED), world.learners[3]
    )
    assert tutor.get(here(world, f"desk/response/{own}")).status == 404


def test_without_cohorts_or_when_opened_everything_is_seen(world: World, tutor: Visitor) -> None:
    for learner in world.learners:
        add_reflection(world, learner)
    assert "Waiting for you 4" in tutor.get(here(world, "desk")).text
    divided(world)
    assert "Waiting for you 2" in tutor.get(here(world, "desk")).text
    with world.database.write() as session:
        session.get_one(Context, world.context_id).tutors_see_all = True
    assert "Waiting for you 4" in tutor.get(here(world, "desk")).text


def test_a_tutor_without_a_cohort_is_told_why_lists_are_empty(world: World, tutor: Visitor) -> None:
    add_cohort(world, "Lyon", world.learners)
    add_reflection(world, world.learners[0])
    for page in ("today", "desk", "people", "cohorts", "levels", "figures"):
        assert "You look after no cohort" in tutor.get(here(world, page)).text, page
    assert "for your decision" not in tutor.get("/activities").text
    with world.database.write() as session:
        session.get_one(Context, world.context_id).tutors_see_all = True
    assert "1 text waits for your decision" in tutor.get("/activities").text


def test_lists_are_filtered_by_cohort(world: World, educator: Visitor) -> None:
    _first, second, _other = divided(world)
    world.add_learner("Late Comer")
    for learner in world.learners:
        add_reflection(world, learner)
    page = educator.get(here(world, "people"), cohort=second)
    assert "Learner 3" in page.text and "Learner 1" not in page.text
    page = educator.get(here(world, "people"), cohort="none")
    assert "Late Comer" in page.text and "Learner 3" not in page.text
    page = educator.get(here(world, "desk"), cohort=second)
    assert "Waiting for you 2" in page.text
    page = educator.follow(part="/reflection/")
    assert "cohort=" in page.url and "Waiting for you 2" in page.text
    assert educator.get(here(world, "desk"), cohort="x").status == 404


def test_learners_are_moved_and_an_empty_cohort_is_removed(world: World, educator: Visitor) -> None:
    first, second, _other = divided(world)
    people = [str(one.user_id) for one in world.learners[:2]]
    educator.get(here(world, f"cohorts/{first}"))
    assert "Remove this cohort" not in educator.page.text
    page = educator.send("target", target=str(second))
    assert page.status == 422 and "Choose at least one learner." in page.text
    page = educator.send("target", target=str(second), people=people)
    assert "They are moved." in page.text
    assert cohort_of(world, world.learners[0]) == second
    page = educator.send(action="/remove")
    assert "The cohort is removed." in page.text
    assert next(link["text"] for link in page.links if "/cohorts/" in link["href"]) == "Oran"


def test_a_cohort_is_handed_over_with_a_note(app: Flask, world: World, tutor: Visitor) -> None:
    first, _second, other = divided(world)
    tutor.get(here(world, f"cohorts/{first}"))
    page = tutor.send(action="/hand-over", user=str(other.user_id), note="Ana needs time.")
    assert "The cohort is handed over." in page.text
    assert tutor.get(here(world, f"cohorts/{first}")).status == 404
    page = visit(app, world, other).get(here(world, f"cohorts/{first}"))
    assert "Ana needs time." in page.text and "Tariq Tutor" in page.text
    page = visit(app, world, world.educator).get(here(world))
    assert "Without a cohort: Tariq Tutor" in page.text


def test_a_cover_sees_the_cohort_for_its_time_only(
    app: Flask, world: World, tutor: Visitor
) -> None:
    first, _second, other = divided(world)
    with time_machine.travel(clock.now(), tick=False) as time:
        services_of(app).cohort_tutors.cover(
            world.viewer(world.tutor),
            first,
            other.user_id,
            clock.now() + timedelta(days=1),
            clock.now() + timedelta(days=8),
            "Back on the 8th",
        )
        seen = []
        for _step in range(3):
            page = visit(app, world, other).get(here(world, f"cohorts/{first}"))
            seen.append(page.status)
            time.shift(timedelta(days=4, hours=2))
        assert seen == [404, 200, 404]


def test_a_cover_must_end_after_it_begins(world: World, tutor: Visitor) -> None:
    first, _second, other = divided(world)
    tutor.get(here(world, f"cohorts/{first}"))
    page = tutor.send(action="/cover", user=str(other.user_id), until_at="2001-01-01T10:00")
    assert page.status == 422 and "later than the beginning" in page.text
    assert ("until_at", "2001-01-01T10:00") in page.form(action="/cover").fields
    page = tutor.send(action="/cover", until_at="2099-01-01T10:00", user="")
    assert page.status == 422 and "Choose somebody." in page.text


def test_a_learner_is_made_a_tutor_midway_and_back(
    app: Flask, world: World, educator: Visitor
) -> None:
    promoted = world.learners[0]
    cohort = add_cohort(world, "Lyon", world.learners[:2])
    add_reflection(world, promoted, state=WorkState.RELEASED)
    educator.get(here(world, "cohorts/tutors"), q="learner 1")
    page = educator.send(action="/grant")
    assert "They are a tutor of this course from now on." in page.text
    assert "Learner 1" not in educator.get(here(world, "people")).text
    services_of(app).cohort_tutors.assign(world.viewer(world.educator), cohort, promoted.user_id)
    page = visit(app, world, promoted).get(here(world, "desk"))
    assert page.status == 200
    educator.get(here(world, "cohorts/tutors"))
    page = educator.send(action="/take-back")
    assert "What the LMS says of them counts again." in page.text
    assert "Learner 1" in educator.get(here(world, "people")).text
    assert "No tutor" in educator.get(here(world)).text


def test_who_never_launched_is_no_tutor(world: World, educator: Visitor) -> None:
    with world.database.write() as session:
        session.get_one(Membership, world.learners[0].membership_id).launched_role = None
    page = educator.get(here(world, "cohorts/tutors"), q="Learner 1")
    assert "has not opened Miroir yet" in page.text and "Make a tutor" not in page.text


def test_groups_become_cohorts(world: World, educator: Visitor) -> None:
    with world.database.write() as session:
        told_groups = [Group("g1", "Lyon", ""), Group("g2", "Oran", "")]
        save_groups(session, world.context_id, told_groups, {})
        told = {
            world.learners[0].user_id: ["g1", "g2"],
            world.learners[1].user_id: ["g2"],
            world.tutor.user_id: ["g1"],
        }
        set_members(session, world.context_id, told)
        groups: list[GroupView] = groups_of(session, world.context_id)
    educator.get(here(world))
    educator.follow("Make cohorts from the LMS’s groups")
    page = educator.send("groups", groups=[str(one.id) for one in groups])
    assert "The groups are cohorts now." in page.text
    lyon, oran = (cohort_of(world, one) for one in world.learners[:2])
    assert None not in (lyon, oran) and lyon != oran
    page = educator.follow("Make cohorts from the LMS’s groups")
    assert "A cohort already" in page.text


def test_whose_reflections_learners_are_given_is_a_setting(world: World, educator: Visitor) -> None:
    educator.get(here(world, "settings"))
    page = educator.send("allocation_pool", button=("do", "save"), allocation_pool="own_cohort")
    assert page.status == 200
    with world.database.read() as session:
        activity = session.get_one(Activity, world.activity_id)
        assert activity.allocation_pool is AllocationPool.OWN_COHORT


def test_the_list_costs_the_same_in_a_large_course(world: World, educator: Visitor) -> None:
    add_cohort(world, "Lyon", world.learners[:1], [world.tutor])
    with world.database.write() as session:
        save_groups(session, world.context_id, [Group("g1", "Blue", "")], {})
        set_members(session, world.context_id, {world.learners[0].user_id: ["g1"]})
    with counted(world.database) as few:
        educator.get(here(world))
    for number in range(20):
        learner = world.add_learner(f"Another {number}")
        add_cohort(world, f"Cohort {number}", [learner], [second_tutor(world)])
    with counted(world.database) as many:
        educator.get(here(world))
    assert len(many) == len(few)
    assert not any("group_members" in statement for statement in many)
