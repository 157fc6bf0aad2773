"""The platform's own key pairs: one signs, several may be published."""

import secrets
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from lti_tool.sandbox.records import SigningKey
from lti_tool.sandbox.storage import Store


class Keyring:
    """Signs for the platform and publishes the public halves (a JSON Web Key Set, RFC 7517)."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loaded: dict[str, rsa.RSAPrivateKey] = {}
        if not store.keys.all():
            self.rotate(keep_old=True)

    def rotate(self, keep_old: bool) -> SigningKey:
        """Make a new signing key; old ones stay published or are withdrawn at once."""
        with self._store.lock:
            for old in self._store.keys.all():
                old.active = False
                old.published = old.published and keep_old
                self._store.keys.put(old.kid, old)
            key = make_key()
            return self._store.keys.put(key.kid, key)

    def active(self) -> SigningKey:
        """Return the key that signs now."""
        return next(key for key in reversed(self._store.keys.all()) if key.active)

    def private(self, key: SigningKey) -> rsa.RSAPrivateKey:
        """Return the loaded private key; reading a PEM costs 30 ms, so it is done once."""
        if key.kid not in self._loaded:
            self._loaded[key.kid] = load_private(key)
        return self._loaded[key.kid]

    def sign(self, claims: dict[str, Any]) -> str:
        """Return the claims as a JWT signed with the active key (RS256, with its kid)."""
        key = self.active()
        return jwt.encode(claims, self.private(key), "RS256", headers={"kid": key.kid})

    def key_set(self) -> dict[str, Any]:
        """Return what the jwks endpoint publishes."""
        published = [key for key in self._store.keys.all() if key.published]
        return {"keys": [self._public_jwk(key) for key in published]}

    def _public_jwk(self, key: SigningKey) -> dict[str, Any]:
        jwk = RSAAlgorithm.to_jwk(self.private(key).public_key(), as_dict=True)
        jwk.pop("key_ops", None)
        return {**jwk, "kid": key.kid, "alg": "RS256", "use": "sig"}


def make_key() -> SigningKey:
    """Return a new 2048-bit RSA key pair with a random kid; it is not saved."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return SigningKey(kid=secrets.token_hex(10), pem=pem.decode())


def load_private(key: SigningKey) -> rsa.RSAPrivateKey:
    """Read the private half of a key pair."""
    private = serialization.load_pem_private_key(key.pem.encode(), password=None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError("the platform's keys are RSA keys")
    return private
