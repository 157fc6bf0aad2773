"""Platforms that are connected: registrations, deployments, invitations."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.rules.vocabulary import DeploymentState, PlatformFamily


class Registration(Identified, Base):
    """An LMS's registration of this tool: issuer and client_id (LTI security 1.0, section 5)."""

    __tablename__ = "registrations"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    name: Mapped[str]
    """What the operator calls the LMS."""
    issuer: Mapped[str]
    client_id: Mapped[str]
    authorization_endpoint: Mapped[str]
    token_endpoint: Mapped[str]
    token_audience: Mapped[str | None]
    """``aud`` of our client assertion where it is not the token endpoint (D2L, Canvas)."""
    jwks_uri: Mapped[str]
    family: Mapped[PlatformFamily] = mapped_column(
        one_of(PlatformFamily, "family"), default=PlatformFamily.GENERIC
    )
    frame_origins: Mapped[list[str]] = mapped_column(default=list)
    """Origins that may frame us, besides those that the endpoints tell."""
    scopes: Mapped[list[str]] = mapped_column(default=list)
    """Service scopes that the platform said it grants; launches tell more exactly."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    disabled_at: Mapped[datetime | None]

    deployments: Mapped[list[Deployment]] = relationship(back_populates="registration")


class Deployment(Identified, Base):
    """A place in an LMS where the tool is deployed; unknown ones wait for the operator."""

    __tablename__ = "deployments"
    __table_args__ = (UniqueConstraint("registration_id", "deployment_id"),)

    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("registrations.id"))
    deployment_id: Mapped[str]
    """The platform's own identifier, case-sensitive."""
    state: Mapped[DeploymentState] = mapped_column(
        one_of(DeploymentState, "state"), default=DeploymentState.PENDING
    )
    first_seen_at: Mapped[datetime] = mapped_column(default=clock.now)

    registration: Mapped[Registration] = relationship(back_populates="deployments")


class RegistrationInvite(Identified, Base):
    """A one-time link with which an LMS administrator registers the tool."""

    __tablename__ = "registration_invites"

    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the token in the link, in hexadecimal; the token itself is never stored."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    registration_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("registrations.id"))
    approves_first: Mapped[bool] = mapped_column(default=True)
    """Whether the first deployment that launches is approved: most LMSs do not name it before."""
