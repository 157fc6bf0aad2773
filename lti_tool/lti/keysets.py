"""Platforms' key sets (RFC 7517): which keys may sign a launch."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

MIN_BITS, MAX_BITS = 2048, 8192
MAX_KEYS = 64
ALGORITHMS = (None, "RS256")


def usable_keys(document: object) -> dict[str, RSAPublicKey]:
    """Return kid → key for the keys of a JWKS that may sign: RSA of 2048 to 8192 bits, for RS256.

    A key without kid, of another kind (``oct``, ``EC``), of another size or broken is left out;
    what is no key set has none.
    """
    listed = document.get("keys") if isinstance(document, dict) else None
    keys: dict[str, RSAPublicKey] = {}
    for jwk in listed[:MAX_KEYS] if isinstance(listed, list) else []:
        key = _rsa_key(jwk) if isinstance(jwk, dict) else None
        if key is not None:
            keys[jwk["kid"]] = key
    return keys


def to_document(keys: dict[str, RSAPublicKey]) -> dict[str, Any]:
    """Return keys as a JWKS that holds nothing else, to be kept."""
    return {
        "keys": [
            {**RSAAlgorithm.to_jwk(key, as_dict=True), "kid": kid} for kid, key in keys.items()
        ]
    }


def _rsa_key(jwk: dict[str, Any]) -> RSAPublicKey | None:
    kid = jwk.get("kid")
    if not isinstance(kid, str) or not kid or jwk.get("kty") != "RSA":
        return None
    if jwk.get("alg") not in ALGORITHMS or jwk.get("use", "sig") != "sig":
        return None
    public = {name: jwk.get(name) for name in ("kty", "n", "e")}
    try:
        key = RSAAlgorithm.from_jwk(public)
    except (InvalidKeyError, ValueError, TypeError, AttributeError):
        return None
    if not isinstance(key, RSAPublicKey) or not MIN_BITS <= key.key_size <= MAX_BITS:
        return None
    return key
