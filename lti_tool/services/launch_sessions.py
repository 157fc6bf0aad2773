"""Launch sessions: who is behind a handle, and until when."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import SessionEnded
from lti_tool.lti.platform import frame_ancestors
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.database import Database
from lti_tool.models.launches import LaunchSession
from lti_tool.models.people import Membership, User
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import DeploymentState, SessionKind
from lti_tool.secrecy import digest

IDLE = timedelta(hours=2)
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person must see and approve before a launch is bound in a new tab."""

    kind: SessionKind
    activity: str
    """Title of the activity or of the link; empty if the platform tells none."""
    course: str
    person: str
    platform: str
    locale: str
    proof: str
    """What the form must send back."""


def is_live(launch: LaunchSession) -> bool:
    """Return whether a session is bound and not over."""
    now = clock.now()
    awake = now < launch.expires_at and now - launch.last_seen_at < IDLE
    return launch.bound_at is not None and awake


def viewer(db: Database, handle: str) -> Viewer:
    """Return the person of a live, bound session; raises SessionEnded.

    One select; notes that the session was seen, at most once a minute.
    """
    with db.read() as session:
        row = session.execute(_QUERY, {"handle_hash": digest(handle)}).first()
    if row is None or not is_live(row.LaunchSession):
        raise SessionEnded
    if clock.now() - row.LaunchSession.last_seen_at >= TOUCH_EVERY:
        _touch(db, row.LaunchSession.id)
    return _viewer(row.LaunchSession, row)


def confirmation(session: Session, launch: LaunchSession, proof: str) -> Confirmation:
    """Return what the person of an unbound launch must approve."""
    link = session.get(ResourceLink, launch.resource_link_id) if launch.resource_link_id else None
    activity = session.get(Activity, link.activity_id) if link and link.activity_id else None
    titles = (activity.title if activity else "", link.title if link else "")
    return Confirmation(
        kind=launch.kind,
        activity=next(filter(None, titles), ""),
        course=launch.context.title if launch.context else "",
        person=launch.user.display_name,
        platform=launch.registration.name,
        locale=launch.user.chosen_locale or launch.locale,
        proof=proof,
    )


def reviewed_user(session: Session, viewer: Viewer) -> uuid.UUID | None:
    """Return the person that a submission review names, if this registration knows them."""
    launch = session.get(LaunchSession, viewer.session_id)
    sub = launch.message.get("for_user") if launch is not None else None
    if not sub:
        return None
    return session.scalar(
        select(User.id).where(User.registration_id == viewer.registration_id, User.sub == sub)
    )


_QUERY = (
    select(
        LaunchSession,
        User,
        Membership.granted_role,
        ResourceLink.activity_id,
        Registration.authorization_endpoint,
        Registration.frame_origins,
    )
    .join(User, User.id == LaunchSession.user_id)
    .join(Registration, Registration.id == LaunchSession.registration_id)
    .join(Deployment, Deployment.id == LaunchSession.deployment_id)
    .outerjoin(Membership, Membership.id == LaunchSession.membership_id)
    .outerjoin(ResourceLink, ResourceLink.id == LaunchSession.resource_link_id)
    .where(
        LaunchSession.handle_hash == bindparam("handle_hash"),
        Registration.disabled_at.is_(None),
        Deployment.state == DeploymentState.APPROVED,
    )
)


def _touch(db: Database, session_id: uuid.UUID) -> None:
    now = clock.now()
    with db.write() as session:
        session.execute(
            update(LaunchSession).where(LaunchSession.id == session_id).values(last_seen_at=now)
        )


def _viewer(launch: LaunchSession, row: Any) -> Viewer:
    user: User = row.User
    return Viewer(
        session_id=launch.id,
        kind=launch.kind,
        registration_id=launch.registration_id,
        deployment_id=launch.deployment_id,
        user_id=launch.user_id,
        display_name=user.display_name,
        role=row.granted_role or launch.role,
        locale=user.chosen_locale or launch.locale,
        time_zone=user.time_zone,
        context_id=launch.context_id,
        membership_id=launch.membership_id,
        resource_link_id=launch.resource_link_id,
        activity_id=row.activity_id,
        frame_ancestors=frame_ancestors(
            row.authorization_endpoint, row.frame_origins, launch.message.get("frames", [])
        ),
    )
