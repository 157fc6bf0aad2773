"""Keys and tokens: our signing keys, platforms' cached key sets, access tokens."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.models.base import Base, Identified


class SigningKey(Identified, Base):
    """An RSA key of ours; published from creation, used from ``active_from``."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(unique=True)
    private_pem: Mapped[str]
    """PEM, encrypted with the installation's secret key."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    active_from: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]
    """From then on no longer published."""


class PlatformKeySet(Base):
    """The last key set (JWKS) fetched from a platform."""

    __tablename__ = "platform_key_sets"

    registration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True
    )
    keys: Mapped[dict[str, Any]]
    fetched_at: Mapped[datetime]


class AccessToken(Identified, Base):
    """A platform's OAuth 2 token, shared by all our processes until a minute before it expires."""

    __tablename__ = "access_tokens"
    __table_args__ = (UniqueConstraint("registration_id", "deployment_id", "scopes"),)

    registration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE")
    )
    deployment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("deployments.id", ondelete="CASCADE")
    )
    scopes: Mapped[str]
    """Requested scopes, sorted, separated by spaces."""
    token: Mapped[str]
    """Encrypted with the installation's secret key."""
    expires_at: Mapped[datetime]
