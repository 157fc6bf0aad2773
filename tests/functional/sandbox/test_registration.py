"""Dynamic registration."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.functional.sandbox.conftest import MakeWorld, World
from tests.functional.sandbox.minitool import CONFIGURATION

DR = "https://purl.imsglobal.org/spec/lti-platform-configuration"


def test_moodle_keeps_little_and_starts_pending(make_world: MakeWorld) -> None:
    world = make_world(registered=False)
    tool = world.walker.register(f"{world.tool.url}/register", activate=False)
    assert tool["active"] is False
    configured = world.tool.registered[CONFIGURATION]
    assert configured["deployment_id"] == tool["deployment_id"] == "1"
    assert [each["type"] for each in configured["messages"]] == ["LtiDeepLinkingRequest"]
    assert world.tool.platform[DR]["product_family_code"] == "moodle"
    assert "Context.id.history" in world.tool.platform[DR]["variables"]


def test_a_registration_token_is_used_once(world: World) -> None:
    url = world.walker.control("registration-link", {"link": "http://tool.example/r?x=1"})["url"]
    query = parse_qs(urlsplit(url).query)
    assert query["x"] == ["1"]
    headers = {"Authorization": f"Bearer {query['registration_token'][0]}"}
    assert _post(world, headers).status_code == 200
    assert _post(world, headers).status_code == 401
    assert _post(world, {}).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"redirect_uris": "http://127.0.0.1/launch"},
        {"jwks_uri": ""},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"initiate_login_uri": None},
        {CONFIGURATION: {"domain": "other.example", "target_link_uri": "http://a.example/"}},
        {CONFIGURATION: None},
    ],
)
def test_bad_metadata_is_refused(world: World, change: dict[str, Any]) -> None:
    url = world.walker.control("registration-link", {"link": "http://tool.example/r"})["url"]
    token = parse_qs(urlsplit(url).query)["registration_token"][0]
    answer = _post(world, {"Authorization": f"Bearer {token}"}, change)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


def test_a_tool_can_be_registered_anew(world: World) -> None:
    order = {"link": f"{world.tool.url}/register", "client_id": world.client_id}
    opened = world.walker.get(world.walker.control("registration-link", order)["url"])
    world.walker.submit(opened, opened.forms[0])
    tools = world.walker.control("tools")
    assert [tool["client_id"] for tool in tools] == [world.client_id]
    assert world.tool.registered["client_id"] == world.client_id


def test_canvas_wants_the_token_early_and_hides_the_deployment(make_world: MakeWorld) -> None:
    world = make_world("canvas")
    answer = requests.get(f"{world.url}/.well-known/openid-configuration", timeout=10)
    assert answer.status_code == 401
    assert world.tool.platform["issuer"] == "https://canvas.instructure.com"
    assert "deployment_id" not in world.tool.registered[CONFIGURATION]


def test_open_edx_has_no_registration(make_world: MakeWorld) -> None:
    world = make_world("openedx", registered=False)
    answer = requests.get(f"{world.url}/.well-known/openid-configuration", timeout=10)
    assert answer.status_code == 404
    made = world.walker.control(
        "tools",
        {
            "name": "By hand",
            "initiate_login_uri": f"{world.tool.url}/login",
            "redirect_uris": [f"{world.tool.url}/launch"],
            "jwks_uri": f"{world.tool.url}/jwks",
            "target_link_uri": f"{world.tool.url}/launch",
        },
    )
    assert made["deployment_id"] == "1"


def _post(
    world: World, headers: dict[str, str], change: dict[str, Any] | None = None
) -> requests.Response:
    body = {**world.tool.metadata(), **(change or {})}
    return requests.post(f"{world.url}/lti/register", json=body, headers=headers, timeout=10)
