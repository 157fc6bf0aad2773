"""Our signing keys: made on first need, encrypted at rest, published ahead of their use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.lti.signing import KeyPair, from_pem, make_key, public_jwk, to_pem
from lti_tool.models.database import Database
from lti_tool.models.keys import SigningKey
from lti_tool.secrecy import Secrets

PUBLISHED_AHEAD = timedelta(days=7)
"""Platforms cache key sets for days: a new key is published this long before it signs."""
PUBLISHED_AFTER = timedelta(days=2)
"""What an old key signed last must stay verifiable this long."""
REREAD_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What an operator sees of a key."""

    kid: str
    created_at: datetime
    active_from: datetime
    retired_at: datetime | None


@dataclass(slots=True)
class _Memory:
    """Keys loaded by this process, and which one signs; parsing a key costs 30 ms."""

    loaded: dict[str, KeyPair] = field(default_factory=dict)
    current: KeyPair | None = None
    read_at: datetime | None = None
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The keys with which this installation signs what it tells platforms."""

    db: Database
    secrets: Secrets
    _memory: _Memory = field(default_factory=_Memory, repr=False, compare=False)

    def current(self) -> KeyPair:
        """Return the key that signs now; makes one if there is none.

        Raises ValueError if the stored keys were encrypted with another secret key.
        """
        memory, now = self._memory, clock.now()
        with memory.lock:
            fresh = memory.read_at is not None and abs(now - memory.read_at) < REREAD_AFTER
            if memory.current is None or not fresh:
                memory.current, memory.read_at = self._load(self._row_in_use(now)), now
            return memory.current

    def jwks(self, ever: bool = False) -> dict[str, list[dict[str, str]]]:
        """Return our public key set (RFC 7517), the next key included.

        With ``ever`` also retired keys, for what is verified years after it was signed.
        """
        self.current()
        now = clock.now()
        with self.db.read() as session:
            rows = list(
                session.scalars(select(SigningKey).order_by(SigningKey.active_from, SigningKey.kid))
            )
        with self._memory.lock:
            published = [self._load(row) for row in rows if ever or _is_published(row, now)]
        return {"keys": [public_jwk(pair) for pair in published]}

    def rotate(self, ahead: timedelta = PUBLISHED_AHEAD) -> KeyFacts:
        """Make the next key: published at once, used after ``ahead``; then the others retire."""
        pair, now = make_key(), clock.now()
        with self.db.write() as session:
            older = list(session.scalars(select(SigningKey)))
            row = self._add(session, pair, now + ahead)
            for other in older:
                other.retired_at = other.retired_at or row.active_from + PUBLISHED_AFTER
        with self._memory.lock:
            self._memory.read_at = None
        return _facts(row)

    def listing(self) -> list[KeyFacts]:
        """Return all keys, oldest first."""
        with self.db.read() as session:
            rows = session.scalars(
                select(SigningKey).order_by(SigningKey.active_from, SigningKey.kid)
            )
            return [_facts(row) for row in rows]

    def _row_in_use(self, now: datetime) -> SigningKey:
        with self.db.read() as session:
            row = _newest_active(session, now)
        if row is not None:
            return row
        pair = make_key()
        with self.db.write() as session:
            # Another process may have been faster; a second key would do no harm.
            return _newest_active(session, now) or self._add(session, pair, now)

    def _add(self, session: Session, pair: KeyPair, active_from: datetime) -> SigningKey:
        private_pem = self.secrets.encrypt(to_pem(pair))
        row = SigningKey(
            kid=pair.kid,
            private_pem=private_pem,
            created_at=clock.now(),
            active_from=active_from,
            retired_at=None,
        )
        session.add(row)
        session.flush()
        self._memory.loaded[pair.kid] = pair
        return row

    def _load(self, row: SigningKey) -> KeyPair:
        loaded = self._memory.loaded
        if row.kid not in loaded:
            loaded[row.kid] = from_pem(row.kid, self.secrets.decrypt(row.private_pem))
        return loaded[row.kid]


def _newest_active(session: Session, now: datetime) -> SigningKey | None:
    return session.scalars(
        select(SigningKey)
        .where(SigningKey.active_from <= now)
        .where((SigningKey.retired_at.is_(None)) | (SigningKey.retired_at > now))
        .order_by(SigningKey.active_from.desc(), SigningKey.kid)
        .limit(1)
    ).first()


def _is_published(row: SigningKey, now: datetime) -> bool:
    return row.retired_at is None or row.retired_at > now


def _facts(row: SigningKey) -> KeyFacts:
    return KeyFacts(row.kid, row.created_at, row.active_from, row.retired_at)
