"""Figures of large courses that were counted once and kept, and marks of what changed since."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.base import Base, Identified


class KeptFigures(Identified, Base):
    """What was counted of some learners at one moment; it names nobody."""

    __tablename__ = "kept_figures"
    __table_args__ = (
        Index("ix_kept_figures_key", "key", "made_at"),
        Index("ix_kept_figures_context_id", "context_id"),
        Index("ix_kept_figures_activity_id", "activity_id"),
        Index("ix_kept_figures_looked_at", "looked_at"),
    )

    context_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contexts.id", ondelete="CASCADE"))
    activity_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE")
    )
    """None of what is about all activities of the course."""
    key: Mapped[str]
    """Hash of all that decides what is counted (``services.keeping.Asked``)."""
    asked: Mapped[dict[str, Any]]
    """The same in the clear, so that the worker can count it again."""
    mark: Mapped[int]
    """The change mark when counting began."""
    made_at: Mapped[datetime]
    looked_at: Mapped[datetime]
    """When somebody last looked, to some minutes."""
    figures: Mapped[dict[str, Any]]


class FigureChange(Base):
    """That something changed which figures count; triggers write it, once in a transaction.

    A row of its own for each transaction, so that none ever waits for another's.
    """

    __tablename__ = "figure_changes"

    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """The activity; the course (``contexts``) where its members changed."""
    by_transaction: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """PostgreSQL's number of it; 0 on SQLite, where writers take turns."""


class FigureMark(Base):
    """How often changes of a subject were gathered: the same number means the same figures."""

    __tablename__ = "figure_marks"

    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
