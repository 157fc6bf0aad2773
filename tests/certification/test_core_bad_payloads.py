"""LTI Advantage Conformance Certification Guide 1.3, 6.1.1: the known bad payloads, by name.

Every one ends in a page with a reference, one structured log line with the same reference, and
no session.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.certification.conftest import Suite
from tests.support.refusals import reference_in, refusals

BAD_PAYLOADS: list[tuple[str, dict[str, Any], str]] = [
    ("No KID sent in JWT header", {"no_kid": True}, "kid_missing"),
    ("Incorrect KID in JWT header", {"sign_with": "unknown-key"}, "kid_unknown"),
    ("Wrong LTI version", {"set": {"version": "11.3"}}, "version_wrong"),
    ("No LTI version", {"remove": ["version"]}, "version_wrong"),
    ("Invalid LTI message", {"payload": {"name": "badltilaunch"}}, "nonce_missing"),
    ("Invalid LTI message: no JWT", {"raw": "name=badltilaunch"}, "token_malformed"),
    ("Missing LTI claims", {"remove": ["target_link_uri"]}, "target_link_uri_missing"),
    ("Missing LTI claims: all", {"remove": ["version", "roles", "context"]}, "version_wrong"),
    ("Timestamps incorrect: over", {"expires_at_offset": -600}, "token_expired"),
    ("Timestamps incorrect: old", {"issued_at_offset": -86400}, "token_too_old"),
    ("Timestamps incorrect: future", {"issued_at_offset": 600}, "token_from_future"),
    ("Timestamps incorrect: none", {"set": {"iat": None, "exp": None}}, "claim_missing"),
    ("message_type claim missing", {"remove": ["message_type"]}, "message_type_missing"),
    ("role claim missing", {"remove": ["roles"]}, "roles_missing"),
    ("deployment_id claim missing", {"remove": ["deployment_id"]}, "deployment_missing"),
    ("resource_link_id claim missing", {"set": {"resource_link": {}}}, "resource_link_missing"),
    ("user claim missing", {"remove": ["sub"]}, "sub_missing"),
]


@pytest.mark.parametrize("name", [name for name, _order, _reason in BAD_PAYLOADS])
def test_bad_payload(suite: Suite, name: str, caplog: pytest.LogCaptureFixture) -> None:
    ((order, reason),) = [bad[1:] for bad in BAD_PAYLOADS if bad[0] == name]
    before = suite.sessions()
    suite.pair.tamper(**order)
    page = suite.launch()
    assert page.status == 400
    (line,) = refusals(caplog.records)
    assert line["reference"] == reference_in(page.text)
    assert line["reason"] == reason
    assert f"Reason: {reason}" in page.text
    assert suite.sessions() == before
    assert "eyJ" not in str(line) + page.text


def test_the_log_line_names_platform_client_deployment_and_key(
    suite: Suite, caplog: pytest.LogCaptureFixture
) -> None:
    suite.pair.tamper(set={"version": "1.1"})
    suite.launch()
    (line,) = refusals(caplog.records)
    assert (line["iss"], line["client_id"]) == (suite.pair.sandbox_url, suite.client_id)
    assert (line["deployment_id"], line["alg"]) == ("1", "RS256")
    assert line["kid"]
