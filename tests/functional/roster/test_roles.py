"""What launches and the course list say together about who somebody is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from lti_tool import clock
from lti_tool.models.people import Membership
from lti_tool.rules.vocabulary import Role, RosterState
from tests.functional.roster.conftest import MakeSchool, School
from tests.support.servers import handle_of


def viewer_role(school: School, who: str) -> Role:
    page = school.launch(who)
    return school.pair.services.launches.viewer(handle_of(page)).role


def test_in_moodle_a_non_editing_teacher_becomes_a_tutor(school: School) -> None:
    assert viewer_role(school, "claire") is Role.EDUCATOR
    assert viewer_role(school, "daniel") is Role.EDUCATOR  # nobody knows better yet
    school.sync()
    roles = school.roles()
    assert (roles["claire"], roles["daniel"]) == (Role.EDUCATOR, Role.TUTOR)
    assert viewer_role(school, "daniel") is Role.TUTOR
    assert viewer_role(school, "claire") is Role.EDUCATOR


@pytest.mark.parametrize(
    ("personality", "tutor"), [("canvas", Role.TUTOR), ("openedx", Role.TUTOR)]
)
def test_elsewhere_a_list_never_demotes(
    make_school: MakeSchool, personality: str, tutor: Role
) -> None:
    school = make_school(personality)
    assert viewer_role(school, "claire") is Role.EDUCATOR
    assert viewer_role(school, "daniel") is tutor
    school.sync()
    assert viewer_role(school, "claire") is Role.EDUCATOR
    assert viewer_role(school, "daniel") is tutor


def test_staff_by_listing_are_never_learners(make_school: MakeSchool) -> None:
    school = make_school("canvas")
    school.launch("amina")
    school.sync()
    roles = school.roles()
    assert (roles["claire"], roles["daniel"]) == (Role.EDUCATOR, Role.TUTOR)


def test_a_teacher_who_tries_as_a_student_stays_staff(school: School) -> None:
    school.launch("claire")
    school.sync()
    school.pair.tamper(persona="student:plain", set={"sub": "2"})
    page = school.launch("claire")
    seen = school.pair.services.launches.viewer(handle_of(page))
    assert seen.role is Role.LEARNER  # a session never has more rights than its launch
    assert school.roles()["claire"] is Role.EDUCATOR


def test_a_teacher_who_became_a_student_is_one_after_a_month(make_school: MakeSchool) -> None:
    school = make_school("canvas")
    school.launch("claire")
    school.enrol("claire", "learner")
    school.sync()
    with school.pair.services.db.write() as session:
        session.execute(update(Membership).values(proven_at=clock.now() - timedelta(days=31)))
    school.launch("claire")
    assert school.roles()["claire"] is Role.LEARNER


def test_a_promotion_has_the_list_read_again(school: School) -> None:
    school.launch("claire")
    school.launch("amina")
    school.sync()
    assert school.state().state is RosterState.DONE
    school.enrol("amina", "educator")
    assert viewer_role(school, "amina") is Role.TUTOR  # the list is older than the promotion
    assert school.state().state is RosterState.DUE
    school.run_due()
    assert viewer_role(school, "amina") is Role.EDUCATOR


def test_an_educators_grant_wins_over_all(school: School) -> None:
    school.launch("claire")
    school.launch("amina")
    with school.pair.services.db.write() as session:
        session.execute(
            update(Membership)
            .where(Membership.id == school.members()["amina"].id)
            .values(granted_role=Role.TUTOR)
        )
    school.sync()
    assert school.members()["amina"].effective_role is Role.TUTOR
    assert viewer_role(school, "amina") is Role.TUTOR
