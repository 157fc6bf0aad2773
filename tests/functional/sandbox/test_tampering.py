"""Wrong and unusual launches on order."""

import time
from typing import Any

import jwt
import pytest

from lti_tool.sandbox.tampering import VARIANTS
from tests.functional.sandbox.conftest import World
from tests.functional.sandbox.minitool import LTI


def tampered(world: World, order: dict[str, Any]) -> str:
    """Return the id_token that the tool was sent under this order."""
    world.walker.control("tamper", order)
    world.launch()
    return world.tool.form.get("id_token", "")


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


@pytest.fixture(autouse=True)
def _silent_tool(world: World) -> None:
    """Let the tool take everything: here only what was sent counts."""
    world.tool.platform["issuer"] = world.url


@pytest.mark.parametrize("name", ["version", "message_type", "roles", "deployment_id", "sub"])
def test_a_claim_can_be_removed(world: World, name: str) -> None:
    claims = claims_of(tampered(world, {"remove": [name]}))
    assert not {name, f"{LTI}{name}"} & set(claims)


def test_a_claim_can_be_set_and_the_next_launch_is_good(world: World) -> None:
    claims = claims_of(tampered(world, {"set": {"version": "11.3", "sub": 7, "aud": ["a", "b"]}}))
    assert claims[f"{LTI}version"] == "11.3" and claims["sub"] == 7 and claims["aud"] == ["a", "b"]
    assert "launched" in world.launch().text


def test_the_header_can_be_wrong(world: World) -> None:
    assert "kid" not in jwt.get_unverified_header(tampered(world, {"no_kid": True}))
    assert jwt.get_unverified_header(tampered(world, {"header": {"kid": "x"}}))["kid"] == "x"
    unknown = jwt.get_unverified_header(tampered(world, {"sign_with": "unknown-key"}))["kid"]
    assert unknown not in [key["kid"] for key in _published(world)]


@pytest.mark.parametrize("order", [{"sign_with": "same-kid-other-key"}, {"break_signature": True}])
def test_the_signature_can_be_wrong(world: World, order: dict[str, Any]) -> None:
    token = tampered(world, order)
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(jwt.PyJWK(each) for each in _published(world) if each["kid"] == kid)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, key, algorithms=["RS256"], options={"verify_aud": False})


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_the_algorithm_can_be_wrong(world: World, algorithm: str) -> None:
    assert jwt.get_unverified_header(tampered(world, {"alg": algorithm}))["alg"] == algorithm


def test_times_can_be_wrong(world: World) -> None:
    claims = claims_of(tampered(world, {"issued_at_offset": -7200, "expires_at_offset": -3600}))
    assert claims["exp"] < time.time() - 3500 and claims["iat"] < time.time() - 7100


def test_the_token_can_be_anything(world: World) -> None:
    assert tampered(world, {"raw": "garbage"}) == "garbage"
    token = tampered(world, {"payload": ["no", "object"]})
    with pytest.raises(jwt.DecodeError):
        claims_of(token)


def test_an_answer_can_be_replayed(world: World) -> None:
    world.launch()
    first = dict(world.tool.form)
    assert tampered(world, {"replay": True}) == first["id_token"]
    assert world.tool.form["state"] != first["state"]
    tampered(world, {"replay": "response"})
    assert world.tool.form["id_token"] == first["id_token"]


def test_form_fields_and_errors(world: World) -> None:
    tampered(world, {"form": {"state": None, "extra": "1"}})
    assert "state" not in world.tool.form and world.tool.form["extra"] == "1"
    tampered(world, {"error": "login_required", "error_description": "Log in"})
    assert world.tool.form["error"] == "login_required"


def test_the_login_can_be_wrong(world: World) -> None:
    world.walker.control("tamper-login", {"set": {"iss": "http://other"}, "remove": ["login_hint"]})
    world.walker.be("amina")
    page = world.walker.get(f"/launch/link/{world.link()['id']}")
    fields = dict(page.forms[0].fields)
    assert fields["iss"] == "http://other" and "login_hint" not in fields


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("role", ["instructor", "student"])
def test_the_personas_of_the_certification_suite(world: World, role: str, variant: str) -> None:
    world.walker.control("persona", {"role": role, "variant": variant})
    world.launch()
    claims = world.tool.claims
    short = "Instructor" if role == "instructor" else "Learner"
    roles = claims[f"{LTI}roles"]
    assert (roles == []) == (variant == "no_role")
    assert (roles == [short]) == (variant == "short_role")
    assert ("name" in claims) == (variant not in ("email_only", "no_pii", "email_without_context"))
    assert ("email" in claims) == (variant not in ("names_only", "no_pii"))
    assert (f"{LTI}context" in claims) == (variant != "email_without_context")


def _published(world: World) -> list[dict[str, Any]]:
    return list(world.walker.get("/lti/jwks").response.json()["keys"])
