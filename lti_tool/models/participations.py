"""A learner's way through one activity: ratings, next step, confirmed levels, completion."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, and_, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.models.clocks import LearnerClock
from lti_tool.models.people import User
from lti_tool.rules.vocabulary import Moment, Outcome


class Participation(Identified, Base):
    """One learner in one activity."""

    __tablename__ = "participations"
    __table_args__ = (
        UniqueConstraint("activity_id", "user_id"),
        Index("ix_participations_user_id", "user_id"),
        Index("ix_participations_alias", "activity_id", "alias", unique=True),
        Index("ix_participations_remeasure_at", "remeasure_at"),
        Index("ix_participations_attention", "activity_id", "attention", "attention_at"),
        CheckConstraint("override_points BETWEEN 0 AND 100", name="override_points"),
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
    """When completion was last worked out."""
    remeasure_at: Mapped[datetime | None]
    """When time alone may change what counts, or who needs a tutor; the sweep looks then."""
    attention: Mapped[int | None]
    """Why the learner needs a tutor (``rules.signals.SignalKind``, the most urgent); else None."""
    attention_at: Mapped[datetime | None]
    """Since when that is so."""
    signals: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """All reasons, as ``rules.signals.written`` puts them."""
    override_points: Mapped[int | None]
    """Points of 100 with which a tutor counted the activity as complete; None as a rule."""
    override_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why, in the tutor's words; the learner reads it."""
    alias: Mapped[int | None]
    """Number of the learner's pseudonym (``rules.pseudonyms``), drawn by lot; None in the open."""
    unmasked_at: Mapped[datetime | None]
    """When staff of a double-blind activity first asked for the name; the history says who."""
    visit_id: Mapped[uuid.UUID | None]
    """The launch session of the last visit to the first page (no foreign key: sessions are soon
    deleted)."""
    visited_at: Mapped[datetime | None]
    """When that visit began."""
    news_since: Mapped[datetime | None]
    """When the visit before it began: what came in since then is news on this one."""
    calibration_skipped_at: Mapped[datetime | None]
    """When the learner left out the practice with exemplars."""

    activity: Mapped[Activity] = relationship()
    user: Mapped[User] = relationship()
    resource_link: Mapped[ResourceLink] = relationship()
    ratings: Mapped[list[SelfRating]] = relationship()
    confirmed_levels: Mapped[list[ConfirmedLevel]] = relationship()
    next_step: Mapped[NextStep | None] = relationship()
    own_clock: Mapped[LearnerClock | None] = relationship(
        primaryjoin=lambda: and_(
            foreign(Participation.activity_id) == LearnerClock.activity_id,
            foreign(Participation.user_id) == LearnerClock.user_id,
        ),
        viewonly=True,
        lazy="joined",
    )
    """Read along with the participation: hardly anything is done with one without its dates."""


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


class FollowUp(Identified, Base):
    """What a learner says, weeks later, of the next step they had committed to."""

    __tablename__ = "follow_ups"
    __table_args__ = (UniqueConstraint("participation_id", "after_days", "committed_at"),)

    participation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("participations.id", ondelete="CASCADE")
    )
    after_days: Mapped[int]
    """Which of the questions it answers (``rules.follow_ups.AFTER_DAYS``)."""
    committed_at: Mapped[datetime]
    """When the step that it is about was committed to; another step is asked about anew."""
    action: Mapped[str]
    """That step, in the words of then."""
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome, "outcome"))
    result: Mapped[str] = mapped_column(default="")
    """What came of it."""
    shared: Mapped[bool] = mapped_column(default=False)
    """Whether tutors may read it."""
    answered_at: Mapped[datetime] = mapped_column(default=clock.now)
