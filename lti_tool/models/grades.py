"""Line items and the outbox of messages that are promised to an LMS."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.activities import ResourceLink
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.models.people import User
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.vocabulary import OutboxState


class LineItem(Identified, Base):
    """A gradebook column of the LMS (AGS 2.0, 3.2), as launches told it."""

    __tablename__ = "line_items"
    __table_args__ = (
        UniqueConstraint("resource_link_id"),
        CheckConstraint("score_maximum > 0", name="score_maximum"),
    )

    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("registrations.id"))
    deployment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deployments.id"))
    resource_link_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("resource_links.id"))
    """The link to which the column is coupled."""
    url: Mapped[str]
    """The column's own URL, verbatim, with its query."""
    scopes: Mapped[list[str]] = mapped_column(default=list)
    """AGS scopes of the launch that told it."""
    score_maximum: Mapped[int] = mapped_column(default=100)
    """What our scores are out of; the LMS scales them to its own maximum."""
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)

    registration: Mapped[Registration] = relationship()
    deployment: Mapped[Deployment] = relationship()
    resource_link: Mapped[ResourceLink] = relationship()


class OutboxMessage(Identified, Base):
    """A score that was promised to an LMS (DESIGN 6); written with the change that earns it.

    The key is (line item, user): at most one message of a key is queued, a newer score replaces it.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index(
            "uq_outbox_messages_queued",
            "line_item_id",
            "user_id",
            unique=True,
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index("ix_outbox_messages_due", "state", "registration_id", "next_attempt_at"),
        Index("ix_outbox_messages_key", "line_item_id", "user_id", "created_at"),
        Index("ix_outbox_messages_participation_id", "participation_id", "created_at"),
    )

    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("registrations.id"))
    """The line item's; here so that one platform's queue is read without the others'."""
    line_item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("line_items.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    participation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("participations.id"))
    payload: Mapped[dict[str, Any]]
    """Score without its timestamp: scoreGiven, scoreMaximum, comment, progress values."""
    state: Mapped[OutboxState] = mapped_column(
        one_of(OutboxState, "state"), default=OutboxState.QUEUED
    )
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=clock.now)
    leased_until: Mapped[datetime | None]
    """While sending: until then no other worker takes it; after, a crash is assumed."""
    score_timestamp: Mapped[datetime | None]
    """Timestamp of the last try; per key strictly increasing by whole seconds."""
    http_status: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    """Stable code of the last failure."""
    detail: Mapped[str] = mapped_column(default="")
    """First 500 characters of what the LMS answered."""
    who_can_fix: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]

    line_item: Mapped[LineItem] = relationship()
    user: Mapped[User] = relationship()


class WorkerHeartbeat(Base):
    """The last sign of life of a background worker."""

    __tablename__ = "worker_heartbeats"

    name: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime]
