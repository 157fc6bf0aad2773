"""Probes: launches and logins that tools built on pylti1p3 are known to get wrong, by name.

A refused one ends in a 4xx page with a reference, one log line with the same reference and reason,
and no session; an unusual but valid one ends in a session.
"""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.rules.vocabulary import SessionKind
from lti_tool.sandbox.walker import Page, Walker
from tests.certification.conftest import Suite
from tests.support.refusals import reference_in, refusals

Order = dict[str, Any]
VALID: dict[str, Order] = {
    "valid": {},
    "aud as a list": {"set": {"aud": ["<client>"]}},
    "aud with others, azp is us": {"set": {"aud": ["x", "<client>"], "azp": "<client>"}},
    "iat ahead within the leeway": {"issued_at_offset": 20},
    "exp passed within the leeway": {"expires_at_offset": -20},
    "roles empty": {"set": {"roles": []}},
    "unknown claims": {"set": {"https://example.org/claim": {"a": [1]}, "acr": 0}},
    "no person but sub": {"remove": ["name", "given_name", "family_name", "email", "locale"]},
    "no tool_platform, presentation, lis": {
        "remove": ["tool_platform", "launch_presentation", "lis", "custom"]
    },
}
REFUSED: dict[str, tuple[Order, str, int]] = {
    "old nonce with a new state": ({"replay": True}, "nonce_mismatch", 400),
    "no nonce": ({"remove": ["nonce"]}, "nonce_missing", 400),
    "no exp": ({"remove": ["exp"]}, "claim_missing", 400),
    "exp passed": ({"expires_at_offset": -60}, "token_expired", 400),
    "no iat": ({"remove": ["iat"]}, "claim_missing", 400),
    "iat old": ({"issued_at_offset": -3600}, "token_too_old", 400),
    "iat future": ({"issued_at_offset": 60}, "token_from_future", 400),
    "iat as text": ({"set": {"iat": "yesterday"}}, "claim_malformed", 400),
    "aud of another": ({"set": {"aud": "somebody-else"}}, "audience_mismatch", 400),
    "aud missing": ({"remove": ["aud"]}, "audience_mismatch", 400),
    "aud with others, no azp": ({"set": {"aud": ["<client>", "x"]}}, "audience_mismatch", 400),
    "azp of another": (
        {"set": {"aud": ["<client>", "x"], "azp": "x"}},
        "audience_mismatch",
        400,
    ),
    "azp not in aud": ({"set": {"azp": "x"}}, "audience_mismatch", 400),
    "iss of another": ({"set": {"iss": "https://evil.example"}}, "issuer_mismatch", 400),
    "no kid": ({"no_kid": True}, "kid_missing", 400),
    "wrong kid": ({"header": {"kid": "made up"}}, "kid_unknown", 400),
    "another key under the kid": ({"sign_with": "same-kid-other-key"}, "signature_bad", 400),
    "signature changed": ({"break_signature": True}, "signature_bad", 400),
    "alg none": ({"alg": "none"}, "alg_refused", 400),
    "alg HS256 with the public key": ({"alg": "HS256"}, "alg_refused", 400),
    "alg RS512": ({"alg": "RS512"}, "alg_refused", 400),
    "version wrong": ({"set": {"version": "1.3"}}, "version_wrong", 400),
    "version missing": ({"remove": ["version"]}, "version_wrong", 400),
    "message type missing": ({"remove": ["message_type"]}, "message_type_missing", 400),
    "message type unknown": (
        {"set": {"message_type": "LtiEulaRequest"}},
        "message_type_unsupported",
        400,
    ),
    "roles missing": ({"remove": ["roles"]}, "roles_missing", 400),
    "roles as text": ({"set": {"roles": "Instructor"}}, "claim_malformed", 400),
    "deployment missing": ({"remove": ["deployment_id"]}, "deployment_missing", 400),
    "deployment unknown": ({"set": {"deployment_id": "elsewhere"}}, "deployment_pending", 403),
    "resource_link missing": ({"remove": ["resource_link"]}, "resource_link_missing", 400),
    "resource_link empty": ({"set": {"resource_link": {}}}, "resource_link_missing", 400),
    "resource_link with an empty id": (
        {"set": {"resource_link": {"id": ""}}},
        "resource_link_missing",
        400,
    ),
    "resource_link no object": ({"set": {"resource_link": "42"}}, "claim_malformed", 400),
    "resource_link id too long": (
        {"set": {"resource_link": {"id": "x" * 256}}},
        "claim_malformed",
        400,
    ),
    "sub missing": ({"remove": ["sub"]}, "sub_missing", 400),
    "sub a number": ({"set": {"sub": 42}}, "claim_malformed", 400),
    "no target_link_uri": ({"remove": ["target_link_uri"]}, "target_link_uri_missing", 400),
    "submission review without link and column": (
        {"set": {"message_type": "LtiSubmissionReviewRequest"}, "remove": ["resource_link", "ags"]},
        "resource_link_missing",
        400,
    ),
    "garbage token": ({"raw": "rubbish"}, "token_malformed", 400),
    "garbage in three parts": ({"raw": "a.b.c"}, "token_malformed", 400),
    "token empty": ({"form": {"id_token": None}}, "token_missing", 400),
    "state missing": ({"form": {"state": None}}, "state_missing", 400),
    "state made up": ({"form": {"state": "made up"}}, "state_unknown", 400),
    "nothing in the form": ({"form": {"state": None, "id_token": None}}, "direct_visit", 400),
}
LOGINS: dict[str, tuple[Order, str, int]] = {
    "unknown iss": ({"set": {"iss": "https://nobody.example"}}, "platform_unknown", 403),
    "iss over http": ({"set": {"iss": "http://lms.example"}}, "platform_unknown", 403),
    "unknown client_id": ({"set": {"client_id": "nobody"}}, "platform_unknown", 403),
    "no iss": ({"remove": ["iss"]}, "login_incomplete", 400),
    "no login_hint": ({"remove": ["login_hint"]}, "login_incomplete", 400),
    "no target_link_uri": ({"remove": ["target_link_uri"]}, "login_incomplete", 400),
}


def ordered(suite: Suite, order: Order) -> Order:
    """Return the order with our client_id in place of its mark."""
    changed = {
        name: [suite.client_id if one == "<client>" else one for one in value]
        if isinstance(value, list)
        else suite.client_id
        if value == "<client>"
        else value
        for name, value in order.get("set", {}).items()
    }
    return {**order, "set": changed}


def assert_refused(
    page: Page, caplog: pytest.LogCaptureFixture, reason: str, status: int
) -> dict[str, Any]:
    """Check page and log line of a refusal; return the line."""
    assert page.status == status
    (line,) = refusals(caplog.records)
    assert line["reason"] == reason
    assert line["reference"] == reference_in(page.text)
    assert f"Reason: {reason}" in page.text
    assert "Who can help" in page.text
    assert "eyJ" not in f"{line} {page.text}"
    return line


@pytest.mark.parametrize("name", VALID)
def test_unusual_but_valid(suite: Suite, name: str) -> None:
    before = suite.sessions()
    suite.pair.tamper(**ordered(suite, VALID[name]))
    page = suite.launch()
    assert page.status == 200
    assert suite.viewer(page)
    assert suite.sessions() == before + 1


@pytest.mark.parametrize("name", REFUSED)
def test_refused(suite: Suite, name: str, caplog: pytest.LogCaptureFixture) -> None:
    order, reason, status = REFUSED[name]
    assert suite.launch().status == 200
    before = suite.sessions()
    suite.pair.tamper(**ordered(suite, order))
    assert_refused(suite.launch(), caplog, reason, status)
    assert suite.sessions() == before


@pytest.mark.parametrize("name", LOGINS)
def test_refused_at_login(suite: Suite, name: str, caplog: pytest.LogCaptureFixture) -> None:
    order, reason, status = LOGINS[name]
    suite.pair.walker.control("tamper-login", order)
    assert_refused(suite.launch(), caplog, reason, status)


def test_replay_by_the_same_browser_leads_to_its_session(suite: Suite) -> None:
    first, before = suite.launch(), suite.sessions()
    suite.pair.tamper(replay="response")
    again = suite.launch()
    assert (again.status, again.url) == (200, first.url)
    assert suite.sessions() == before


def test_replay_by_another_browser(suite: Suite, caplog: pytest.LogCaptureFixture) -> None:
    suite.launch()
    before, thief = suite.sessions(), suite.pair.browser()
    thief.be("amina")
    suite.pair.tamper(replay="response")
    assert_refused(thief.launch(suite.link_id), caplog, "login_used", 409)
    assert suite.sessions() == before


def on_its_way(walker: Walker, link_id: str) -> Page:
    """Log in and return the platform's page that is about to post the token to the tool."""
    walker.be("amina")
    return walker.follow(walker.get(f"/launch/link/{link_id}"), stop="/lti/launch")


def test_another_browser_s_state_opens_nothing(
    suite: Suite, caplog: pytest.LogCaptureFixture
) -> None:
    message = on_its_way(suite.pair.walker, suite.link_id)
    victim = suite.pair.browser()
    on_its_way(victim, suite.link_id)
    page = victim.submit(message, message.form("id_token"))
    assert (page.status, "/s/" in page.url) == (200, False)
    ticket = dict(page.form("ticket", "secret").fields)["ticket"]
    told = {"ticket": ticket, "secret": "guessed", "source": "own_storage"}
    bound = victim.fill(page, told, action="/lti/bind")
    assert_refused(bound, caplog, "browser_mismatch", 400)


@pytest.mark.parametrize("name", ["DataPrivacyLaunchRequest", "LtiDataPrivacyLaunchRequest"])
def test_data_privacy_by_both_of_its_names(suite: Suite, name: str) -> None:
    gone = ["resource_link", "context", "target_link_uri", "ags", "nrps"]
    suite.pair.tamper(set={"message_type": name}, remove=gone)
    page = suite.launch()
    assert page.status == 200
    viewer = suite.viewer(page)
    assert (viewer.kind, viewer.context_id) == (SessionKind.DATA_PRIVACY, None)


def test_submission_review_without_for_user(suite: Suite) -> None:
    suite.pair.tamper(
        set={"message_type": "LtiSubmissionReviewRequest"}, remove=["for_user", "target_link_uri"]
    )
    page = suite.launch("claire")
    assert page.status == 200
    assert suite.viewer(page).kind is SessionKind.SUBMISSION_REVIEW
