"""One-time tokens, hashes of them, signed values and encryption at rest."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def new_token() -> str:
    """Return 256 random bits as URL-safe text (43 characters)."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return the SHA-256 of a random token in hexadecimal; what we store instead of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two texts in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


class Secrets:
    """What the installation's secret key can do: sign and encrypt, a derived key per purpose."""

    def __init__(self, secret_key: str) -> None:
        self._key = secret_key.encode()
        self._signing_keys: dict[str, bytes] = {}
        self._fernet = Fernet(base64.urlsafe_b64encode(self._derive("encryption at rest")))

    def _derive(self, purpose: str) -> bytes:
        kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode())
        return kdf.derive(self._key)

    def signing_key(self, purpose: str) -> bytes:
        """Return a 256-bit key for HMAC signatures of one ``purpose``."""
        key = self._signing_keys.get(purpose)
        if key is None:
            key = self._signing_keys[purpose] = self._derive(f"sign {purpose}")
        return key

    def sign(self, purpose: str, value: str) -> str:
        """Return a signature of ``value``, in hexadecimal, good for this ``purpose`` only."""
        return hmac.new(self.signing_key(purpose), value.encode(), hashlib.sha256).hexdigest()

    def encrypt(self, text: str) -> str:
        """Encrypt ``text`` for the database."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, stored: str) -> str:
        """Give back what was encrypted.

        Raises ValueError if the installation's secret key is not the one that encrypted it.
        """
        try:
            return self._fernet.decrypt(stored.encode()).decode()
        except InvalidToken as error:
            raise ValueError("encrypted with another MIROIR_SECRET_KEY") from error
