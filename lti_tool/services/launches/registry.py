"""Registrations as launches need them, kept in memory for half a minute: a login reads nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import LaunchRefused, WhoCanFix
from lti_tool.lti.platform import PlatformFacts, facts_of
from lti_tool.lti.validation import is_storable
from lti_tool.models.database import Database
from lti_tool.models.platforms import Registration

KEPT = timedelta(seconds=30)
"""A disabled platform starts no login after this; its launches are refused at once."""


@dataclass(slots=True)
class _Kept:
    facts: PlatformFacts
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Registry:
    """Finds registrations; only those that exist and are not disabled are kept in memory."""

    db: Database
    _kept: dict[object, _Kept] = field(default_factory=dict, repr=False, compare=False)

    def by_issuer(self, issuer: str, client_id: str) -> PlatformFacts:
        """Return the registration of an issuer and a client_id.

        A platform may leave the client_id out where one registration is all it has. Raises
        LaunchRefused: ``platform_unknown``, ``client_id_missing``, ``platform_disabled``.
        """
        key = (issuer, client_id)
        return self._recent(key) or self._read(key)

    def by_id(self, registration_id: uuid.UUID) -> PlatformFacts:
        """Return a registration; raises LaunchRefused if it is gone or disabled."""
        known = self._recent(registration_id)
        if known is not None:
            return known
        with self.db.read() as session:
            found = session.get(Registration, registration_id)
        return self._keep(registration_id, _usable(found))

    def _recent(self, key: object) -> PlatformFacts | None:
        kept = self._kept.get(key)
        if kept is None or abs(clock.now() - kept.read_at) > KEPT:
            return None
        return kept.facts

    def _read(self, key: tuple[str, str]) -> PlatformFacts:
        if not all(map(is_storable, key)):
            raise LaunchRefused("platform_unknown", WhoCanFix.OPERATOR)
        with self.db.read() as session:
            found = _candidates(session, *key)
        if len(found) > 1:
            raise LaunchRefused("client_id_missing", WhoCanFix.LMS_ADMIN)
        return self._keep(key, _usable(found[0] if found else None))

    def _keep(self, key: object, registration: Registration) -> PlatformFacts:
        facts = facts_of(registration)
        self._kept[key] = _Kept(facts, clock.now())
        return facts


def _candidates(session: Session, issuer: str, client_id: str) -> list[Registration]:
    query = select(Registration).where(Registration.issuer == issuer)
    if client_id:
        query = query.where(Registration.client_id == client_id)
    return list(session.scalars(query.limit(2)))


def _usable(registration: Registration | None) -> Registration:
    if registration is None:
        raise LaunchRefused("platform_unknown", WhoCanFix.OPERATOR)
    if registration.disabled_at is not None:
        raise LaunchRefused("platform_disabled", WhoCanFix.OPERATOR)
    return registration
