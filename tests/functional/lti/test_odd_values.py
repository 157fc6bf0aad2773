"""Values that no database and no page can hold: refused in words or left out, never a fault."""

from __future__ import annotations

import re
from typing import Any

import jwt
import pytest

from lti_tool.lti import claims as c
from tests.support.forge import INSTRUCTOR, NO, Forge, reason_in

HALF = "\ud800"
SETTINGS: dict[str, Any] = {
    "deep_link_return_url": "https://lms.example/return",
    "accept_types": ["ltiResourceLink"],
}


@pytest.mark.parametrize("name", ["iss", "client_id"])
def test_a_login_with_nul_is_of_an_unknown_platform(forge: Forge, name: str) -> None:
    form = {"iss": forge.issuer, "login_hint": "1", "target_link_uri": "http://x", name: "a\x00b"}
    assert reason_in(forge.browser.post("/lti/login", data=form)) == "platform_unknown"


@pytest.mark.parametrize("name", ["iss", "aud", "DEPLOYMENT_ID", "MESSAGE_TYPE", "LTI_VERSION"])
@pytest.mark.parametrize("value", [HALF, "a\x00b", [HALF]])
def test_what_cannot_be_shown_is_refused_in_words(forge: Forge, name: str, value: Any) -> None:
    begun = forge.login()
    claims = forge.claims(begun.nonce, **{name: value})
    if isinstance(value, list) and name == "iss":
        pytest.skip("the library that signs refuses this itself")
    assert reason_in(forge.post(forge.token(claims), begun.state))


@pytest.mark.parametrize("value", ["text", 1, True, ["a"], {"deep_link_return_url": 1}, HALF])
def test_settings_of_another_message_are_not_looked_at(forge: Forge, value: Any) -> None:
    assert forge.launch(DEEP_LINKING_SETTINGS=value).status_code == 303


@pytest.mark.parametrize("name", ["data", "accept_lineitem", "title"])
def test_a_number_that_json_cannot_hold_is_refused(forge: Forge, name: str) -> None:
    answer = _window(forge, {**SETTINGS, name: float("inf")})
    assert reason_in(answer) == "claim_malformed"


@pytest.mark.parametrize(
    "data", ["", "csrf:1&2=3", "é<b>", "a\x00b", HALF, {"a": [None, HALF]}, "x" * 100_000]
)
def test_data_goes_back_as_it_came(forge: Forge, data: Any) -> None:
    answer = _window(forge, {**SETTINGS, "data": data})
    assert answer.status_code == 303
    handle = answer.headers["Location"].split("/")[2]
    page = forge.browser.get(f"/s/{handle}/deep-linking/cancel").text
    sent = re.search(r'name="JWT" value="([^"]+)"', page)
    assert sent is not None
    claims = jwt.decode(sent[1], options={"verify_signature": False})
    assert claims[c.DEEP_LINKING_DATA] == data


def _window(forge: Forge, settings: dict[str, Any]) -> Any:
    return forge.launch(
        MESSAGE_TYPE=c.DEEP_LINKING_MESSAGE,
        ROLES=[INSTRUCTOR],
        RESOURCE_LINK=NO,
        DEEP_LINKING_SETTINGS=settings,
    )
