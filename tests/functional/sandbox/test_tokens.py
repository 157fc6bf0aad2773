"""The token endpoint: who gets a token, for what, and who does not."""

import time
from typing import Any

import pytest
import requests

from lti_tool.sandbox import keys
from tests.functional.sandbox.conftest import MakeWorld, World
from tests.functional.sandbox.minitool import SCOPES


def test_a_token_has_the_scopes_that_were_asked_and_allowed(world: World) -> None:
    answer = world.tool.ask_token(scope=f"{SCOPES[0]} {SCOPES[3]} http://scope.example/other")
    assert answer.status_code == 200
    assert answer.json()["scope"] == f"{SCOPES[0]} {SCOPES[3]}"
    assert answer.json()["expires_in"] == 3600 and answer.json()["token_type"] == "Bearer"


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ({"sub": "somebody"}, "invalid_client"),
        ({"iss": "somebody"}, "invalid_client"),
        ({"aud": "http://elsewhere.example/token"}, "invalid_client"),
        ({"exp": int(time.time()) - 3600}, "invalid_client"),
        ({"exp": int(time.time()) + 86400}, "invalid_client"),
        ({"jti": None}, "invalid_client"),
        ({"iat": None}, "invalid_client"),
    ],
)
def test_a_bad_assertion_is_refused(world: World, claims: dict[str, Any], error: str) -> None:
    answer = world.tool.ask_token(client_assertion=world.tool.assertion(**claims))
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": "secret"}, "invalid_request"),
        ({"client_assertion": "garbage"}, "invalid_request"),
        ({"scope": "http://scope.example/other"}, "invalid_scope"),
    ],
)
def test_a_bad_form_is_refused(world: World, form: dict[str, str], error: str) -> None:
    assert world.tool.ask_token(**form).json()["error"] == error


def test_an_assertion_is_used_once(world: World) -> None:
    assertion = world.tool.assertion()
    assert world.tool.ask_token(client_assertion=assertion).status_code == 200
    again = world.tool.ask_token(client_assertion=assertion)
    assert again.status_code == 400 and "jti" in again.json()["error_description"]


def test_a_key_that_the_tool_does_not_publish_is_refused(world: World) -> None:
    world.tool.private = keys.load_private(keys.make_key())
    published = world.tool.key_set()
    other = keys.make_key()
    world.tool.key_set = lambda: published  # type: ignore[method-assign]
    world.tool.private = keys.load_private(other)
    answer = world.tool.ask_token()
    assert answer.json()["error"] == "invalid_client"
    assert "Signature" in answer.json()["error_description"]


def test_the_tool_may_rotate_its_key(world: World) -> None:
    assert world.tool.ask_token().status_code == 200
    world.tool.key = keys.make_key()
    world.tool.private = keys.load_private(world.tool.key)
    assert world.tool.ask_token().status_code == 200


def test_d2l_wants_its_constant_audience(make_world: MakeWorld) -> None:
    world = make_world("d2l")
    assert world.tool.ask_token().json()["error"] == "invalid_client"
    audience = world.tool.platform["authorization_server"]
    assertion = world.tool.assertion(aud=audience)
    assert world.tool.ask_token(client_assertion=assertion).status_code == 200


@pytest.mark.parametrize(("personality", "status"), [("moodle", 401), ("openedx", 403)])
def test_expired_and_missing_tokens(world: World, personality: str, status: int) -> None:
    _, url = world.graded_link()
    headers = world.tool.headers("application/vnd.ims.lis.v2.lineitem+json")
    world.walker.control("personality", {"name": personality})
    assert requests.get(url, headers=headers, timeout=10).status_code == 200
    world.walker.control("expire-tokens", {})
    assert requests.get(url, headers=headers, timeout=10).status_code == status
    del headers["Authorization"]
    assert requests.get(url, headers=headers, timeout=10).status_code == status


def test_a_token_without_the_scope_is_refused(world: World) -> None:
    _, url = world.graded_link()
    token = world.tool.ask_token(scope=SCOPES[2]).json()["access_token"]
    answer = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=10)
    assert answer.status_code == 403
