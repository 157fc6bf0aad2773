"""A learner's way through one activity: ratings, next step, confirmed levels, completion."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.models.people import User
from lti_tool.rules.vocabulary import Moment


class Participation(Identified, Base):
    """One learner in one activity."""

    __tablename__ = "participations"
    __table_args__ = (
        UniqueConstraint("activity_id", "user_id"),
        Index("ix_participations_user_id", "user_id"),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    resource_link_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("resource_links.id"))
    """The link last used; its coupled line item receives the score."""
    need: Mapped[str] = mapped_column(default="")
    """The need of theirs that this activity serves, in the learner's words."""
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    completed_at: Mapped[datetime | None]
    measured_at: Mapped[datetime | None]
    """When completion was last worked out; a date that passed since then may have changed it."""

    activity: Mapped[Activity] = relationship()
    user: Mapped[User] = relationship()
    resource_link: Mapped[ResourceLink] = relationship()
    ratings: Mapped[list[SelfRating]] = relationship()
    confirmed_levels: Mapped[list[ConfirmedLevel]] = relationship()
    next_step: Mapped[NextStep | None] = relationship()


class SelfRating(Identified, Base):
    """What a learner claims of a competency, before or after; a claim, never a grade."""

    __tablename__ = "self_ratings"
    __table_args__ = (
        UniqueConstraint("participation_id", "competency_id", "moment"),
        CheckConstraint("level >= 1 AND (target IS NULL OR target >= 1)", name="levels"),
    )

    participation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("participations.id", ondelete="CASCADE")
    )
    competency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competencies.id"))
    moment: Mapped[Moment] = mapped_column(one_of(Moment, "moment"))
    level: Mapped[int]
    """Position on the framework's scale, 1 the lowest."""
    target: Mapped[int | None]
    rated_at: Mapped[datetime] = mapped_column(default=clock.now)


class NextStep(Base):
    """What a learner commits to: what, by when, with which opportunity."""

    __tablename__ = "next_steps"

    participation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("participations.id", ondelete="CASCADE"), primary_key=True
    )
    action: Mapped[str]
    by_date: Mapped[date]
    opportunity: Mapped[str] = mapped_column(default="")
    committed_at: Mapped[datetime] = mapped_column(default=clock.now)


class ConfirmedLevel(Identified, Base):
    """A competency level that a tutor confirmed on evidence."""

    __tablename__ = "confirmed_levels"
    __table_args__ = (
        UniqueConstraint("participation_id", "competency_id"),
        CheckConstraint("level >= 1", name="level"),
    )

    participation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("participations.id", ondelete="CASCADE")
    )
    competency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competencies.id"))
    level: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    """The evidence, in the tutor's words."""
    confirmed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime] = mapped_column(default=clock.now)
