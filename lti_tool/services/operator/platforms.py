"""Platforms as the console shows them: every value and how it goes, never a person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from lti_tool import clock
from lti_tool.errors import NotFound
from lti_tool.models.activities import Activity
from lti_tool.models.database import Database
from lti_tool.models.launches import LaunchSession
from lti_tool.models.operator import PlatformClock, Refusal, SelfTestRun
from lti_tool.models.people import Context, User
from lti_tool.models.platforms import Deployment, Registration, RegistrationInvite
from lti_tool.rules.vocabulary import ActivityState, DeploymentState
from lti_tool.services.operator.self_tests import SelfTestReport, report_of
from lti_tool.services.platforms.records import PlatformListing, listing_of

LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClockReading:
    """How far a platform's clock is ahead of ours, by a launch."""

    seconds: int
    measured_at: datetime
    refused: bool


@dataclass(frozen=True, slots=True)
class DeploymentLine:
    """A deployment with the number of its courses."""

    id: uuid.UUID
    registration_id: uuid.UUID
    platform: str
    deployment_id: str
    state: DeploymentState
    first_seen_at: datetime
    courses: int


@dataclass(frozen=True, slots=True)
class PlatformLine:
    """A platform and how it goes."""

    listing: PlatformListing
    deployments: tuple[DeploymentLine, ...]
    last_launch_at: datetime | None
    """To the hour, of what is remembered."""
    clock: ClockReading | None
    test: SelfTestReport | None
    refusals: int
    """Of the last day."""
    activities: int
    """Open ones: neither drafts, which no course has, nor archived ones."""

    @property
    def id(self) -> uuid.UUID:
        """The platform's id."""
        return self.listing.id

    @property
    def courses(self) -> int:
        """How many courses use Miroir."""
        return sum(one.courses for one in self.deployments)

    @property
    def pending(self) -> tuple[DeploymentLine, ...]:
        """Deployments that wait for approval."""
        return tuple(one for one in self.deployments if one.state is DeploymentState.PENDING)


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """A registration link that was not used yet."""

    id: uuid.UUID
    name: str
    expires_at: datetime
    is_update: bool
    """Whether it renews a connection that is there."""


@dataclass(frozen=True, slots=True)
class OperatorPlatforms:
    """What an operator reads of platforms; ``PlatformChanges`` has what they do."""

    db: Database

    def overview(self) -> list[PlatformLine]:
        """Return all platforms, by name."""
        with self.db.read() as session:
            return _lines(session, select(Registration))

    def platform(self, registration_id: uuid.UUID) -> PlatformLine:
        """Return one platform; raises NotFound."""
        with self.db.read() as session:
            wanted = select(Registration).where(Registration.id == registration_id)
            found = _lines(session, wanted)
        if not found:
            raise NotFound("platform")
        return found[0]

    def names(self) -> list[tuple[uuid.UUID, str]]:
        """Return id and name of every platform, by name, to choose from."""
        query = select(Registration.id, Registration.name).order_by(
            Registration.name, Registration.id
        )
        with self.db.read() as session:
            return [(row[0], row[1]) for row in session.execute(query)]

    def is_unused(self, registration_id: uuid.UUID) -> bool:
        """Return whether nobody ever came from a platform: then even its identity may change."""
        query = select(User.id).where(User.registration_id == registration_id).limit(1)
        with self.db.read() as session:
            return session.scalar(query) is None

    def invitations(self) -> list[InvitationLine]:
        """Return the links that are still good, the next to expire first."""
        query = (
            select(RegistrationInvite)
            .where(RegistrationInvite.used_at.is_(None))
            .where(RegistrationInvite.expires_at > clock.now())
            .order_by(RegistrationInvite.expires_at, RegistrationInvite.id)
        )
        with self.db.read() as session:
            return [
                InvitationLine(one.id, one.name, one.expires_at, one.registration_id is not None)
                for one in session.scalars(query)
            ]


def _lines(session: Session, query: Select[Registration]) -> list[PlatformLine]:
    loaded = query.options(selectinload(Registration.deployments)).order_by(
        Registration.name, Registration.id
    )
    registrations = list(session.scalars(loaded))
    ids = [one.id for one in registrations]
    courses, seen, refused, opened = _facts(session, ids)
    clocks = {row.registration_id: row for row in session.scalars(select(PlatformClock))}
    tests = {row.registration_id: row for row in session.scalars(select(SelfTestRun))}
    return [
        PlatformLine(
            listing=listing_of(one),
            deployments=_deployments(one, courses),
            last_launch_at=_last_launch(seen.get(one.id), clocks.get(one.id)),
            clock=_reading(clocks.get(one.id)),
            test=report_of(tests[one.id]) if one.id in tests else None,
            refusals=int(refused.get(one.id, 0)),
            activities=int(opened.get(one.id, 0)),
        )
        for one in registrations
    ]


def _facts(session: Session, ids: list[uuid.UUID]) -> tuple[dict[uuid.UUID, Any], ...]:
    """Return courses by deployment; last session, late refusals, open activities by platform."""
    courses = _numbers(
        session,
        select(Context.deployment_id, func.count())
        .join(Deployment, Context.deployment_id == Deployment.id)
        .where(Deployment.registration_id.in_(ids))
        .group_by(Context.deployment_id),
    )
    seen = _numbers(
        session,
        select(LaunchSession.registration_id, func.max(LaunchSession.created_at))
        .where(LaunchSession.registration_id.in_(ids))
        .group_by(LaunchSession.registration_id),
    )
    refused = _numbers(
        session,
        select(Refusal.registration_id, func.sum(Refusal.count))
        .where(Refusal.registration_id.in_(ids), Refusal.at > clock.now() - LATELY)
        .group_by(Refusal.registration_id),
    )
    opened = _numbers(
        session,
        select(Activity.registration_id, func.count())
        .where(Activity.registration_id.in_(ids), Activity.state == ActivityState.PUBLISHED)
        .group_by(Activity.registration_id),
    )
    return courses, seen, refused, opened


def _numbers(session: Session, query: Select[Any, Any]) -> dict[uuid.UUID, Any]:
    return {row[0]: row[1] for row in session.execute(query)}


def _deployments(
    registration: Registration, courses: dict[uuid.UUID, Any]
) -> tuple[DeploymentLine, ...]:
    """Return a platform's deployments, those that wait first."""
    waiting_first = sorted(
        registration.deployments,
        key=lambda one: (one.state is not DeploymentState.PENDING, one.first_seen_at),
    )
    return tuple(
        DeploymentLine(
            id=one.id,
            registration_id=registration.id,
            platform=registration.name,
            deployment_id=one.deployment_id,
            state=one.state,
            first_seen_at=one.first_seen_at,
            courses=int(courses.get(one.id, 0)),
        )
        for one in waiting_first
    )


def _last_launch(session_at: datetime | None, told: PlatformClock | None) -> datetime | None:
    """Return when somebody last launched: sessions are forgotten, the clock's row is not."""
    moments = [session_at, told.measured_at if told and not told.refused else None]
    return max(filter(None, moments), default=None)


def _reading(row: PlatformClock | None) -> ClockReading | None:
    return ClockReading(row.offset_seconds, row.measured_at, row.refused) if row else None
