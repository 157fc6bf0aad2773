"""Criteria of responses, in versions as prompts are; and exemplars to practise reading with."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.models.frameworks import Competency
from lti_tool.rules.criteria import CriterionValues, LevelValues
from lti_tool.rules.vocabulary import ExemplarOrigin

A_LEVEL = "level BETWEEN 1 AND 6"


class CriteriaVersion(Identified, Base):
    """The criteria as they stood at one time; a response stays tied to those that it answered."""

    __tablename__ = "criteria_versions"
    __table_args__ = (UniqueConstraint("activity_id", "number"),)

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    number: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    criteria: Mapped[list[Criterion]] = relationship(
        order_by="Criterion.position", passive_deletes=True
    )


class Criterion(Identified, Base):
    """One thing to look at when answering a reflection."""

    __tablename__ = "criteria"
    __table_args__ = (UniqueConstraint("version_id", "position"),)

    version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("criteria_versions.id", ondelete="CASCADE")
    )
    position: Mapped[int]
    root_id: Mapped[uuid.UUID | None]
    """The criterion of an earlier version that this one continues; empty if it is the first."""
    template_key: Mapped[str] = mapped_column(default="")
    """Set while it is a ready one in its own words: each reader sees it in their own language."""
    name: Mapped[str]
    asks: Mapped[str] = mapped_column(default="")
    competency_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("competencies.id"))
    """A competency that it speaks to, one of its activity's."""

    competency: Mapped[Competency | None] = relationship()
    levels: Mapped[list[CriterionLevel]] = relationship(
        order_by="CriterionLevel.position", lazy="selectin", passive_deletes=True
    )

    @property
    def root(self) -> uuid.UUID:
        """What it has in common with the same criterion of other versions."""
        return self.root_id or self.id

    @property
    def values(self) -> CriterionValues:
        """What was decided about it."""
        return CriterionValues(
            self.name,
            self.asks,
            tuple(LevelValues(one.label, one.description) for one in self.levels),
            self.template_key,
            self.competency_id,
            self.root,
        )


class CriterionLevel(Base):
    """One level of a criterion; ``position`` counts from 1, the lowest."""

    __tablename__ = "criterion_levels"
    __table_args__ = (CheckConstraint("position BETWEEN 1 AND 6", name="position"),)

    criterion_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("criteria.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    description: Mapped[str] = mapped_column(default="")


class CriterionReading(Base):
    """What a response says by one criterion; a draft may lack level or comment.

    A response that is begun has one, perhaps empty, for each criterion of the version in force:
    these are what it answers from then on.
    """

    __tablename__ = "criterion_readings"
    __table_args__ = (
        CheckConstraint(A_LEVEL, name="level"),
        Index("ix_criterion_readings_criterion_id", "criterion_id", "level"),
    )

    response_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("responses.id", ondelete="CASCADE"), primary_key=True
    )
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criteria.id"), primary_key=True)
    level: Mapped[int | None]
    """Position of the level."""
    comment: Mapped[str] = mapped_column(default="")
    """Plain text."""


class Exemplar(Identified, Base):
    """A reflection to practise reading with, written or adapted by an educator."""

    __tablename__ = "exemplars"
    __table_args__ = (Index("ix_exemplars_activity_id", "activity_id", "position"),)

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    """Sanitised HTML, without anybody's name."""
    origin: Mapped[ExemplarOrigin] = mapped_column(one_of(ExemplarOrigin, "origin"))
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]
    """Since when nobody is given it any more; who has read it has read it."""


class ExemplarReading(Base):
    """How the tutor reads an exemplar by one criterion, and why."""

    __tablename__ = "exemplar_readings"
    __table_args__ = (CheckConstraint(A_LEVEL, name="level"),)

    exemplar_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("exemplars.id", ondelete="CASCADE"), primary_key=True
    )
    criterion_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("criteria.id", ondelete="CASCADE"), primary_key=True
    )
    level: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    """Plain text."""


class CalibrationReading(Base):
    """How a learner read an exemplar by one criterion, before comparing with the tutor's."""

    __tablename__ = "calibration_readings"
    __table_args__ = (
        CheckConstraint(A_LEVEL, name="level"),
        Index("ix_calibration_readings_exemplar_id", "exemplar_id", "criterion_id"),
    )

    participation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("participations.id", ondelete="CASCADE"), primary_key=True
    )
    exemplar_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("exemplars.id"), primary_key=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criteria.id"), primary_key=True)
    level: Mapped[int]
    comment: Mapped[str] = mapped_column(default="")
    """Plain text."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
