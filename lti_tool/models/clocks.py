"""Dates that are a learner's own, and the extensions that made them (DESIGN 3, Clocks)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.models.people import User
from lti_tool.rules.clocks import DueDates, ExtensionScope


class LearnerClock(Base):
    """What a learner's extensions and late start make together; ``engine.clocks`` keeps it.

    An empty date is the activity's. Who has not opened the activity yet can have one, too.
    """

    __tablename__ = "learner_clocks"

    activity_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    now_due_at: Mapped[datetime | None]
    new_due_at: Mapped[datetime | None]
    next_due_at: Mapped[datetime | None]

    @property
    def dates(self) -> DueDates:
        """The dates as the rules take them."""
        return DueDates(self.now_due_at, self.new_due_at, self.next_due_at)


class Extension(Identified, Base):
    """More time that staff gave, to one learner or to many at once; never deleted, but undone."""

    __tablename__ = "extensions"
    __table_args__ = (Index("ix_extensions_activity_id", "activity_id", "given_at"),)

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"))
    scope: Mapped[ExtensionScope] = mapped_column(one_of(ExtensionScope, "scope"))
    """How those were chosen who have it."""
    cohort_id: Mapped[uuid.UUID | None]
    """The cohort whose learners have it, later ones too; kept when that is dissolved (no key)."""
    now_due_at: Mapped[datetime | None]
    new_due_at: Mapped[datetime | None]
    next_due_at: Mapped[datetime | None]
    reason: Mapped[str]
    """In the words of who gave it; staff read it."""
    given_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    undone_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None]

    given_by: Mapped[User] = relationship(foreign_keys=[given_by_id])

    @property
    def dates(self) -> DueDates:
        """The dates as the rules take them; empty where it leaves a phase alone."""
        return DueDates(self.now_due_at, self.new_due_at, self.next_due_at)


class ExtendedLearner(Base):
    """A learner to whom an extension was given."""

    __tablename__ = "extended_learners"
    __table_args__ = (Index("ix_extended_learners_user_id", "user_id"),)

    extension_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("extensions.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
