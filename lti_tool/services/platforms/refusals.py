"""Refused launches and registrations, kept for the operator: bounded, without names or tokens.

An accepted launch never comes here. A refused one costs one insert; in a flood each process writes
``ROWS_AN_HOUR`` rows and then only counts, and writes what it counted every ``COUNT_EVERY``.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

import structlog
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import LaunchRefused, RegistrationRefused
from lti_tool.models.database import Database
from lti_tool.models.operator import Refusal
from lti_tool.models.platforms import Registration
from lti_tool.rules.rich_text import storable
from lti_tool.services.platforms.platform_clocks import PlatformClocks

ROWS_AN_HOUR = 200
COUNT_EVERY = timedelta(seconds=10)
KEEP = timedelta(days=30)
KEEP_ROWS = 5_000
PAGE = 50
MAX_FACT = 255
FACTS_OF_MESSAGES = ("iss", "client_id", "deployment_id", "kid", "alg", "claim", "message_type")
FACTS_OF_STEPS = ("missing", "iat_offset", "exp_offset", "error", "step", "cause", "status")
FACTS_OF_LTI_1_1 = ("lti_version", "consumer_key", "consumer")
"""They tell which old tool of which LMS still sends people; the key is no secret there."""
FACTS = frozenset(
    (*FACTS_OF_MESSAGES, *FACTS_OF_STEPS, *FACTS_OF_LTI_1_1, "answer", "url", "endpoint")
)
"""What is kept of a refusal's facts; a platform's free words (error_description) are in the log."""

TIME_REASONS = ("token_expired", "token_from_future", "token_too_old")
"""Only these are found after the signature, so only they tell of the platform's clock."""
MAX_KINDS = 100
"""Kinds that are counted apart; anybody can make up any number of issuers."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RefusalLine:
    """A refusal as the operator reads it."""

    id: uuid.UUID
    reference: str
    """Empty for a line that only counts."""
    reason: str
    who: str
    registration_id: uuid.UUID | None
    platform: str
    """The operator's name for it; empty if it is not connected."""
    facts: Mapping[str, object]
    count: int
    at: datetime


class Kind(NamedTuple):
    """What is counted together: a reason, and the platform that was claimed."""

    reason: str
    who: str
    issuer: str
    client_id: str


@dataclass(slots=True)
class _Budget:
    """What this process has written this hour, and what it has only counted since."""

    hour: datetime | None = None
    rows: int = 0
    counted: Counter[Kind] = field(default_factory=Counter)
    counted_at: datetime | None = None
    lock: Lock = field(default_factory=Lock)

    def may_write(self, now: datetime) -> bool:
        """Return whether one more row is within the hour's budget, and take it."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        if self.hour != hour:
            self.hour, self.rows = hour, 0
        self.rows += 1
        return self.rows <= ROWS_AN_HOUR

    def take_counts(self, now: datetime) -> Counter[Kind]:
        """Return what is to be written of the counts now; nothing most of the time."""
        if not self.counted or (self.counted_at and now - self.counted_at < COUNT_EVERY):
            return Counter()
        taken, self.counted, self.counted_at = self.counted, Counter(), now
        return taken


@dataclass(frozen=True, slots=True)
class Refusals:
    """Keeps refusals and finds them again."""

    db: Database
    clocks: PlatformClocks
    _budget: _Budget = field(default_factory=_Budget, repr=False, compare=False)

    def note(self, error: LaunchRefused | RegistrationRefused, reference: str) -> None:
        """Keep a refusal, or count it. Never raises: the page that explains it must be shown."""
        now, facts = clock.now(), kept_facts(error.facts)
        with self._budget.lock:
            may_write = self._budget.may_write(now)
        try:
            if may_write:
                self._write(error, reference, facts, now)
            else:
                self._count(error, facts, now)
        except SQLAlchemyError as failure:
            log.warning("refusal_not_kept", reference=reference, error=str(failure)[:300])

    def listing(
        self,
        registration_id: uuid.UUID | None = None,
        reference: str = "",
        before: datetime | None = None,
    ) -> list[RefusalLine]:
        """Return the newest refusals: of a platform, with a reference, older than a moment.

        At most ``PAGE`` + 1, so that the caller can tell whether there are more.
        """
        query = (
            select(Refusal, Registration.name)
            .outerjoin(Registration, Refusal.registration_id == Registration.id)
            .order_by(Refusal.at.desc(), Refusal.id)
            .limit(PAGE + 1)
        )
        if registration_id is not None:
            query = query.where(Refusal.registration_id == registration_id)
        if reference:
            query = query.where(func.lower(Refusal.reference) == storable(reference).lower())
        if before is not None:
            query = query.where(Refusal.at < before)
        with self.db.read() as session:
            return [_line(refusal, name or "") for refusal, name in session.execute(query)]

    def _write(
        self,
        error: LaunchRefused | RegistrationRefused,
        reference: str,
        facts: dict[str, object],
        now: datetime,
    ) -> None:
        with self.db.write() as session:
            registration_id = _registration_of(session, facts)
            session.add(
                Refusal(
                    reference=reference,
                    reason=error.reason,
                    who=error.who.value,
                    registration_id=registration_id,
                    facts=facts,
                    at=now,
                )
            )
        offset = facts.get("iat_offset") if error.reason in TIME_REASONS else None
        if registration_id is not None and isinstance(offset, int):
            self.clocks.note_refused(registration_id, offset)

    def _count(
        self, error: LaunchRefused | RegistrationRefused, facts: dict[str, object], now: datetime
    ) -> None:
        claimed = str(facts.get("iss", "")), str(facts.get("client_id", ""))
        with self._budget.lock:
            counted = self._budget.counted
            kind = Kind(error.reason, error.who.value, *claimed)
            if kind not in counted and len(counted) >= MAX_KINDS:
                kind = Kind(error.reason, error.who.value, "", "")
            counted[kind] += 1
            counts = self._budget.take_counts(now)
        if counts:
            self._write_counts(counts, now)

    def _write_counts(self, counts: Counter[Kind], now: datetime) -> None:
        """Add to this hour's row of each reason and platform."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        with self.db.write() as session:
            for kind, number in counts.items():
                told = {"iss": kind.issuer, "client_id": kind.client_id}
                registration_id = _registration_of(session, told)
                query = select(Refusal).where(
                    Refusal.reference == "",
                    Refusal.reason == kind.reason,
                    Refusal.registration_id.is_not_distinct_from(registration_id),
                    Refusal.at >= hour,
                )
                row = session.scalars(query.limit(1)).first()
                if row is None:
                    row = Refusal(
                        reason=kind.reason,
                        who=kind.who,
                        registration_id=registration_id,
                        facts={},
                        count=0,
                    )
                    session.add(row)
                row.count, row.at = row.count + number, now
                session.flush()


def kept_facts(facts: Mapping[str, object]) -> dict[str, object]:
    """Return what may be kept of a refusal's facts: known ones, short, storable."""
    kept: dict[str, object] = {}
    for name in sorted(FACTS & facts.keys()):
        value = facts[name]
        if isinstance(value, int):
            kept[name] = value
        elif value not in (None, ""):
            text = _without_query(str(value)) if name == "url" else str(value)
            kept[name] = storable(text)[:MAX_FACT]
    return kept


def overdue() -> ColumnElement[bool]:
    """Tell refusals that are to be forgotten: a month old, or older than the newest few thousand.

    For the worker's sweep.
    """
    newest_that_goes = (
        select(Refusal.at)
        .order_by(Refusal.at.desc(), Refusal.id.desc())
        .offset(KEEP_ROWS)
        .limit(1)
        .scalar_subquery()
    )
    return (Refusal.at < clock.now() - KEEP) | (Refusal.at <= newest_that_goes)


def _registration_of(session: Session, facts: Mapping[str, object]) -> uuid.UUID | None:
    """Return the registration that a refused message named, proven or not."""
    issuer, client_id = facts.get("iss"), str(facts.get("client_id", ""))
    if not issuer:
        return None
    query = select(Registration.id, Registration.client_id).where(Registration.issuer == issuer)
    found = session.execute(query).all()
    # An audience may be a list, which the facts show as it was written: ['client'].
    named = [row.id for row in found if row.client_id in (client_id, client_id.strip("[]'\" "))]
    return named[0] if named else None


def _without_query(url: str) -> str:
    """Return a URL without what may be secret in it."""
    try:
        return urlunsplit(urlsplit(url)._replace(query="", fragment=""))
    except ValueError:
        return ""


def _line(refusal: Refusal, platform: str) -> RefusalLine:
    return RefusalLine(
        id=refusal.id,
        reference=refusal.reference,
        reason=refusal.reason,
        who=refusal.who,
        registration_id=refusal.registration_id,
        platform=platform,
        facts=refusal.facts,
        count=refusal.count,
        at=refusal.at,
    )
