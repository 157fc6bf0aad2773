"""The token of a launch: every hole that the library leaves open is closed."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import func, select

from lti_tool.models.launches import LaunchSession
from tests.support.forge import KID, NO, Forge, handle_in, reason_in, rsa_key

CLIENT = "miroir-client"
YEAR = 365 * 24 * 3600


def sessions(shared: Forge) -> int:
    with shared.services.db.read() as session:
        return session.scalar(select(func.count()).select_from(LaunchSession)) or 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": NO}, "claim_missing"),
        ({"iat": NO}, "claim_missing"),
        ({"exp": 10, "iat": 5}, "token_expired"),
        ({"exp": "soon"}, "token_malformed"),
        ({"iat": "1"}, "claim_malformed"),
        ({"iat": [1]}, "claim_malformed"),
        ({"iss": "https://evil.example"}, "issuer_mismatch"),
        ({"iss": "https://lms.example/"}, "issuer_mismatch"),
        ({"aud": "another"}, "audience_mismatch"),
        ({"aud": []}, "audience_mismatch"),
        ({"aud": NO}, "audience_mismatch"),
        ({"aud": [CLIENT, "evil"]}, "audience_mismatch"),
        ({"aud": [CLIENT, "other"], "azp": "other"}, "audience_mismatch"),
        ({"aud": CLIENT, "azp": "other"}, "audience_mismatch"),
        ({"aud": ["other"], "azp": CLIENT}, "audience_mismatch"),
        ({"nonce": NO}, "nonce_missing"),
        ({"nonce": 5}, "nonce_missing"),
        ({"nonce": "somebody else's"}, "nonce_mismatch"),
        ({"nonce": "\ud800"}, "nonce_mismatch"),
        ({"sub": NO}, "sub_missing"),
        ({"sub": 5}, "claim_malformed"),
        ({"ROLES": "Instructor"}, "claim_malformed"),
        ({"RESOURCE_LINK": "link"}, "claim_malformed"),
        ({"TARGET_LINK_URI": NO}, "target_link_uri_missing"),
        ({"MESSAGE_TYPE": "LtiAssetProcessorSettingsRequest"}, "message_type_unsupported"),
    ],
)
def test_a_claim_that_is_not_right(shared: Forge, changes: dict[str, Any], reason: str) -> None:
    before = sessions(shared)
    assert reason_in(shared.launch(**changes)) == reason
    assert sessions(shared) == before


@pytest.mark.parametrize(
    ("seconds", "reason"), [(-YEAR, "token_too_old"), (-700, "token_too_old"), (90, "")]
)
def test_when_the_token_was_made(shared: Forge, seconds: int, reason: str) -> None:
    now = int(time.time())
    response = shared.launch(iat=now + seconds, exp=now + YEAR)
    assert reason_in(response) == (reason or "token_from_future")


def test_two_seconds_of_skew_do_no_harm(shared: Forge) -> None:
    now = int(time.time())
    assert handle_in(shared.launch(iat=now + 2, exp=now + 62))
    assert handle_in(shared.launch(iat=now - 60, exp=now - 2))


@pytest.mark.parametrize("changes", [{"aud": [CLIENT]}, {"aud": ["other", CLIENT], "azp": CLIENT}])
def test_legitimate_audiences(shared: Forge, changes: dict[str, Any]) -> None:
    assert handle_in(shared.launch(**changes))


def refused_token(shared: Forge, **signing: Any) -> str:
    begun = shared.login()
    token = shared.token(shared.claims(begun.nonce), **signing)
    return reason_in(shared.post(token, begun.state))


def test_signatures(shared: Forge) -> None:
    assert refused_token(shared, key=rsa_key("stranger")) == "signature_bad"
    assert refused_token(shared, headers={}) == "kid_missing"
    assert refused_token(shared, headers={"kid": ""}) == "kid_missing"
    assert refused_token(shared, algorithm="RS512") == "alg_refused"
    assert refused_token(shared, key="x" * 32, algorithm="HS256") == "alg_refused"


def test_the_public_key_is_no_shared_secret(shared: Forge) -> None:
    begun = shared.login()
    pem = rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = json.dumps(shared.claims(begun.nonce)).encode()
    head = json.dumps({"alg": "HS256", "kid": KID}).encode()
    signed = b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in (head, body))
    made = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    seal = urlsafe_b64encode(made.sign(signed, pem)).rstrip(b"=")
    assert reason_in(shared.post((signed + b"." + seal).decode(), begun.state)) == "alg_refused"


def test_a_token_without_a_signature(shared: Forge) -> None:
    begun = shared.login()
    token = jwt.encode(shared.claims(begun.nonce), None, algorithm="none", headers={"kid": KID})
    assert reason_in(shared.post(token, begun.state)) == "alg_refused"


@pytest.mark.parametrize(
    "token",
    ["garbage", "a.b", "a.b.c", "....", "é.é.é", "W10.W10.x", "bnVsbA.bnVsbA.x", "x" * 100_000],
)
def test_what_is_no_token(shared: Forge, token: str) -> None:
    assert reason_in(shared.post(token, shared.login().state)) == "token_malformed"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400])
def test_numbers_that_are_no_times(shared: Forge, number: str) -> None:
    begun = shared.login()
    claims = json.dumps(shared.claims(begun.nonce, iat="IAT")).replace('"IAT"', number).encode()
    token = jwt.api_jws.PyJWS().encode(claims, rsa_key(), "RS256", headers={"kid": KID})
    refused = {"claim_malformed", "token_too_old", "token_from_future"}
    assert reason_in(shared.post(token, begun.state)) in refused


def test_a_token_that_nests_too_deeply(shared: Forge) -> None:
    begun = shared.login()
    payload = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    token = jwt.api_jws.PyJWS().encode(payload, rsa_key(), "RS256", headers={"kid": KID})
    assert reason_in(shared.post(token, begun.state)) == "token_malformed"
