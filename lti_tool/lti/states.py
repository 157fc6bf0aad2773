"""The state of a login: signed, so that a login needs no row in the database.

It ties together what a launch must prove to belong to one login (LTI security 1.0, 5.1.1): the
nonce, the registration and the browser. Single use is the launch's business: it keeps the state's
identifier, which is under the signature (the text itself is not unique: base64 has spare bits).
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import jwt

from lti_tool import clock
from lti_tool.errors import LaunchRefused, WhoCanFix
from lti_tool.secrecy import digest, new_token

LIFE = timedelta(minutes=10)
ALGORITHM = "HS256"
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
        "jti": state.id,
        "exp": int(state.expires_at.timestamp()),
        "r": state.registration_id.hex,
        "n": state.nonce_hash,
        "b": state.browser_hash,
        "t": state.storage_target,
    }
    return jwt.encode(payload, key, algorithm=ALGORITHM)


def unseal(text: str, key: bytes) -> LoginState:
    """Read a ``state`` parameter.

    Raises LaunchRefused: ``state_missing``, ``state_expired`` (the login page stood too long) or
    ``state_unknown`` (not made by us).
    """
    if not text:
        raise LaunchRefused("state_missing", WhoCanFix.LEARNER)
    try:
        if len(text) > MAX_LENGTH:
            raise jwt.InvalidTokenError("too long")
        payload: dict[str, Any] = jwt.decode(
            text, key, algorithms=[ALGORITHM], options={"require": ["exp", "jti"]}
        )
    except jwt.ExpiredSignatureError as error:
        raise LaunchRefused("state_expired", WhoCanFix.LEARNER) from error
    except (jwt.InvalidTokenError, UnicodeError) as error:
        raise LaunchRefused("state_unknown", WhoCanFix.LEARNER) from error
    return LoginState(
        id=payload["jti"],
        registration_id=uuid.UUID(payload["r"]),
        nonce_hash=payload["n"],
        browser_hash=payload["b"],
        storage_target=payload["t"],
        expires_at=datetime.fromtimestamp(payload["exp"], UTC),
    )
