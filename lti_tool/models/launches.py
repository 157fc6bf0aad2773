"""Logins that were used and sessions that launches opened."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.vocabulary import BoundBy, Role, SessionKind


class UsedLogin(Base):
    """A login whose state and nonce were used by a launch, so that they never are again."""

    __tablename__ = "used_logins"
    __table_args__ = (Index("ix_used_logins_expires_at", "expires_at"),)

    state_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the state's identifier, in hexadecimal; the state holds the nonce's hash."""
    used_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    """When the state's own signature expires; the row may be purged after."""
    session_id: Mapped[uuid.UUID | None]


class LaunchSession(Identified, Base):
    """What one launch may do until it ends, reached by the handle in ``/s/<handle>/…``."""

    __tablename__ = "launch_sessions"
    __table_args__ = (Index("ix_launch_sessions_expires_at", "expires_at"),)

    handle_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the handle, in hexadecimal."""
    kind: Mapped[SessionKind] = mapped_column(one_of(SessionKind, "kind"))
    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("registrations.id"))
    deployment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deployments.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    context_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contexts.id"))
    membership_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("memberships.id"))
    resource_link_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("resource_links.id"))
    role: Mapped[Role] = mapped_column(one_of(Role, "role"))
    locale: Mapped[str] = mapped_column(default="")
    message: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What later steps need of the message: deep linking settings, return URL, for_user."""
    browser_hash: Mapped[str] = mapped_column(default="")
    """SHA-256 of the secret that the browser got at login; binds the launch to it."""
    ticket_hash: Mapped[str | None] = mapped_column(unique=True)
    """SHA-256 of the one-time ticket with which an unbound launch is bound."""
    ticket_expires_at: Mapped[datetime | None]
    bound_at: Mapped[datetime | None]
    bound_by: Mapped[BoundBy | None] = mapped_column(one_of(BoundBy, "bound_by"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]

    registration: Mapped[Registration] = relationship()
    deployment: Mapped[Deployment] = relationship()
    user: Mapped[User] = relationship()
    context: Mapped[Context | None] = relationship()
    membership: Mapped[Membership | None] = relationship()
