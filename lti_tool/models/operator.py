"""What the operator's console keeps: links and sessions, refusals, platforms' clocks, tests."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.models.base import Base, Identified


class OperatorLink(Identified, Base):
    """A one-time link to the console; made by a command on the server."""

    __tablename__ = "operator_links"

    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the token in the link, in hexadecimal; the token itself is never stored."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OperatorSession(Identified, Base):
    """A browser that is signed in to the console."""

    __tablename__ = "operator_sessions"

    secret_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the cookie's value, in hexadecimal."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    """To the minute."""
    expires_at: Mapped[datetime]


class Refusal(Identified, Base):
    """A launch or a registration that was refused, without names and without the token.

    A row without a reference only counts: it stands for those that came after too many.
    """

    __tablename__ = "refusals"
    __table_args__ = (
        Index("ix_refusals_at", "at"),
        Index("ix_refusals_registration_id_at", "registration_id", "at"),
    )

    reference: Mapped[str] = mapped_column(default="")
    """What the person was shown; also in the log."""
    reason: Mapped[str]
    who: Mapped[str]
    """Who can remove the cause, a member of errors.WhoCanFix."""
    registration_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE")
    )
    """The platform that it claimed to come from, if that is connected."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    count: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    """When; of a row that counts, when the last one was."""


class PlatformClock(Base):
    """How far a platform's clock was from ours, told by ``iat`` of its launches."""

    __tablename__ = "platform_clocks"

    registration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True
    )
    offset_seconds: Mapped[int]
    """Positive: the platform is ahead. The way through the browser makes it smaller by itself."""
    measured_at: Mapped[datetime]
    """Of an accepted launch to the hour, or of a refused one."""
    refused: Mapped[bool]
    """Whether that launch was refused because of its times."""


class SelfTestRun(Base):
    """The last self-test of a platform."""

    __tablename__ = "self_test_runs"

    registration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True
    )
    ran_at: Mapped[datetime]
    findings: Mapped[list[dict[str, str]]]
    """In the order of the checks; see lti.self_test.Finding."""
