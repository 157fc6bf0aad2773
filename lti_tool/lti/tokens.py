"""Access tokens for services: client credentials with a signed assertion (LTI security 1.0, 4.1).

A token is kept per registration, deployment and scopes, never per issuer: platforms that share one
issuer (Canvas, Blackboard) would be handed each other's tokens (research: lti.md 2.2, row 4).

One fetch at a time, over all threads and processes and on both databases: whoever finds no good
token writes a row without one, which says "being fetched" until it expires; the others wait for
the row to change. A fetcher that dies delays the others by ``FETCH_LEASE`` at most.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from lti_tool import clock
from lti_tool.errors import PlatformRefusal, PlatformUnavailable, WhoCanFix
from lti_tool.http import Http
from lti_tool.lti.families import FAMILIES
from lti_tool.lti.signing import KeyPair, sign
from lti_tool.models.database import Database
from lti_tool.models.keys import AccessToken
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.vocabulary import PlatformFamily
from lti_tool.secrecy import Secrets

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEPLOYMENT_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/deployment_id"
ASSERTION_LIFE = timedelta(minutes=5)
SPARE = timedelta(minutes=1)
"""A token is not used in its last minute; of one that lives less than two, in its second half."""
DEFAULT_LIFE = timedelta(minutes=5)
"""Where the platform does not tell."""
FETCH_LEASE = timedelta(seconds=30)
LOOK_AGAIN_SECONDS = 0.1

Key = tuple[uuid.UUID, uuid.UUID, str]


@dataclass(frozen=True, slots=True)
class Tenant:
    """Whom we are to a platform: one registration and one deployment of it."""

    registration_id: uuid.UUID
    deployment_row_id: uuid.UUID
    deployment_id: str
    client_id: str
    token_endpoint: str
    audience: str
    """``aud`` of our assertion: what the platform asks for, else its token endpoint."""
    family: PlatformFamily


def tenant_of(registration: Registration, deployment: Deployment) -> Tenant:
    """Return the tenant that two rows describe."""
    return Tenant(
        registration_id=registration.id,
        deployment_row_id=deployment.id,
        deployment_id=deployment.deployment_id,
        client_id=registration.client_id,
        token_endpoint=registration.token_endpoint,
        audience=registration.token_audience
        or FAMILIES[registration.family].token_audience
        or registration.token_endpoint,
        family=registration.family,
    )


@dataclass(slots=True)
class TokenMemory:
    """Tokens that this process has at hand, and a lock for each key."""

    known: dict[Key, tuple[str, datetime]] = field(default_factory=dict)
    locks: dict[Key, Lock] = field(default_factory=dict)
    guard: Lock = field(default_factory=Lock)

    def lock(self, key: Key) -> Lock:
        """Return the lock of one key."""
        with self.guard:
            return self.locks.setdefault(key, Lock())


@dataclass(frozen=True, slots=True)
class Tokens:
    """Gets access tokens and remembers them; ``key`` gives the key that signs now."""

    db: Database
    http: Http
    secrets: Secrets
    key: Callable[[], KeyPair]
    memory: TokenMemory = field(default_factory=TokenMemory, repr=False, compare=False)

    def get(self, tenant: Tenant, scopes: Iterable[str]) -> str:
        """Return a token that is good for at least the next requests.

        Raises PlatformRefusal ``token_refused`` and PlatformUnavailable.
        """
        key = _key(tenant, scopes)
        with self.memory.lock(key):
            token, expires_at = self.memory.known.get(key, ("", clock.now()))
            if token and expires_at > clock.now():
                return token
            token, expires_at = self._shared(tenant, key)
            self.memory.known[key] = token, expires_at
            return token

    def drop(self, tenant: Tenant, scopes: Iterable[str], token: str) -> None:
        """Forget ``token``, which the platform did not accept; a newer one stays."""
        key = _key(tenant, scopes)
        with self.memory.lock(key):
            if self.memory.known.get(key, ("",))[0] == token:
                del self.memory.known[key]
            with self.db.write() as session:
                row = session.scalar(_row(key).with_for_update())
                if row is not None and self._reveal(row) == token:
                    session.delete(row)

    def _shared(self, tenant: Tenant, key: Key) -> tuple[str, datetime]:
        """Return what is in the database, fetching it if it is our turn."""
        give_up = time.monotonic() + 2 * FETCH_LEASE.total_seconds()
        while time.monotonic() < give_up:
            found = self._look(key)
            if found:
                return found
            if found is None and self._take_turn(key):
                return self._fetch(tenant, key)
            time.sleep(LOOK_AGAIN_SECONDS)
        raise PlatformUnavailable("token_wait")

    def _look(self, key: Key) -> tuple[str, datetime] | tuple[()] | None:
        """Return a good token, ``()`` while somebody fetches one, None if nobody does."""
        with self.db.read() as session:
            row = session.scalar(_row(key))
        if row is None or row.expires_at <= clock.now():
            return None
        if not row.token:
            return ()
        token = self._reveal(row)
        return (token, row.expires_at) if token else None

    def _take_turn(self, key: Key) -> bool:
        """Write the row that says that we fetch; False if somebody was faster."""
        now = clock.now()
        try:
            with self.db.write() as session:
                row = session.scalar(_row(key).with_for_update())
                if row is None:
                    row = AccessToken(registration_id=key[0], deployment_id=key[1], scopes=key[2])
                    session.add(row)
                elif row.expires_at > now and (not row.token or self._reveal(row)):
                    return False
                row.token, row.expires_at = "", now + FETCH_LEASE
        except IntegrityError:
            return False
        return True

    def _fetch(self, tenant: Tenant, key: Key) -> tuple[str, datetime]:
        """Ask the platform and store what it gives; on failure the next one may try."""
        token = ""
        try:
            token, life = self._ask(tenant, key[2])
            expires_at = clock.now() + max(life - SPARE, life / 2)
        finally:
            with self.db.write() as session:
                row = session.scalar(_row(key).with_for_update())
                if token:
                    row = row or AccessToken(
                        registration_id=key[0], deployment_id=key[1], scopes=key[2]
                    )
                    row.token, row.expires_at = self.secrets.encrypt(token), expires_at
                    session.add(row)
                elif row is not None and not row.token:
                    session.delete(row)
        return token, expires_at

    def _ask(self, tenant: Tenant, scopes: str) -> tuple[str, timedelta]:
        """Request a token; return it and how long it lives."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion(tenant, self.key()),
            "scope": scopes,
        }
        try:
            answer = self.http.post_form(tenant.token_endpoint, form)
        except PlatformRefusal as error:
            if error.reason not in ("refused", "not_json"):
                raise
            who = WhoCanFix.LMS_ADMIN
            raise PlatformRefusal("token_refused", error.status, error.body, who) from error
        return _read(answer, scopes)

    def _reveal(self, row: AccessToken) -> str:
        """Return the stored token; "" if it was encrypted with another secret key."""
        try:
            return self.secrets.decrypt(row.token) if row.token else ""
        except ValueError:
            return ""


def assertion(tenant: Tenant, pair: KeyPair) -> str:
    """Return our signed client assertion (RFC 7523), good for five minutes and one use."""
    now = clock.now()
    claims = {
        "iss": tenant.client_id,
        "sub": tenant.client_id,
        "aud": tenant.audience,
        "iat": int(now.timestamp()),
        "exp": int((now + ASSERTION_LIFE).timestamp()),
        "jti": str(uuid.uuid4()),
        DEPLOYMENT_CLAIM: tenant.deployment_id,
    }
    return sign(claims, pair)


def _read(answer: Any, asked: str) -> tuple[str, timedelta]:
    """Check a token answer (RFC 6749, 5.1)."""
    fields = answer if isinstance(answer, dict) else {}
    token, kind = fields.get("access_token"), fields.get("token_type", "bearer")
    granted = fields.get("scope", asked)
    if not isinstance(token, str) or not token or str(kind).lower() != "bearer":
        raise PlatformRefusal("token_refused", 200, "no bearer token", WhoCanFix.LMS_ADMIN)
    # Open edX answers 200 with an empty scope where it grants nothing.
    if isinstance(granted, str) and not set(granted.split()) & set(asked.split()):
        raise PlatformRefusal("token_refused", 200, "no scope granted", WhoCanFix.LMS_ADMIN)
    try:
        life = timedelta(seconds=int(fields.get("expires_in", DEFAULT_LIFE.total_seconds())))
    except (TypeError, ValueError, OverflowError):
        life = DEFAULT_LIFE
    return token, max(life, timedelta(seconds=1))


def _key(tenant: Tenant, scopes: Iterable[str]) -> Key:
    return tenant.registration_id, tenant.deployment_row_id, " ".join(sorted(set(scopes)))


def _row(key: Key) -> Select[AccessToken]:
    return select(AccessToken).where(
        AccessToken.registration_id == key[0],
        AccessToken.deployment_id == key[1],
        AccessToken.scopes == key[2],
    )
