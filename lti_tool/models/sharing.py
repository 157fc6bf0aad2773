"""What learners show to people outside, through links that end."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.base import Base, Identified


class Share(Identified, Base):
    """A link by which somebody outside sees what a learner chose, until it ends."""

    __tablename__ = "shares"
    __table_args__ = (
        Index("ix_shares_user_id", "user_id"),
        Index("ix_shares_expires_at", "expires_at"),
        CheckConstraint("days BETWEEN 1 AND 365", name="days"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    recipient: Mapped[str]
    """For whom, in the learner's words; nobody else reads it."""
    name: Mapped[str]
    """The name that the page shows, as the learner wants it."""
    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the token in the link, in hexadecimal; the token itself is never stored."""
    days: Mapped[int]
    """For how long it was made or last renewed."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    """When the learner ended it."""
    last_opened_at: Mapped[datetime | None]
    openings: Mapped[int] = mapped_column(default=0, server_default=text("0"))

    items: Mapped[list[ShareItem]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="ShareItem.id"
    )


class ShareItem(Identified, Base):
    """One thing that a share shows: a reference, never a copy; what is gone is not shown."""

    __tablename__ = "share_items"
    __table_args__ = (
        Index("ix_share_items_share_id", "share_id"),
        Index("ix_share_items_participation_id", "participation_id"),
    )

    share_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("shares.id", ondelete="CASCADE"))
    kind: Mapped[str]
    """A key of ``services.sharing.gathering.GATHERERS``; the columns below say which one."""
    participation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("participations.id", ondelete="CASCADE")
    )
    competency_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("competencies.id", ondelete="CASCADE")
    )
    prompt_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("prompts.id", ondelete="CASCADE")
    )
    """The question that a text answers, in the version in which it was first asked."""
    follow_up_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("follow_ups.id", ondelete="CASCADE")
    )
