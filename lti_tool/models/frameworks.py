"""Competency frameworks: an ordered tree of competencies with a scale of levels."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.base import Base, Identified


class CompetencyFramework(Identified, Base):
    """A framework; without a registration it is built in and everybody's."""

    __tablename__ = "competency_frameworks"
    __table_args__ = (UniqueConstraint("registration_id", "identifier"),)

    registration_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("registrations.id"))
    identifier: Mapped[str]
    """Stable identifier of the framework, as in CASE's CFDocument identifier."""
    title: Mapped[dict[str, str]]
    """Text per language tag, like all texts of a framework."""
    source: Mapped[str] = mapped_column(default="")
    """Where it comes from and under which licence."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    levels: Mapped[list[CompetencyLevel]] = relationship(order_by="CompetencyLevel.position")
    competencies: Mapped[list[Competency]] = relationship(order_by="Competency.position")


class CompetencyLevel(Identified, Base):
    """One level of a framework's scale; position 1 is the lowest."""

    __tablename__ = "competency_levels"
    __table_args__ = (UniqueConstraint("framework_id", "position"),)

    framework_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("competency_frameworks.id", ondelete="CASCADE")
    )
    position: Mapped[int]
    label: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]]


class Competency(Identified, Base):
    """One competency of a framework."""

    __tablename__ = "competencies"
    __table_args__ = (UniqueConstraint("framework_id", "identifier"),)

    framework_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("competency_frameworks.id", ondelete="CASCADE")
    )
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("competencies.id"))
    identifier: Mapped[str]
    """CASE CFItem identifier (a UUID), the part after ``case:`` in a grade's tag."""
    code: Mapped[str] = mapped_column(default="")
    statement: Mapped[dict[str, str]]
    position: Mapped[int]
