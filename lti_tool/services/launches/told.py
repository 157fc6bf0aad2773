"""What a launch told of the person, so that people can see why Miroir treats them as it does."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.grades import LineItem
from lti_tool.models.launches import LaunchSession
from lti_tool.models.people import Membership, User
from lti_tool.models.platforms import Registration
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import PlatformFamily, Role

SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"


@dataclass(frozen=True, slots=True)
class Told:
    """The launch in facts."""

    platform: str
    family: PlatformFamily
    role: Role
    launched: Role
    """What the launch alone would have made of the person."""
    granted: bool
    """The role was given here, by an educator, and not by the platform."""
    lti_roles: tuple[str, ...]
    """As the platform sent them; empty if it sent none."""
    shares_name: bool
    has_column: bool
    """The link has a gradebook column to which we may send scores."""


def told(session: Session, viewer: Viewer) -> Told:
    """Return what the launch behind a session told."""
    launch = session.get_one(LaunchSession, viewer.session_id)
    registration = session.get_one(Registration, viewer.registration_id)
    membership = session.get(Membership, viewer.membership_id) if viewer.membership_id else None
    column = select(LineItem.scopes).where(LineItem.resource_link_id == viewer.resource_link_id)
    scopes = session.scalars(column).first() if viewer.resource_link_id else None
    return Told(
        platform=registration.name,
        family=registration.family,
        role=viewer.role,
        launched=launch.role,
        granted=bool(membership and membership.granted_role),
        lti_roles=tuple(launch.message.get("roles", ())),
        shares_name=bool(session.get_one(User, viewer.user_id).name),
        has_column=SCORE in (scopes or ()),
    )
