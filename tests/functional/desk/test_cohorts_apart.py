from __future__ import annotations

import io

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_tool.app import services_of
from lti_tool.models.cohorts import Exclusion
from lti_tool.models.people import User
from tests.factories.cohorts import add_cohort, cohort_of
from tests.factories.world import World, make_world
from tests.support.visitor import Visitor, visit


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db, learners=4)


@pytest.fixture
def educator(app: Flask, world: World) -> Visitor:
    return visit(app, world, world.educator)


def rename(world: World, number: int, name: str, email: str = "") -> None:
    with world.database.write() as session:
        user = session.get_one(User, world.learners[number].user_id)
        user.name, user.email = name, email


def pairs(world: World) -> int:
    with world.database.read() as session:
        return (session.scalar(select(func.count()).select_from(Exclusion)) or 0) // 2


def test_colleagues_on_one_line_are_kept_apart(world: World, educator: Visitor) -> None:
    educator.get(f"/activities/{world.activity_id}/cohorts/apart")
    page = educator.send("why", people="Learner 1; Learner 2; Learner 3\nLearner 4; Nobody")
    assert page.status == 422 and "Line 2" in page.text and "Nobody" in page.text
    assert pairs(world) == 0
    page = educator.send("why", people="Learner 1; Learner 2; Learner 3", why="line_manager")
    assert "they are not given each other’s work" in page.text
    assert "Learner 1 and Learner 2" in page.text and "Line manager" in page.text
    assert pairs(world) == 3
    page = educator.send("why", people="Learner 2; Learner 1")
    assert "they are kept apart already" in page.text
    page = educator.send("one", "other")
    assert "may be given each other’s work again" in page.text
    assert pairs(world) == 2


def test_one_person_alone_is_no_pair(world: World, educator: Visitor) -> None:
    educator.get(f"/activities/{world.activity_id}/cohorts/apart")
    assert "One person is not enough" in educator.send("why", people="Learner 1").text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_file_of_any_spreadsheet_fills_a_cohort(
    app: Flask, world: World, educator: Visitor, encoding: str
) -> None:
    rename(world, 0, "Zoé Müller")
    rename(world, 1, "Jane Doe", "jane@x.org")
    cohort = add_cohort(world, "Lyon")
    page = educator.get(f"/activities/{world.activity_id}/cohorts/{cohort}/add")
    content = "Name;E-mail\r\nZoé Müller;\r\nDoe, Jane;Jane@X.org\r\n".encode(encoding)
    form = dict(page.form("people").fields)
    form["file"] = (io.BytesIO(content), "people.csv")  # type: ignore[assignment]
    answer = educator.client.post(page.form("people").action, data=form)
    assert "2 learners come into the cohort" in answer.text
    services_of(app)  # nothing was done yet
    assert cohort_of(world, world.learners[0]) is None


def test_a_file_that_is_badly_encoded_says_which_line(world: World, educator: Visitor) -> None:
    cohort = add_cohort(world, "Lyon")
    page = educator.get(f"/activities/{world.activity_id}/cohorts/{cohort}/add")
    form = dict(page.form("people").fields)
    content = b"Learner 1\nZo\x81\xe9\nLearner 1\n"
    form["file"] = (io.BytesIO(content), "people.csv")  # type: ignore[assignment]
    said = educator.client.post(page.form("people").action, data=form).text
    broken, twice = said.index("Line 2"), said.index("Line 3")
    assert "did not arrive whole" in said[broken:twice]
    assert "is on line 1 already" in said[twice:]
    assert "2 lines cannot be used" in said


def test_what_changed_since_the_preview_is_shown_anew(world: World, educator: Visitor) -> None:
    lyon, oran = add_cohort(world, "Lyon"), add_cohort(world, "Oran")
    educator.get(f"/activities/{world.activity_id}/cohorts/{lyon}/add")
    educator.send("people", people="Learner 1\nLearner 2")
    with world.database.write() as session:
        from lti_tool.models.people import Membership

        session.get_one(Membership, world.learners[0].membership_id).cohort_id = oran
    page = educator.send("seen")
    assert page.status == 409 and "somebody changed the cohorts meanwhile" in page.text
    assert "now in Oran" in page.text and cohort_of(world, world.learners[1]) is None
    educator.send("seen")
    assert cohort_of(world, world.learners[0]) == lyon == cohort_of(world, world.learners[1])


def test_names_that_several_people_have_need_an_address(world: World, educator: Visitor) -> None:
    rename(world, 0, "Jane Doe", "a@x.org")
    rename(world, 1, "Jane  DOE", "b@x.org")
    cohort = add_cohort(world, "Lyon")
    educator.get(f"/activities/{world.activity_id}/cohorts/{cohort}/add")
    page = educator.send("people", people="jane doe")
    assert "Several people could be meant." in page.text
    page = educator.send("people", people="B@x.org, jane doe")
    assert "1 learner comes into the cohort" in page.text
