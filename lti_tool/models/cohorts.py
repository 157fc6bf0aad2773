"""Cohorts: the learners whom a tutor looks after; and who is never given whose work.

A learner is in one cohort of a course at most: ``Membership.cohort_id``.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.rules.giving import ExclusionReason


class Cohort(Identified, Base):
    """Learners of a course who have a tutor in common."""

    __tablename__ = "cohorts"
    __table_args__ = (UniqueConstraint("context_id", "name"),)

    context_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contexts.id"))
    name: Mapped[str]
    group_lti_id: Mapped[str] = mapped_column(default="")
    """Of the LMS group that it was made from; empty if it was made by hand."""
    is_open: Mapped[bool] = mapped_column(default=False)
    """Whether learners may join it by themselves."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class CohortTutor(Identified, Base):
    """A tutor who looks after a cohort, from one moment to another; what is over stays, to tell."""

    __tablename__ = "cohort_tutors"
    __table_args__ = (
        CheckConstraint("until_at IS NULL OR until_at >= from_at", name="span"),
        Index("ix_cohort_tutors_cohort_id", "cohort_id"),
        Index("ix_cohort_tutors_user_id", "user_id"),
    )

    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    from_at: Mapped[datetime] = mapped_column(default=clock.now)
    until_at: Mapped[datetime | None]
    """When it ends or ended; None for as long as nobody ends it."""
    is_cover: Mapped[bool] = mapped_column(default=False)
    """Whether they stand in for a time."""
    note: Mapped[str] = mapped_column(default="")
    """What the one before, or the educator, wants them to know; plain text, staff read it."""


class Exclusion(Base):
    """Two people of a course who are never given each other's work; stored in both directions."""

    __tablename__ = "exclusions"

    context_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contexts.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    other_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id"), primary_key=True, index=True
    )
    reason: Mapped[ExclusionReason] = mapped_column(
        one_of(ExclusionReason, "reason"), default=ExclusionReason.OTHER
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
