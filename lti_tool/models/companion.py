"""The Moodle companion: its key to an LMS, where it is switched on, and what Moodle shows."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.models.base import Base, Identified


class MoodleCompanion(Base):
    """That a registration's Moodle may be called by its web services; without a row it is off."""

    __tablename__ = "moodle_companions"

    registration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True
    )
    token: Mapped[str]
    """The web service token, encrypted with the installation's key."""
    reads_groups: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether educators may read a course's groups from Moodle."""
    set_at: Mapped[datetime] = mapped_column(default=clock.now)
    """When the token was set last."""
    tested_at: Mapped[datetime | None]
    findings: Mapped[list[dict[str, str]]] = mapped_column(default=list)
    """Of the last self-test; see ``services.companion.testing``."""


class CompetencySharing(Base):
    """That levels which tutors confirm in an activity go to Moodle's competencies."""

    __tablename__ = "competency_sharings"

    activity_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True
    )
    switched_on_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    switched_on_at: Mapped[datetime] = mapped_column(default=clock.now)


class MoodleRating(Identified, Base):
    """What Moodle showed of a person's competency in a course when it was last read."""

    __tablename__ = "moodle_ratings"
    __table_args__ = (
        UniqueConstraint("context_id", "user_id", "competency_id"),
        Index("ix_moodle_ratings_due_at", "due_at"),
    )

    context_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contexts.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    competency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competencies.id"))
    sent_item: Mapped[int]
    """Number of the item on Moodle's scale that we gave, 1 the first."""
    item: Mapped[int | None]
    """Number of the item that Moodle shows; empty where it shows no rating."""
    label: Mapped[str] = mapped_column(default="")
    """Its name there."""
    read_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """When it is read again."""
