"""Who was erased stays away from a course list that still names them, until they come back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from lti_tool.models.erasures import Erasure
from lti_tool.models.people import User
from tests.functional.roster.conftest import MakeSchool, School

TOLD = "What Miroir kept of you was erased before"


def erase(school: School, name: str) -> None:
    services = school.pair.services
    with services.db.read() as session:
        user = session.scalars(select(User).where(User.name.startswith(name))).one()
    services.privacy.erase(user.registration_id, user.id)


def known(school: School, name: str) -> int:
    """Return how many people of the name there are."""
    query = select(func.count()).select_from(User).where(User.name.startswith(name))
    with school.pair.services.db.read() as session:
        return session.scalar(query) or 0


def test_a_list_does_not_bring_them_back_but_their_own_launch_does(school: School) -> None:
    school.launch("claire")
    assert TOLD not in school.launch("amina").text
    school.sync()
    erase(school, "Amina")
    erase(school, "Chloé")  # who never opened anything
    for _ in range(2):
        assert school.sync().members == 13
    assert (known(school, "Amina"), known(school, "Chloé"), school.count()) == (0, 0, 13)
    assert TOLD in school.launch("amina").text
    assert TOLD not in school.launch("amina").text
    assert school.sync().members == 14
    assert "amina" in school.present() and known(school, "Chloé") == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_groups_of_people_who_are_left_out_are_read_all_the_same(make_school: MakeSchool) -> None:
    school = make_school("blackboard")
    school.launch("claire")
    school.sync()
    erase(school, "Amina")
    assert school.sync().is_complete
    with school.pair.services.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Erasure)) == 1
