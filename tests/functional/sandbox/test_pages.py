"""The sandbox's own pages, and what survives a restart."""

from pathlib import Path

import pytest
from flask import Flask

from lti_tool.sandbox import SandboxSettings, create_app
from lti_tool.sandbox.walker import WalkError
from tests.functional.sandbox.conftest import World


def make(path: Path, personality: str = "moodle") -> Flask:
    return create_app(SandboxSettings("http://localhost:5001", path, personality))


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    first = make(tmp_path / "sandbox.sqlite", "canvas")
    client = first.test_client()
    order = {
        "name": "T",
        "initiate_login_uri": "http://t/login",
        "redirect_uris": ["http://t/launch"],
        "jwks_uri": "http://t/jwks",
        "target_link_uri": "http://t/launch",
    }
    tool = client.post("/control/tools", json=order).json
    assert tool is not None
    link = {"client_id": tool["client_id"], "line_item": {"label": "L", "scoreMaximum": 1}}
    client.post("/control/links", json=link)
    client.post("/control/scores", json={"line_item_id": "1", "person": "amina", "value": 1})
    client.post("/control/people", json={"count": 2})
    paths = ("tools", "links", "line-items", "scores", "people", "courses", "state")
    client.get("/lti/jwks")
    before = {path: client.get(f"/control/{path}").json for path in paths}
    keys, log = client.get("/lti/jwks").json, client.get("/control/log").json
    session_key = first.secret_key
    first.extensions["sandbox"].store.close()
    second = make(tmp_path / "sandbox.sqlite")
    again = second.test_client()
    assert {path: again.get(f"/control/{path}").json for path in paths} == before
    assert log and again.get("/control/log").json == log
    assert again.get("/lti/jwks").json == keys and second.secret_key == session_key
    second.extensions["sandbox"].store.close()


def test_reset_begins_again(world: World) -> None:
    world.link()
    world.walker.control("courses", {"title": "Second course"})
    world.walker.control("reset", {"personality": "canvas"})
    assert world.walker.links() == [] == world.walker.control("tools")
    assert len(world.walker.control("courses")) == 1
    assert world.walker.control("state")["personality"] == "canvas"


def test_an_educator_builds_a_course_by_clicking(world: World) -> None:
    walker = world.walker
    walker.be("claire")
    page = walker.get("/")
    page = walker.fill(page, {"title": "Read aloud", "graded": "on"}, action="/links")
    assert "Read aloud" in page.text and walker.control("line-items")[0]["coupled"]
    page = walker.submit(page, page.form(action="/duplicate"))
    first, second = walker.links()
    assert second["history"] == [first["id"]] and second["url"] == first["url"]
    assert len(walker.control("line-items")) == 2
    walker.submit(page, page.form(action=f"/activity/{first['id']}/delete"))
    assert [link["id"] for link in walker.links()] == [second["id"]]
    assert len(walker.control("line-items")) == 1


def test_learners_may_not_build(world: World) -> None:
    world.walker.be("amina")
    page = world.walker.get("/")
    with pytest.raises(WalkError):
        page.form("title")
    course = world.walker.control("courses")[0]["id"]
    answer = world.walker.session.post(f"{world.url}/course/{course}/links", timeout=5)
    assert answer.status_code == 403


def test_a_grade_completes_the_activity(world: World) -> None:
    world.graded_link()
    assert "To do: receive a grade" in world.walker.get("/").text
    world.walker.control("scores", {"line_item_id": "1", "person": "amina", "value": 9})
    assert "Done: a grade was received" in world.walker.get("/").text


def test_the_gradebook_shows_staff_all_and_a_learner_the_own_row(world: World) -> None:
    world.graded_link()
    course = world.walker.control("courses")[0]["id"]
    mine = world.walker.get(f"/course/{course}/gradebook")
    assert [part in mine.html for part in ('row">Amina', 'row">Benoît')] == [True, False]
    world.walker.be("claire")
    page = world.walker.get(f"/course/{course}/gradebook")
    assert "Benoît Lefèvre" in page.text and "tag t" in page.text
    page = world.walker.fill(page, {"value": "7,5", "comment": "By hand"}, action="/1/6")
    assert "7.5 / 10" in page.text and "By hand" in page.text


def test_the_log_tells_the_launch_decoded(world: World) -> None:
    world.launch()
    page = world.walker.get("/log?area=launch")
    assert "LtiResourceLinkRequest to Mini" in page.text and "Amina Okafor" in page.text
    assert "RS256" in page.text and "Login initiation for Mini" in page.text
    assert "client_assertion" not in page.text
    assert "0 messages" in world.walker.get("/log?q=nothing+like+this").text
    entry = world.walker.control("log?area=registration")[-1]
    assert entry["status"] == 200 and entry["request"]["body"]["client_name"] == "Mini"


def test_the_admin_page_does_what_it_says(world: World) -> None:
    walker = world.walker
    page = walker.get("/admin")
    page = walker.submit(page, page.form(action=f"/tools/{world.client_id}"), {"action": "x"})
    assert "not active" in page.text
    page = walker.fill(page, {"personality": "canvas"})
    page = walker.fill(page, {"ags-fault": "error", "ags-remaining": 3})
    state = walker.control("state")
    assert state["personality"] == "canvas" and state["platform_storage"] is True
    assert [each["area"] for each in state["switches"] if each["on"]] == ["ags"]
    page = walker.fill(page, {"old": "withdraw"})
    assert "1 published" in page.text
    page = walker.get(f"/admin/register?link={world.tool.url}/register")
    assert "registration_token=" in page.frames[0]


def test_a_course_is_copied_with_new_ids(world: World) -> None:
    link, _ = world.graded_link()
    course = world.walker.control("courses")[0]["id"]
    copy = world.walker.control("courses", {"title": "Next year", "copy_of": course})
    (copied,) = world.walker.links(copy["id"])
    assert copied["custom"] == link["custom"] and copied["history"] == [link["id"]]
    assert copy["history"] == [course] and copied["id"] != link["id"]
    assert [item["tag"] for item in world.walker.control("line-items")] == ["t", "t"]


def test_unknown_people_and_pages(world: World) -> None:
    with pytest.raises(WalkError):
        world.walker.be("nobody")
    for path in ("/course/99", "/activity/99", "/launch/link/99", "/review/99"):
        assert world.walker.get(path).status == 404
