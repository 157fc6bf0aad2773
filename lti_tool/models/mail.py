"""Reminders that tutors send, and what the installation knows of mailing somebody."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.base import Base, Identified
from lti_tool.models.people import User


class Nudge(Identified, Base):
    """A reminder that one of the staff wrote to a learner; it waits in Miroir until it is read."""

    __tablename__ = "nudges"
    __table_args__ = (
        Index("ix_nudges_learner", "activity_id", "user_id", "sent_at"),
        Index("ix_nudges_user_id", "user_id"),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    """The learner; who has not opened the activity yet, too."""
    sender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    locale: Mapped[str]
    """The language it is written in."""
    subject: Mapped[str]
    body: Mapped[str]
    """Plain text, with what its placeholders stand for."""
    message_id: Mapped[uuid.UUID | None]
    """The mail in the outbox (no foreign key: what was sent is forgotten sooner); None without."""
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]
    """When the learner said that they have read it in Miroir."""

    sender: Mapped[User] = relationship(foreign_keys=[sender_id])


class MailState(Base):
    """What one person wants of mails, and what they were told; made with the first of either."""

    __tablename__ = "mail_states"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    stopped_at: Mapped[datetime | None]
    """Since when they want none; None while they may be written to."""
    mailed_at: Mapped[datetime | None]
    """When the last mail to them was written: one a day is the most."""
    told_until: Mapped[datetime | None]
    """What happened before was told, or was not worth it."""
    look_at: Mapped[datetime | None]
    """The worker does not look for news for them before: in quiet hours, or told today."""


class WeeklySummary(Identified, Base):
    """That an educator wants a summary of a course each week; deleted when they do not."""

    __tablename__ = "weekly_summaries"
    __table_args__ = (
        UniqueConstraint("context_id", "user_id"),
        Index("ix_weekly_summaries_next_at", "next_at"),
    )

    context_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contexts.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    next_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
