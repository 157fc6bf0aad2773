"""Dynamic registration: what an LMS may say of itself, and what we ask."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.errors import RegistrationRefused
from lti_tool.lti import claims as c
from lti_tool.lti.registration import (
    PlatformConfiguration,
    canvas_configuration,
    client_metadata,
    family_of,
    read_answer,
    read_configuration,
)
from lti_tool.rules.vocabulary import PlatformFamily

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
        ("https://canvas.instructure.com", "https://school.instructure.com/openid"),
        ("https://canvas.instructure.com", "https://sso.canvaslms.com/openid"),
        ("https://blackboard.com", "https://developer.blackboard.com/openid"),
    ],
)
def test_schools_may_speak_for_the_issuer_that_they_share(issuer: str, url: str) -> None:
    assert read(url, issuer=issuer).issuer == issuer


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/openid", "https://evil-instructure.com/", "https://localhost/openid"],
)
def test_nobody_speaks_for_another_issuer(url: str) -> None:
    assert reason(url) == "issuer_foreign"
    assert reason(url, issuer="https://canvas.instructure.com") == "issuer_foreign"


def test_endpoints_must_be_https_except_on_the_own_machine() -> None:
    assert reason(jwks_uri="http://lms.example/jwks") == "endpoint_bad"
    assert reason(token_endpoint=None) == "endpoint_bad"
    assert reason(registration_endpoint="file:///etc/passwd", allow_local=True) == "endpoint_bad"
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


def test_canvas_is_asked_for_the_messages_that_it_has() -> None:
    details = {
        "product_family_code": "canvas",
        "messages_supported": [{"type": c.DEEP_LINKING_MESSAGE}, "nonsense"],
    }
    platform = read(**{c.PLATFORM_CONFIGURATION: details})
    assert platform.messages == (c.DEEP_LINKING_MESSAGE,)
    tool = client_metadata("https://miroir.example", platform)[c.TOOL_CONFIGURATION]
    assert "group_ids" not in tool["custom_parameters"]


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


def test_an_answer_is_read() -> None:
    client = read_answer(
        {"client_id": "x", "scope": "a b", c.TOOL_CONFIGURATION: {"deployment_id": 7}}
    )
    assert (client.client_id, client.deployment_id, client.scopes) == ("x", "7", ("a", "b"))
    assert read_answer({"client_id": "x"}).deployment_id == ""


@pytest.mark.parametrize("document", [None, [], {}, {"client_id": ""}, {"client_id": 5}])
def test_an_answer_without_a_client_is_refused(document: object) -> None:
    with pytest.raises(RegistrationRefused):
        read_answer(document)


def test_the_configuration_for_canvas() -> None:
    told = canvas_configuration("https://miroir.example")
    placements = told["extensions"][0]["settings"]["placements"]
    assert told["oidc_initiation_url"] == "https://miroir.example/lti/login"
    assert {one["placement"] for one in placements} == {"assignment_selection", "link_selection"}
