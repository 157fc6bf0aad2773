"""A course list is read into people and memberships."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from lti_tool import clock
from lti_tool.models.people import Membership
from lti_tool.rules.vocabulary import Role, RosterState
from tests.functional.roster.conftest import MakeSchool, School


def test_the_first_launch_makes_the_list_due_and_the_worker_reads_it(school: School) -> None:
    school.launch("claire")
    assert school.state().state is RosterState.DUE
    assert school.run_due() == {"done": 1}
    state = school.state()
    assert (state.state, state.members) == (RosterState.DONE, 15)
    assert state.complete_at is not None and state.next_at >= clock.now() + timedelta(hours=23)
    found = school.members()
    assert len(found) == 15 and found["amina"].role is Role.LEARNER
    assert found["amina"].launched_role is None and found["claire"].launched_role
    assert school.run_due() == {}


def test_moodle_in_a_fresh_course_tells_the_list_only_later(school: School) -> None:
    school.control(f"links/{school.link_id}", method="DELETE")
    school.pair.walker.be("claire")
    school.pair.walker.open_deep_linking(school.client_id)
    assert school.run_due() == {}
    link = school.control("links", {"client_id": school.client_id, "title": "Now"})
    school.link_id = link["id"]
    school.launch("claire")
    assert school.run_due() == {"done": 1}


def test_members_without_name_or_address_are_people_too(school: School) -> None:
    school.launch("claire")
    school.sync()
    found = school.members()
    assert "jules" in found and "16" in found  # Kofi shares nothing, he is known by his sub


@pytest.mark.parametrize(
    ("personality", "requests"), [("moodle", 1), ("canvas", 2), ("blackboard", 1), ("openedx", 1)]
)
def test_all_pages_of_each_family_are_read(
    make_school: MakeSchool, personality: str, requests: int
) -> None:
    school = make_school(personality)
    school.control("people", {"count": 60})
    school.launch("claire")
    assert school.sync().members == 75
    assert len(school.requests()) == requests and school.count() == 75


def test_links_to_pages_are_followed_verbatim(make_school: MakeSchool) -> None:
    school = make_school("moodle", page_size=4)
    school.launch("claire")
    assert school.sync().is_complete
    assert len(school.requests()) == 4 and len(school.present()) == 15


def test_who_is_gone_is_marked_and_a_launch_brings_them_back(school: School) -> None:
    school.launch("claire")
    school.launch("amina")
    school.sync()
    school.enrol("amina", "none")
    school.enrol("chloe", "inactive")
    school.sync()
    assert {"amina", "chloé"}.isdisjoint(school.present())
    assert len(school.members()) == 15
    school.enrol("amina", "learner")
    school.launch("amina")
    assert "amina" in school.present()


def test_suspended_people_of_other_platforms_are_gone_too(make_school: MakeSchool) -> None:
    school = make_school("canvas")
    school.launch("claire")
    school.sync()
    school.enrol("amina", "inactive")
    school.sync()
    assert "amina" not in school.present()
    school.enrol("amina", "learner")
    school.sync()
    assert "amina" in school.present()


def test_staff_whom_the_list_never_names_are_not_gone(school: School) -> None:
    school.launch("claire")
    school.enrol("claire", "none")
    school.sync()
    assert "claire" in school.present()


def test_differences_are_used_where_offered_until_they_are_too_old(
    make_school: MakeSchool,
) -> None:
    school = make_school("moodle", differences=True)
    school.launch("claire")
    school.run_due()
    school.enrol("amina", "none")
    school.control("people", {"count": 1})
    school.change(next_at=clock.now())
    assert school.run_due() == {"done": 1}
    assert school.state().members == 2 and "amina" not in school.present()
    assert "since=" in school.requests()[-1]["url"]
    school.change(next_at=clock.now(), differences_url=school.state().differences_url + "x")
    school.run_due()
    assert school.state().members == 15 and school.requests()[-1]["status"] == 200
    school.change(next_at=clock.now(), complete_at=clock.now() - timedelta(days=8))
    school.run_due()
    assert "since=" not in school.requests()[-1]["url"]


def test_a_course_that_sleeps_is_left_alone_until_somebody_comes(school: School) -> None:
    school.launch("claire")
    school.run_due()
    seen = clock.now() - timedelta(days=8)
    with school.pair.services.db.write() as session:
        session.execute(update(Membership).values(last_seen_at=seen))
    school.change(next_at=clock.now())
    assert school.run_due() == {}
    assert school.state().next_at > clock.now() + timedelta(hours=23)


def test_a_turn_whose_worker_died_is_taken_again(school: School) -> None:
    school.launch("claire")
    now = clock.now()
    school.change(state=RosterState.RUNNING, next_at=now + timedelta(minutes=10), wanted=False)
    assert school.run_due() == {} and school.sync().state is RosterState.RUNNING
    school.change(next_at=now)
    assert school.run_due() == {"done": 1}
