"""Confirmed levels' history and evidence, depth of reflection, and who may see it elsewhere."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.models.participations import Participation
from lti_tool.models.people import User
from lti_tool.rules.vocabulary import DepthRubric


class LevelDecision(Identified, Base):
    """One line of the history of confirmed levels: who gave or withdrew which level, on what.

    Keeps the words of that day, so that it reads the same after its framework was changed. Never
    changed or deleted: the database refuses it, but while a person's data is erased
    (``HistoryErasure``). What stands now is in ``ConfirmedLevel``.
    """

    __tablename__ = "level_decisions"
    __table_args__ = (
        Index("ix_level_decisions_participation_id", "participation_id", "at"),
        CheckConstraint("level IS NULL OR level >= 1", name="level"),
    )

    participation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("participations.id"))
    competency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competencies.id"))
    level: Mapped[int | None]
    """Position on the scale of that day; None where a confirmation was withdrawn."""
    scale_size: Mapped[int]
    """How many levels that scale had."""
    label: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Name of the level, per language; empty where a confirmation was withdrawn."""
    code: Mapped[str] = mapped_column(default="")
    statement: Mapped[dict[str, str]]
    """The competency as it was worded, per language."""
    framework: Mapped[dict[str, str]]
    """Title of its framework, per language."""
    note: Mapped[str] = mapped_column(default="")
    """What shows it, in the tutor's words; the learner reads it."""
    evidence: Mapped[list[dict[str, str]]] = mapped_column(
        default=list, server_default=text("'[]'")
    )
    """The pieces that it rests on, as ``rules.evidence.kept`` writes them."""
    actor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    participation: Mapped[Participation] = relationship()
    actor: Mapped[User] = relationship()


class EvidenceLink(Identified, Base):
    """A link that a learner adds as evidence of a competency; they can take it away again."""

    __tablename__ = "evidence_links"
    __table_args__ = (Index("ix_evidence_links_participation_id", "participation_id"),)

    participation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("participations.id", ondelete="CASCADE")
    )
    competency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competencies.id"))
    title: Mapped[str]
    url: Mapped[str]
    """An http or https address; we never open it."""
    sentence: Mapped[str]
    """What it shows, in the learner's words."""
    added_at: Mapped[datetime] = mapped_column(default=clock.now)


class DepthRating(Identified, Base):
    """How deep a tutor finds a reflection, for its author to learn from; it counts for nothing.

    One for each revision of a reflection, so that it shows what rewriting changed.
    """

    __tablename__ = "depth_ratings"
    __table_args__ = (
        UniqueConstraint("reflection_id", "revision"),
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
    )

    reflection_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reflections.id"))
    revision: Mapped[int]
    """Number of the revision that the tutor had read."""
    rubric: Mapped[DepthRubric] = mapped_column(one_of(DepthRubric, "rubric"))
    """By which words (``rules.depths``); the activity may have chosen others since."""
    level: Mapped[int]
    """From 1 to 4, 4 the deepest."""
    comment: Mapped[str] = mapped_column(default="")
    tutor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    tutor: Mapped[User] = relationship()


class LevelShare(Base):
    """That a learner lets the staff of a course see their levels from their other courses."""

    __tablename__ = "level_shares"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    context_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contexts.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)
