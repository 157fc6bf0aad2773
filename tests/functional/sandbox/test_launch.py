"""Launches: what the platform says, to whom, and what it refuses."""

from typing import Any

import pytest
import requests

from lti_tool.sandbox.walker import Walker
from tests.functional.sandbox.conftest import MakeWorld, World
from tests.functional.sandbox.minitool import AGS, LTI, NRPS

INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"


def test_a_learner_is_launched_as_moodle_would(world: World) -> None:
    link = world.link(title="Read", custom={"activity": "a1"})
    page = world.launch("amina", link)
    claims = world.tool.claims
    assert "launched LtiResourceLinkRequest" in page.text
    assert claims[f"{LTI}resource_link"]["id"] == link["id"]
    assert claims[f"{LTI}custom"] == {"activity": "a1", "user": "5", "odd": "$Odd.variable"}
    assert claims["exp"] - claims["iat"] == 60
    assert claims["name"] == "Amina Okafor"
    assert claims[f"{LTI}launch_presentation"]["locale"] == "en"
    assert "lineitem" not in claims[AGS]
    assert NRPS in claims


@pytest.mark.parametrize(
    ("who", "roles"),
    [("claire", [INSTRUCTOR]), ("daniel", [INSTRUCTOR]), ("amina", [LEARNER])],
)
def test_a_non_editing_teacher_is_an_instructor(world: World, who: str, roles: list[str]) -> None:
    world.launch(who)
    assert world.tool.claims[f"{LTI}roles"] == roles


def test_some_people_share_less(world: World) -> None:
    world.launch("jules")
    assert "email" not in world.tool.claims and "name" in world.tool.claims
    world.launch("kofi")
    assert not {"email", "name", "given_name", "family_name"} & set(world.tool.claims)


def test_login_initiation_is_like_moodles(world: World) -> None:
    link = world.link()
    world.launch("amina", link)
    login = world.tool.login
    assert login["iss"] == world.url and login["client_id"] == world.client_id
    assert login["login_hint"] == "5" and login["lti_deployment_id"] == "1"
    assert '"launchid":' in login["lti_message_hint"]
    assert "lti_storage_target" not in login
    world.walker.control("platform-storage", {"on": True})
    world.launch("amina", link)
    assert world.tool.login["lti_storage_target"] == "_parent"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
        ({"scope": "email"}, "invalid_scope"),
        ({"nonce": ""}, "invalid_request"),
        ({"login_hint": "6"}, "access_denied"),
    ],
)
def test_a_bad_authentication_request_is_answered_at_the_redirect_uri(
    world: World, change: dict[str, str], error: str
) -> None:
    world.launch()
    page = _authenticate(world, change)
    assert f"error {error}" in world.walker.follow(page).text
    assert world.tool.form["state"] == world.tool.auth["state"]


@pytest.mark.parametrize(
    "change", [{"client_id": "nobody"}, {"redirect_uri": "http://127.0.0.1:1/launch"}]
)
def test_an_unsafe_authentication_request_gets_a_page(world: World, change: dict[str, str]) -> None:
    world.launch()
    page = _authenticate(world, change)
    assert page.status == 400 and not page.forms


def test_a_launch_happens_once(world: World) -> None:
    world.launch()
    page = _authenticate(world, {})
    assert page.status == 400 and "already used" in page.text


def test_without_a_session_the_request_is_posted_again_and_then_refused(world: World) -> None:
    world.launch()
    stranger = Walker(world.url)
    page = stranger.get(f"{world.url}/lti/auth?{_query(world.tool.auth)}")
    assert page.form("repost").action == f"{world.url}/lti/auth"
    assert "error login_required" in stranger.follow(page).text


def test_an_inactive_tool_is_not_launched(world: World) -> None:
    link = world.link()
    world.walker.control(f"tools/{world.client_id}", {"active": False})
    assert world.launch(link=link).status == 404


def test_one_coupled_column_is_told_two_are_not(world: World) -> None:
    link, url = world.graded_link()
    headers = world.tool.headers()
    body = {"label": "Second", "scoreMaximum": 1, "resourceLinkId": link["id"]}
    headers["Content-Type"] = "application/vnd.ims.lis.v2.lineitem+json"
    answer = requests.post(
        world.tool.claims[AGS]["lineitems"], json=body, headers=headers, timeout=10
    )
    assert answer.status_code == 201 and url.endswith("/lineitem?type_id=1")
    world.launch(link=link)
    assert "lineitem" not in world.tool.claims[AGS]


def test_a_review_names_the_learner_and_the_column(world: World) -> None:
    _, url = world.graded_link()
    item = world.walker.control("line-items")[0]
    world.walker.be("daniel")
    assert "LtiSubmissionReviewRequest" in world.walker.review(item["id"], "6").text
    claims = world.tool.claims
    assert claims[f"{LTI}for_user"] == {"user_id": "6"}  # Moodle tells no more
    assert claims[AGS]["lineitem"] == url
    world.walker.review(item["id"])
    assert f"{LTI}for_user" not in world.tool.claims
    world.walker.control("personality", {"name": "sakai"})
    world.walker.review(item["id"], "6")
    assert LEARNER in world.tool.claims[f"{LTI}for_user"]["roles"]


def test_keys_are_rotated_and_old_ones_withdrawn(world: World) -> None:
    def kids() -> list[str]:
        found = requests.get(f"{world.url}/lti/jwks", timeout=10).json()["keys"]
        return [key["kid"] for key in found]

    first = kids()
    world.walker.control("keys/rotate", {"keep_old": True})
    assert len(kids()) == 2 and kids()[0] == first[0]
    world.walker.control("keys/rotate", {"keep_old": False})
    assert len(kids()) == 1 and not set(first) & set(kids())
    assert "launched" in world.launch().text


def test_other_personalities_say_other_things(make_world: MakeWorld) -> None:
    canvas = make_world("canvas")
    canvas.launch()
    assert canvas.tool.claims["iss"] == "https://canvas.instructure.com"
    assert len(canvas.tool.claims["sub"]) == 36
    assert f"{LTI}lti_deployment_id" not in canvas.tool.claims


def test_open_edx_tells_little(make_world: MakeWorld) -> None:
    world = make_world("moodle")
    world.walker.control("personality", {"name": "openedx"})
    world.launch("amina")
    claims: dict[str, Any] = world.tool.claims
    assert list(claims[f"{LTI}resource_link"]) == ["id"]
    assert "name" not in claims and f"{LTI}launch_presentation" not in claims


def _query(parameters: dict[str, str]) -> str:
    return str(requests.compat.urlencode(parameters))  # type: ignore[attr-defined]


def _authenticate(world: World, change: dict[str, str]) -> Any:
    return world.walker.get(f"{world.url}/lti/auth?{_query({**world.tool.auth, **change})}")
