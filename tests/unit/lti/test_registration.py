"""Dynamic registration: what an LMS may say of itself, and what we ask."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from lti_tool.errors import RegistrationRefused
from lti_tool.lti import claims as c
from lti_tool.lti.registration import (
    PlatformConfiguration,
    client_metadata,
    read_answer,
    read_configuration,
    update_hint,
)
from lti_tool.lti.registration_families import family_of
from lti_tool.rules.vocabulary import PlatformFamily

CANVAS = "https://canvas.instructure.com/lti/"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
HERE = "https://lms.example/openid-configuration"
DOCUMENT: dict[str, Any] = {
    "issuer": "https://lms.example",
    "authorization_endpoint": "https://lms.example/auth",
    "token_endpoint": "https://lms.example/token",
    "jwks_uri": "https://lms.example/jwks",
    "registration_endpoint": "https://lms.example/register",
    "scopes_supported": ["openid", *c.SCOPES[:3]],
    c.PLATFORM_CONFIGURATION: {"product_family_code": "moodle", "version": "4.5"},
}


def read(url: str = HERE, allow_local: bool = False, **changes: Any) -> PlatformConfiguration:
    return read_configuration({**DOCUMENT, **changes}, url, allow_local)


def reason(url: str = HERE, allow_local: bool = False, **changes: Any) -> str:
    with pytest.raises(RegistrationRefused) as refused:
        read(url, allow_local, **changes)
    return refused.value.reason


def test_a_configuration_is_read() -> None:
    platform = read()
    assert platform.family is PlatformFamily.MOODLE
    assert platform.product == "moodle 4.5"
    assert platform.scopes == c.SCOPES[:3]
    assert platform.token_audience is None
    assert read(authorization_server="https://api.example/t").token_audience is not None


@pytest.mark.parametrize(
    ("issuer", "url"),
    [
        ("https://canvas.instructure.com", "https://school.instructure.com"),
        ("https://canvas.instructure.com", "https://sso.canvaslms.com"),
        ("https://canvas.beta.instructure.com", "https://school.beta.instructure.com"),
        ("https://blackboard.com", "https://developer.blackboard.com"),
    ],
)
def test_schools_may_speak_for_the_issuer_that_they_share(issuer: str, url: str) -> None:
    own = dict.fromkeys(ENDPOINTS, f"{url}/endpoint")
    assert read(f"{url}/openid", issuer=issuer, **own).issuer == issuer
    for name in ENDPOINTS:
        foreign = {**own, name: "https://evil.example/endpoint"}
        assert reason(f"{url}/openid", issuer=issuer, **foreign) == "endpoint_bad"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/openid",
        "https://evil-instructure.com/",
        "https://localhost/openid",
        "https://lms.example.evil.example/openid",
        "https://evil.example\\.instructure.com/openid",
        "https://instructure.com@evil.example/openid",
    ],
)
def test_nobody_speaks_for_another_issuer(url: str) -> None:
    assert reason(url) == "issuer_foreign"
    assert reason(url, issuer="https://canvas.instructure.com") == "issuer_foreign"


def test_endpoints_must_be_https_except_on_the_own_machine() -> None:
    assert reason(jwks_uri="http://lms.example/jwks") == "endpoint_bad"
    assert reason(token_endpoint=None) == "endpoint_bad"
    assert reason(registration_endpoint="file:///etc/passwd", allow_local=True) == "endpoint_bad"
    assert reason(jwks_uri="https://lms.example@evil.example/jwks") == "endpoint_bad"
    assert reason(jwks_uri="https://lms.example\x00/jwks") == "endpoint_bad"
    assert read(jwks_uri="http://localhost/jwks", allow_local=True).jwks_uri


@pytest.mark.parametrize("document", [None, [], "x", {}, {"issuer": 1}])
def test_what_is_no_configuration_is_refused(document: object) -> None:
    with pytest.raises(RegistrationRefused):
        read_configuration(document, HERE, False)


def test_what_we_ask_of_moodle() -> None:
    asked = client_metadata("https://miroir.example:8443", read())
    tool = asked[c.TOOL_CONFIGURATION]
    assert tool["domain"] == "miroir.example:8443"
    assert asked["redirect_uris"] == [tool["target_link_uri"]]
    assert asked["scope"] == " ".join(c.SCOPES[:3])
    assert asked["token_endpoint_auth_method"] == "private_key_jwt"
    assert tool["custom_parameters"]["group_ids"] == "$Moodle.Person.userGroupIds"
    assert not any("=" in value for value in tool["custom_parameters"].values())
    assert "email" not in tool["claims"]
    assert [one["type"] for one in tool["messages"]] == [
        c.RESOURCE_LINK_MESSAGE,
        c.DEEP_LINKING_MESSAGE,
        c.SUBMISSION_REVIEW_MESSAGE,
    ]


def canvas_platform(**details: Any) -> PlatformConfiguration:
    return read(**{c.PLATFORM_CONFIGURATION: {"product_family_code": "canvas", **details}})


def test_what_we_ask_of_canvas() -> None:
    dialog = {"type": c.DEEP_LINKING_MESSAGE, "placements": ["assignment_selection", "editor"]}
    supported = [{"type": c.RESOURCE_LINK_MESSAGE}, dialog, "nonsense"]
    platform = canvas_platform(messages_supported=supported)
    tool = client_metadata("https://miroir.example", platform)[c.TOOL_CONFIGURATION]
    (message,) = tool["messages"]
    assert (message["type"], message["placements"]) == (
        c.DEEP_LINKING_MESSAGE,
        ["assignment_selection"],
    )
    assert message[f"{CANVAS}visibility"] == "admins"
    assert tool[f"{CANVAS}privacy_level"] == "name_only"
    assert tool[f"{CANVAS}vendor"] == "Miroir"
    assert tool["custom_parameters"]["due"] == "$Canvas.assignment.dueAt.iso8601"
    assert "group_ids" not in tool["custom_parameters"]


def test_canvas_without_a_list_of_messages_is_asked_all_the_same() -> None:
    (message,) = canvas_platform().messages
    assert message.placements == ("assignment_selection", "link_selection")
    account = {"https://canvas.instructure.com/lti/account_name": "Test University"}
    assert canvas_platform(**account).account == "Test University"


def test_a_bare_host_is_no_audience() -> None:
    assert read(authorization_server="canvas.instructure.com").token_audience is None
    details = {c.PLATFORM_CONFIGURATION: {"product_family_code": "desire2learn"}}
    assert read(**details).token_audience == "https://api.brightspace.com/auth/token"


def test_sakai_is_asked_for_what_only_it_has() -> None:
    details = {c.PLATFORM_CONFIGURATION: {"product_family_code": "sakai"}}
    types = [message.type for message in read(**details).messages]
    assert types[3:] == ["LtiDataPrivacyLaunchRequest", "LtiContextLaunchRequest"]


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (jwt.encode({"sub": "me", "scope": "reg-update"}, "k" * 32, "HS256"), "me"),
        (jwt.encode({"sub": "me", "scope": "reg"}, "k" * 32, "HS256"), ""),
        (jwt.encode({"scope": "reg-update"}, "k" * 32, "HS256"), ""),
        ("opaque", ""),
        ("", ""),
    ],
)
def test_a_hint_is_read_from_a_token(token: str, expected: str) -> None:
    assert update_hint(token) == expected


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("Moodle", PlatformFamily.MOODLE),
        ("Open edX", PlatformFamily.OPENEDX),
        ("BlackboardLearn", PlatformFamily.BLACKBOARD),
        ("desire2learn", PlatformFamily.D2L),
        ("sakai", PlatformFamily.SAKAI),
        ("canvas", PlatformFamily.CANVAS),
        ("ilias", PlatformFamily.GENERIC),
        ("", PlatformFamily.GENERIC),
    ],
)
def test_family(code: str, family: PlatformFamily) -> None:
    assert family_of(code) is family


@pytest.mark.parametrize(
    ("host", "path", "family"),
    [
        ("school.instructure.com", "/", PlatformFamily.CANVAS),
        ("school.brightspace.com", "/", PlatformFamily.D2L),
        ("lms.example", "/mod/lti/openid-configuration.php", PlatformFamily.MOODLE),
        ("lms.example", "/moodle/mod/lti/openid-configuration.php", PlatformFamily.MOODLE),
        ("lms.example", "/imsblis/lti13/x", PlatformFamily.SAKAI),
        ("notinstructure.com", "/", PlatformFamily.GENERIC),
    ],
)
def test_family_by_address(host: str, path: str, family: PlatformFamily) -> None:
    assert family_of("", host, path) is family
    assert family_of("moodle", host, path) is PlatformFamily.MOODLE


def test_an_answer_is_read() -> None:
    client = read_answer(
        {"client_id": "x", "scope": "a b", c.TOOL_CONFIGURATION: {"deployment_id": 7}}
    )
    assert (client.client_id, client.deployment_id, client.scopes) == ("x", "7", ("a", "b"))
    assert read_answer({"client_id": "x"}).deployment_id == ""
    assert read_answer({"client_id": "x", "deployment_id": "d"}).deployment_id == "d"
    assert read_answer({"client_id": "x", "deployment_id": "d" * 300}).deployment_id == ""


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"client_id": ""},
        {"client_id": 5},
        {"client_id": "x" * 256},
        {"client_id": "\0"},
    ],
)
def test_an_answer_without_a_client_is_refused(document: object) -> None:
    with pytest.raises(RegistrationRefused):
        read_answer(document)
