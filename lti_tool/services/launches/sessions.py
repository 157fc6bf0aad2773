"""Launch sessions: who is behind a handle, and until when."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import ElsewhereOpened, SessionEnded
from lti_tool.lti.platform import frame_ancestors
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.database import Database
from lti_tool.models.launches import LaunchSession
from lti_tool.models.people import Membership, User
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.standing_roles import of_session
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import DeploymentState, SessionKind
from lti_tool.secrecy import digest
from lti_tool.services.launches.binding import Arrival, lets_in

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


def is_live(launch: LaunchSession | Row[*tuple[Any, ...]]) -> bool:
    """Return whether a session is bound and not over."""
    now = clock.now()
    awake = now < launch.expires_at and now - launch.last_seen_at < IDLE
    return launch.bound_at is not None and awake


def viewer(db: Database, handle: str, arrival: Arrival | None = None) -> Viewer:
    """Return the person of a live, bound session.

    Raises SessionEnded, or ElsewhereOpened if the handle was carried out of the browser or window
    that it belongs to. One select; notes that the session was seen, at most once a minute.
    """
    with db.look() as connection:
        row = connection.execute(_QUERY, {"handle_hash": digest(handle)}).first()
    if row is None or not is_live(row):
        raise SessionEnded
    if arrival is not None and not lets_in(row.bound_by, row.browser_hash, arrival):
        raise ElsewhereOpened
    if clock.now() - row.last_seen_at >= TOUCH_EVERY:
        _touch(db, row.id)
    return _viewer(row)


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


_SESSION = LaunchSession.__table__.c
_USER = User.__table__.c
_QUERY: Select[*tuple[Any, ...]] = (
    select(
        _SESSION.id,
        _SESSION.kind,
        _SESSION.registration_id,
        _SESSION.deployment_id,
        _SESSION.user_id,
        _SESSION.context_id,
        _SESSION.membership_id,
        _SESSION.resource_link_id,
        _SESSION.role,
        _SESSION.locale,
        _SESSION.message,
        _SESSION.browser_hash,
        _SESSION.bound_at,
        _SESSION.bound_by,
        _SESSION.expires_at,
        _SESSION.last_seen_at,
        _USER.name,
        _USER.chosen_name,
        _USER.chosen_locale,
        _USER.time_zone,
        Membership.__table__.c.granted_role,
        Membership.__table__.c.role.label("standing"),
        ResourceLink.__table__.c.activity_id,
        Registration.__table__.c.authorization_endpoint,
        Registration.__table__.c.frame_origins,
    )
    .select_from(LaunchSession)
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


def _viewer(row: Row[*tuple[Any, ...]]) -> Viewer:
    return Viewer(
        session_id=row.id,
        kind=row.kind,
        registration_id=row.registration_id,
        deployment_id=row.deployment_id,
        user_id=row.user_id,
        display_name=row.chosen_name or row.name,
        role=of_session(row.kind, row.role, row.standing, row.granted_role),
        locale=row.chosen_locale or row.locale,
        time_zone=row.time_zone,
        context_id=row.context_id,
        membership_id=row.membership_id,
        resource_link_id=row.resource_link_id,
        activity_id=row.activity_id,
        frame_ancestors=frame_ancestors(
            row.authorization_endpoint, row.frame_origins, row.message.get("frames", [])
        ),
        is_rehearsal="rehearsal" in row.message,
        begins_anew=row.message.get("begins_anew", False),
    )
