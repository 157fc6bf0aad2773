"""The state of reading a course list: due, running under a lease, done, failed.

Functions that run inside a transaction. One row for each context whose list a launch has told of;
``next_at`` says when somebody has to look at it again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import PlatformError, PlatformUnavailable, Stale, WhoCanFix
from lti_tool.lti.tokens import Tenant, tenant_of
from lti_tool.models.people import Context, Membership
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.models.roster import RosterSync
from lti_tool.rules.retry import wait_after
from lti_tool.rules.vocabulary import DeploymentState, RosterState

EVERY = timedelta(hours=24)
SPREAD = 0.2
"""The next turn comes up to this share later, so that courses drift apart."""
AWAKE = timedelta(days=7)
"""A course that nobody has launched for so long is not read by itself."""
WHOLE_EVERY = timedelta(days=7)
"""Differences are trusted for so long, then the list is read whole."""
LEASE = timedelta(minutes=10)
"""Renewed with each page; longer than any page can take with its time-outs."""
BY_STATUS = {401: "unauthorized", 403: "forbidden", 404: "gone", 410: "gone"}


@dataclass(frozen=True, slots=True)
class Job:
    """One turn at a course list that is ours; plain values, usable outside any transaction."""

    context_id: uuid.UUID
    number: int
    started_at: datetime
    tenant: Tenant
    memberships_url: str
    groups_url: str
    group_sets_url: str
    differences_url: str
    """Empty where the list is to be read whole."""


@dataclass(frozen=True, slots=True)
class Due:
    """A context whose list is to be read."""

    registration_id: uuid.UUID
    context_id: uuid.UUID


def expect(session: Session, context_id: uuid.UUID) -> None:
    """Have the list of a context read as soon as a worker looks; whole."""
    row = session.get(RosterSync, context_id, with_for_update=True)
    if row is None:
        session.add(RosterSync(context_id=context_id, next_at=clock.now()))
        return
    row.wanted = True
    if row.state is not RosterState.RUNNING:
        row.state, row.next_at = RosterState.DUE, clock.now()


def due(session: Session, now: datetime, limit: int) -> tuple[list[Due], list[uuid.UUID]]:
    """Return what is to be read now, the longest due first, and the courses that sleep."""
    rows = session.execute(
        select(
            Registration.id,
            RosterSync.context_id,
            or_(RosterSync.wanted, RosterSync.state == RosterState.RUNNING, _is_awake(now)),
        )
        .join_from(RosterSync, Context, Context.id == RosterSync.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(RosterSync.next_at <= now, _is_served())
        .order_by(RosterSync.next_at, RosterSync.context_id)
        .limit(limit)
    ).all()
    return [Due(row[0], row[1]) for row in rows if row[2]], [row[1] for row in rows if not row[2]]


def let_sleep(session: Session, context_ids: list[uuid.UUID], now: datetime) -> None:
    """Look at courses again tomorrow that nobody launches."""
    session.execute(
        update(RosterSync)
        .where(RosterSync.context_id.in_(context_ids), RosterSync.wanted.is_(False))
        .values(next_at=now + EVERY)
    )


def claim(
    session: Session, context_id: uuid.UUID, now: datetime, by_hand: bool = False
) -> Job | None:
    """Take a turn; None if it is not due (any more), or taken. ``by_hand`` does not wait for it."""
    found = session.execute(
        select(RosterSync, Context, Deployment, Registration)
        .join(Context, Context.id == RosterSync.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(RosterSync.context_id == context_id, _is_served())
        .with_for_update(of=RosterSync, skip_locked=True)
    ).first()
    if found is None:
        return None
    row, context, deployment, registration = found
    waits = row.next_at > now
    if waits and (row.state is RosterState.RUNNING or not by_hand):
        return None
    whole = row.wanted or by_hand or _is_old(row, now)
    row.state, row.wanted, row.number = RosterState.RUNNING, False, row.number + 1
    row.started_at, row.next_at, row.members = now, now + LEASE, 0
    return Job(
        context_id=context_id,
        number=row.number,
        started_at=now,
        tenant=tenant_of(registration, deployment),
        memberships_url=context.memberships_url,
        groups_url=context.groups_url,
        group_sets_url=context.group_sets_url,
        differences_url="" if whole else row.differences_url,
    )


def renew(session: Session, job: Job, members: int = 0) -> RosterSync:
    """Return the row of a turn that is still ours, with its lease begun anew; raise Stale."""
    row = session.get(RosterSync, job.context_id, with_for_update=True)
    if row is None or row.number != job.number or row.state is not RosterState.RUNNING:
        raise Stale("roster")
    row.next_at = clock.now() + LEASE
    row.members += members
    return row


def finish(row: RosterSync, now: datetime, chance: float) -> None:
    """Note that a turn came to its end; ``chance`` is from 0 to 1."""
    row.state, row.updated_at, row.attempts = RosterState.DONE, now, 0
    row.reason, row.who_can_fix, row.http_status, row.detail = "", "", None, ""
    row.next_at = now + EVERY * (1 + SPREAD * chance)
    _again_if_wanted(row, now)


def fail(row: RosterSync, error: PlatformError, now: datetime, chance: float) -> None:
    """Note why a turn failed, and when the next one is."""
    row.state, row.attempts = RosterState.FAILED, row.attempts + 1
    row.reason, row.http_status, row.detail = error.reason, error.status, error.body
    row.who_can_fix = getattr(error, "who", WhoCanFix.LMS_ADMIN).value
    if error.reason == "refused":
        row.reason = BY_STATUS.get(error.status or 0, "refused")
        row.who_can_fix = WhoCanFix.LMS_ADMIN.value
    wait = EVERY * (1 + SPREAD * chance)
    if isinstance(error, PlatformUnavailable):
        wait = wait_after(row.attempts, chance, error.retry_after)
    row.next_at = now + wait
    _again_if_wanted(row, now)


def _again_if_wanted(row: RosterSync, now: datetime) -> None:
    """Let a turn follow at once that was asked for while this one was under way."""
    if row.wanted:
        row.state, row.next_at = RosterState.DUE, now


def _is_old(row: RosterSync, now: datetime) -> bool:
    return row.complete_at is None or now - row.complete_at > WHOLE_EVERY


def _is_awake(now: datetime) -> ColumnElement[bool]:
    return exists().where(
        Membership.context_id == RosterSync.context_id,
        Membership.launched_role.is_not(None),
        Membership.last_seen_at > now - AWAKE,
    )


def _is_served() -> ColumnElement[bool]:
    return (
        Registration.disabled_at.is_(None)
        & (Deployment.state == DeploymentState.APPROVED)
        & (Context.memberships_url != "")
    )
