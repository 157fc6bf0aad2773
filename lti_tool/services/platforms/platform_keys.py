"""Platforms' public keys: kept in memory and in the database, fetched again when they must be."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from sqlalchemy.exc import IntegrityError

from lti_tool import clock
from lti_tool.errors import LaunchRefused, PlatformError, WhoCanFix
from lti_tool.http import Http, deadline
from lti_tool.lti.keysets import to_document, usable_keys
from lti_tool.lti.platform import PlatformFacts
from lti_tool.models.database import Database
from lti_tool.models.keys import PlatformKeySet

FRESH = timedelta(hours=1)
STALE = timedelta(hours=24)
"""Keys serve this long if the platform does not answer."""
PAUSE = timedelta(minutes=1)
"""At most one fetch per platform in this time, so that bad kids cannot make us hammer it."""
FIRST_PAUSE = timedelta(seconds=5)
"""The pause while we have no keys at all: an LMS that comes back is tried again soon. It doubles
with each failure."""
FETCH_SECONDS = 5.0
"""A launch waits no longer for its platform's answer."""
PATIENCE_SECONDS = 1.0
"""A launch waits no longer while another one fetches: a platform that hangs holds one thread, and
not all those that other platforms' launches need."""
MAX_BYTES = 512_000

log = structlog.get_logger()


@dataclass(slots=True)
class _KeySet:
    """What this process knows of one platform's keys."""

    keys: Mapping[str, RSAPublicKey] = field(default_factory=dict)
    fetched_at: datetime | None = None
    tried_at: datetime | None = None
    failures: int = 0
    locked_at: float = 0.0
    lock: Lock = field(default_factory=Lock)

    def younger_than(self, age: timedelta) -> bool:
        return self.fetched_at is not None and clock.now() - self.fetched_at < age

    def may_fetch(self) -> bool:
        doubled = FIRST_PAUSE * 2 ** min(max(self.failures - 1, 0), 8)
        pause = PAUSE if self.keys else min(doubled, PAUSE)
        last = max(filter(None, (self.tried_at, self.fetched_at)), default=None)
        return last is None or clock.now() - last >= pause

    def enter(self, may_wait: bool) -> bool:
        """Take the turn to look for a key; False if others look and it is not worth to wait."""
        left = self.locked_at + PATIENCE_SECONDS - time.monotonic()
        entered = self.lock.acquire(
            timeout=min(max(left, 0.05), PATIENCE_SECONDS) if may_wait else 0
        )
        if entered:
            self.locked_at = time.monotonic()
        return entered


@dataclass(frozen=True, slots=True)
class PlatformKeys:
    """Finds the key that signed a launch."""

    db: Database
    http: Http
    _known: dict[uuid.UUID, _KeySet] = field(default_factory=dict, repr=False, compare=False)

    def key(self, platform: PlatformFacts, kid: str) -> RSAPublicKey:
        """Return a platform's key.

        Fetches the key set when it is an hour old or does not know ``kid``, at most once a
        minute. Raises LaunchRefused: ``kid_unknown``, ``key_set_unavailable``.
        """
        known = self._known.setdefault(platform.id, _KeySet())
        if kid in known.keys and known.younger_than(FRESH):
            return known.keys[kid]
        # Whoever has a key that still serves does not wait for another thread's fetch.
        serves = known.keys.get(kid) if known.younger_than(STALE) else None
        if not known.enter(may_wait=serves is None):
            if serves is None:
                raise LaunchRefused("key_set_unavailable", WhoCanFix.LMS_ADMIN)
            return serves
        try:
            return self._search(known, platform, kid)
        finally:
            known.lock.release()

    def _search(self, known: _KeySet, platform: PlatformFacts, kid: str) -> RSAPublicKey:
        self._read(known, platform.id)
        failed = False
        if not (kid in known.keys and known.younger_than(FRESH)) and known.may_fetch():
            failed = not self._fetch(known, platform)
        if kid in known.keys and known.younger_than(STALE):
            return known.keys[kid]
        reason = "key_set_unavailable" if failed or not known.keys else "kid_unknown"
        raise LaunchRefused(reason, WhoCanFix.LMS_ADMIN)

    def _read(self, known: _KeySet, registration_id: uuid.UUID) -> None:
        """Take over what another process has fetched."""
        with self.db.read() as session:
            row = session.get(PlatformKeySet, registration_id)
        if row is not None and (known.fetched_at is None or row.fetched_at > known.fetched_at):
            known.keys, known.fetched_at = usable_keys(row.keys), row.fetched_at

    def _fetch(self, known: _KeySet, platform: PlatformFacts) -> bool:
        """Fetch the key set; return whether the platform answered with one that has keys."""
        known.tried_at = clock.now()
        known.failures += 1
        try:
            with deadline.within(FETCH_SECONDS):
                answer = self.http.get_json(platform.jwks_uri, max_bytes=MAX_BYTES)
        except PlatformError as error:
            log.warning("key_set_failed", iss=platform.issuer, reason=error.reason)
            return False
        keys = usable_keys(answer)
        if not keys:
            log.warning("key_set_failed", iss=platform.issuer, reason="no_usable_key")
            return False
        known.failures = 0
        known.keys, known.fetched_at = keys, clock.now()
        row = PlatformKeySet(
            registration_id=platform.id, keys=to_document(keys), fetched_at=known.fetched_at
        )
        # Another process may have kept the same set at the same time: then its row serves.
        with suppress(IntegrityError), self.db.write() as session:
            session.merge(row)
        return True
