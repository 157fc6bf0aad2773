"""Which keys of a platform's key set may sign."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from jwt.algorithms import RSAAlgorithm

from lti_tool.lti.keysets import to_document, usable_keys
from tests.support.forge import rsa_key


def jwk(**changes: Any) -> dict[str, Any]:
    public = RSAAlgorithm.to_jwk(rsa_key().public_key(), as_dict=True)
    return {**public, "kid": "k", **changes}


def test_a_plain_key_is_usable_and_survives_being_kept() -> None:
    keys = usable_keys({"keys": [jwk(), jwk(kid="l", alg="RS256", use="sig")]})
    assert set(keys) == {"k", "l"}
    assert usable_keys(to_document(keys)) == keys


@pytest.mark.parametrize(
    "changes",
    [
        {"kid": ""},
        {"kid": None},
        {"kid": 7},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "EC"},
        {"alg": "HS256"},
        {"alg": "RS512"},
        {"use": "enc"},
        {"n": None},
        {"n": "!!"},
        {"e": 3},
    ],
)
def test_other_keys_are_left_out(changes: dict[str, Any]) -> None:
    assert usable_keys({"keys": [jwk(**changes)]}) == {}


def test_a_short_key_is_left_out() -> None:
    small = RSAPublicNumbers(65537, 2**1023 + 1).public_key()
    assert usable_keys({"keys": [{**RSAAlgorithm.to_jwk(small, as_dict=True), "kid": "k"}]}) == {}


@pytest.mark.parametrize("document", [None, [], "keys", {}, {"keys": {}}, {"keys": ["k", None]}])
def test_what_is_no_key_set_has_no_keys(document: object) -> None:
    assert usable_keys(document) == {}
