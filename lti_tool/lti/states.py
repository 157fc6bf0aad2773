"""The state of a login: signed, so that a login needs no row in the database.

It ties together what a launch must prove to belong to one login (LTI security 1.0, 5.1.1): the
nonce, the registration and the browser. Single use is the launch's business: it keeps the state's
identifier, which is under the signature.

The text is ``<base64url of JSON>.<HMAC-SHA-256 of that, hexadecimal>``: nobody else reads it, and
a launch is a tenth cheaper than with a JWT.
"""

from __future__ import annotations

import base64
import hmac
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from lti_tool import clock
from lti_tool.errors import LaunchRefused, WhoCanFix
from lti_tool.secrecy import digest, new_token, same

LIFE = timedelta(minutes=10)
MAX_LENGTH = 4096


@dataclass(frozen=True, slots=True)
class LoginState:
    """What a login promised: hashes of nonce and browser secret, registration, storage frame."""

    id: str
    registration_id: uuid.UUID
    nonce_hash: str
    browser_hash: str
    storage_target: str
    expires_at: datetime

    def storage_secret(self, key: bytes) -> str:
        """Return what the browser stores for this login where cookies may not come back.

        Derived from the signing key, so that it need not be kept; never the cookie's own secret,
        which scripts of the platform must not learn.
        """
        return hmac.new(key, f"storage {self.id}".encode(), sha256).hexdigest()


def new_state(
    registration_id: uuid.UUID, nonce: str, browser_secret: str, storage_target: str
) -> LoginState:
    """Return the state of a login that begins now."""
    return LoginState(
        id=new_token(),
        registration_id=registration_id,
        nonce_hash=digest(nonce),
        browser_hash=digest(browser_secret),
        storage_target=storage_target,
        expires_at=(clock.now() + LIFE).replace(microsecond=0),
    )


def seal(state: LoginState, key: bytes) -> str:
    """Return the state as signed text for the ``state`` parameter."""
    payload = {
        "id": state.id,
        "exp": int(state.expires_at.timestamp()),
        "r": state.registration_id.hex,
        "n": state.nonce_hash,
        "b": state.browser_hash,
        "t": state.storage_target,
    }
    body = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    return f"{body}.{_signature(body, key)}"


def unseal(text: str, key: bytes) -> LoginState:
    """Read a ``state`` parameter.

    Raises LaunchRefused: ``state_missing``, ``state_expired`` (the login page stood too long) or
    ``state_unknown`` (not made by us).
    """
    if not text:
        raise LaunchRefused("state_missing", WhoCanFix.LEARNER)
    body, _dot, signature = text.rpartition(".")
    if len(text) > MAX_LENGTH or not text.isascii() or not same(signature, _signature(body, key)):
        raise LaunchRefused("state_unknown", WhoCanFix.LEARNER)
    payload = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    if payload["exp"] <= clock.now().timestamp():
        raise LaunchRefused("state_expired", WhoCanFix.LEARNER)
    return LoginState(
        id=payload["id"],
        registration_id=uuid.UUID(payload["r"]),
        nonce_hash=payload["n"],
        browser_hash=payload["b"],
        storage_target=payload["t"],
        expires_at=datetime.fromtimestamp(payload["exp"], UTC),
    )


def _signature(body: str, key: bytes) -> str:
    """Sign the text itself, so that one state has one spelling; never what a browser stores."""
    return hmac.new(key, f"state {body}".encode(), sha256).hexdigest()
