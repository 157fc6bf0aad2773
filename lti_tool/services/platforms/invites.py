"""Registration links: one connects a new platform, another updates the one that it names.

An invitation alone never touches a registration that is there. Whoever holds one may choose which
LMS answers, and an LMS is a web server like any other: an uploaded file on the host of somebody
else's LMS is enough to claim its issuer. So only the operator says which registration a link may
change, when the link is made.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import RegistrationRefused, WhoCanFix
from lti_tool.models.platforms import Registration, RegistrationInvite
from lti_tool.secrecy import digest, new_token


@dataclass(frozen=True, slots=True)
class Invitation:
    """A registration link that is still good."""

    name: str
    expires_at: datetime
    updates: str = ""
    """Name of the registration that it may update; empty for a link that adds one."""


def make_invite(
    session: Session,
    name: str,
    life: timedelta,
    approves_first: bool,
    updates: uuid.UUID | None,
) -> str:
    """Keep a new invitation and return its token; only the token's hash is stored."""
    token, now = new_token(), clock.now()
    session.add(
        RegistrationInvite(
            name=name,
            token_hash=digest(token),
            created_at=now,
            expires_at=now + life,
            # A platform that is connected has its deployments: nothing is approved on the way.
            approves_first=approves_first and updates is None,
            registration_id=updates,
        )
    )
    return token


def usable_invite(session: Session, token: str) -> RegistrationInvite:
    """Return the invitation of a token; locked where the database has row locks.

    Raises RegistrationRefused: ``invite_unknown``, ``invite_used``, ``invite_expired``.
    """
    invite = session.scalars(
        select(RegistrationInvite)
        .where(RegistrationInvite.token_hash == digest(token))
        .with_for_update()
    ).first()
    if invite is None:
        raise RegistrationRefused("invite_unknown", WhoCanFix.OPERATOR)
    if invite.used_at is not None:
        raise RegistrationRefused("invite_used", WhoCanFix.OPERATOR)
    if invite.expires_at <= clock.now():
        raise RegistrationRefused("invite_expired", WhoCanFix.OPERATOR)
    return invite


def updated_by(session: Session, invite: RegistrationInvite) -> Registration | None:
    """Return the registration that a link may update; None for a link that adds one."""
    if invite.registration_id is None:
        return None
    return session.get(Registration, invite.registration_id)
