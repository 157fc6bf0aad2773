"""Our own signatures: RS256 with a key that platforms find by its kid (LTI security 1.0, 6)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

ALGORITHM = "RS256"
KEY_BITS = 2048


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key that is loaded (parsing it costs 30 ms), and the name of its public half."""

    kid: str
    private_key: RSAPrivateKey = field(repr=False)


def make_key() -> KeyPair:
    """Make a new key; its kid is the thumbprint of the public half (RFC 7638)."""
    private_key = generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return KeyPair(thumbprint(private_key.public_key()), private_key)


def to_pem(pair: KeyPair) -> str:
    """Return the private key as PEM (PKCS 8), not encrypted."""
    return pair.private_key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ).decode()


def from_pem(kid: str, pem: str) -> KeyPair:
    """Load a private key; raises ValueError if ``pem`` holds none of RSA."""
    private_key = load_pem_private_key(pem.encode(), None)
    if not isinstance(private_key, RSAPrivateKey):
        raise ValueError("not an RSA key")
    return KeyPair(kid, private_key)


def public_jwk(pair: KeyPair) -> dict[str, str]:
    """Return the public half as a JSON Web Key (RFC 7517) with kid, alg and use."""
    numbers = pair.private_key.public_key().public_numbers()
    return {
        "kty": "RSA",
        "kid": pair.kid,
        "alg": ALGORITHM,
        "use": "sig",
        "n": _base64(numbers.n),
        "e": _base64(numbers.e),
    }


def thumbprint(key: RSAPublicKey) -> str:
    """Return the SHA-256 thumbprint of a public key (RFC 7638)."""
    numbers = key.public_numbers()
    members = {"e": _base64(numbers.e), "kty": "RSA", "n": _base64(numbers.n)}
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return (
        base64.urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest()).decode().rstrip("=")
    )


def sign(claims: Mapping[str, Any], pair: KeyPair) -> str:
    """Return ``claims`` as a JWT that is signed with ``pair`` and names its kid."""
    return jwt.encode(
        dict(claims), pair.private_key, algorithm=ALGORITHM, headers={"kid": pair.kid}
    )


def _base64(number: int) -> str:
    """Encode a number as RFC 7518 wants it (Base64urlUInt)."""
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")
