"""Groups of a course, from each of the places where platforms tell them."""

from __future__ import annotations

from sqlalchemy import select

from lti_tool.models.people import User
from lti_tool.services.cohorts.groups import GroupView, groups_of
from tests.functional.roster.conftest import MakeSchool, School


def told(school: School) -> dict[str, set[str]]:
    """Return the members' first names by the name of their group (its id if it has none)."""
    with school.pair.services.db.read() as session:
        found: list[GroupView] = groups_of(session, school.context_id())
        people = list(session.scalars(select(User)))
    names = {user.id: (user.name or user.sub).split()[0].lower() for user in people}
    return {one.name or one.lti_id: {names[user_id] for user_id in one.member_ids} for one in found}


def make(school: School, name: str, *people: str, **values: str) -> str:
    body = {"name": name, "people": list(people), **values}
    return str(school.control("groups", body)["id"])


def test_groups_with_their_members_come_with_the_list(make_school: MakeSchool) -> None:
    school = make_school("blackboard")
    make(school, "North", "amina", "chloe", set_name="Regions")
    make(school, "South", "benoit", set_name="Regions")
    school.launch("claire")
    school.sync()
    assert told(school) == {"North": {"amina", "chloé"}, "South": {"benoît"}}
    with school.pair.services.db.read() as session:
        assert {one.set_name for one in groups_of(session, school.context_id())} == {"Regions"}


def test_groups_change_and_go(make_school: MakeSchool) -> None:
    school = make_school("blackboard")
    north = make(school, "North", "amina")
    make(school, "South", "benoit")
    school.launch("claire")
    school.sync()
    school.control(f"groups/{north}", method="DELETE")
    make(school, "West", "amina", "benoit")
    school.enrol("benoit", "none")
    school.sync()
    assert told(school) == {"South": set(), "West": {"amina"}}


def test_where_the_list_does_not_name_groups_each_person_is_asked_for(
    make_school: MakeSchool,
) -> None:
    school = make_school("blackboard", enrollments=False)
    make(school, "North", "amina", "chloe")
    school.launch("claire")
    school.sync()
    assert told(school) == {"North": {"amina", "chloé"}}
    assert sum("user_id=" in one["url"] for one in school.requests("groups")) == 12


def test_groups_that_cannot_be_read_do_not_hold_up_the_list(make_school: MakeSchool) -> None:
    school = make_school("blackboard")
    make(school, "North", "amina")
    school.launch("claire")
    school.sync()
    school.control("switches", {"area": "groups", "fault": "error"})
    assert school.sync().is_complete
    assert told(school) == {"North": {"amina"}}


def test_moodle_tells_the_own_groups_at_launch(school: School) -> None:
    group = make(school, "North", "amina", "benoit")
    other = make(school, "South", "amina")
    school.launch("amina")
    assert told(school) == {group: {"amina"}, other: {"amina"}}
    school.control(f"groups/{other}", method="DELETE")
    school.launch("amina")
    school.launch("benoit")
    assert told(school) == {group: {"amina", "benoît"}, other: set()}
