"""The roster."""

from typing import Any

import pytest
import requests

from tests.functional.sandbox.conftest import MakeWorld, World
from tests.functional.sandbox.minitool import NRPS

ROSTER_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


def roster(world: World, **query: str) -> requests.Response:
    url = world.tool.claims[NRPS]["context_memberships_url"]
    headers = world.tool.headers(ROSTER_TYPE)
    answer = requests.get(url, query, headers=headers, timeout=10)
    assert answer.headers["Content-Type"] == ROSTER_TYPE or answer.status_code >= 400
    return answer


def members(world: World, **query: str) -> dict[str, dict[str, Any]]:
    return {each["user_id"]: each for each in roster(world, **query).json()["members"]}


@pytest.fixture
def launched(world: World) -> World:
    world.launch()
    return world


def test_moodle_lists_a_non_editing_teacher_as_learner(launched: World) -> None:
    found = members(launched)
    assert len(found) == 15
    assert found["2"]["roles"] == ["Instructor"]
    assert found["3"]["roles"] == ["Learner"] == found["4"]["roles"]
    assert found["5"]["email"] == "amina@library.example"
    assert "email" not in found["15"] and "name" not in found["16"]


def test_roles_are_filtered_where_the_platform_can(launched: World) -> None:
    assert list(members(launched, role="Instructor")) == ["2"]
    assert len(members(launched, role="Learner")) == 14
    assert len(members(launched, role="Mentor")) == 15


def test_moodle_pages_and_forgets_the_role(launched: World) -> None:
    answer = roster(launched, limit="10", role="Learner")
    assert len(answer.json()["members"]) == 10
    url = answer.links["next"]["url"]
    assert "role" not in url and "CourseSection" in url
    rest = requests.get(url, headers=launched.tool.headers(ROSTER_TYPE), timeout=10)
    assert len(rest.json()["members"]) == 5 and "next" not in rest.links


def test_members_of_a_link(launched: World) -> None:
    link = launched.walker.links()[0]
    assert "message" in members(launched, rlid=link["id"])["5"]
    assert roster(launched, rlid="999").status_code == 404


def test_people_come_and_go(launched: World) -> None:
    control = launched.walker.control
    control("people/amina/role", {"role": "none"})
    control("people/benoit/role", {"role": "inactive"})
    assert not {"5", "6"} & set(members(launched))
    control("people", {"count": 30})
    assert len(members(launched)) == 43


def test_canvas_pages_and_tells_inactive_people(make_world: MakeWorld) -> None:
    world = make_world("canvas")
    world.walker.control("people", {"count": 60})
    world.walker.control("people/amina/role", {"role": "inactive"})
    world.launch("benoit")
    first = roster(world)
    assert len(first.json()["members"]) == 50 and "next" in first.links
    assert "Inactive" in [each["status"] for each in first.json()["members"]]


def test_open_edx_lists_everybody_as_learner(world: World) -> None:
    world.launch()
    world.walker.control("personality", {"name": "openedx"})
    world.launch()
    found = members(world, role="Instructor", limit="2")
    assert len(found) == 15
    assert all(len(user_id) == 36 and "name" not in each for user_id, each in found.items())
