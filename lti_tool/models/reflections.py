"""Reflections: a learner's answers to an activity's prompts."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.activities import ActivityVersion
from lti_tool.models.base import Base, Identified
from lti_tool.models.moderation import Moderated
from lti_tool.models.participations import Participation


class Reflection(Identified, Moderated, Base):
    """A learner's reflection: the working text, and a revision for each submission."""

    __tablename__ = "reflections"
    __table_args__ = (
        Index("ix_reflections_activity_id", "activity_id", "state", "visible_at"),
        Index(
            "ix_reflections_serving",
            "activity_id",
            "state",
            "author_done",
            "service",
            "released_at",
        ),
        Index("ix_reflections_waiting", "activity_id", "urgency", "waits_since"),
    )
    SUBJECT = "reflection"

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"))
    participation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("participations.id"), unique=True
    )
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity_versions.id"))
    draft_version: Mapped[int] = mapped_column(default=0)
    """Counts saves; a save that names an older one meets another tab's text (Stale)."""
    saved_at: Mapped[datetime | None]
    served: Mapped[int] = mapped_column(default=0)
    """Responses that were handed in and not turned down; ``engine.completion`` counts them."""
    service: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """``served``, and those who are at it now; ``engine.leases`` counts them."""
    author_done: Mapped[bool] = mapped_column(default=False)
    """Whether the author has given all the responses asked of them; counted there, too."""

    participation: Mapped[Participation] = relationship()
    version: Mapped[ActivityVersion] = relationship()
    answers: Mapped[list[ReflectionAnswer]] = relationship(cascade="all, delete-orphan")
    revisions: Mapped[list[ReflectionRevision]] = relationship(order_by="ReflectionRevision.number")

    @property
    def author_user_id(self) -> uuid.UUID | None:
        """The person who wrote it."""
        return self.participation.user_id if self.participation else None


class ReflectionAnswer(Base):
    """The working text for one prompt."""

    __tablename__ = "reflection_answers"

    reflection_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("reflections.id", ondelete="CASCADE"), primary_key=True
    )
    prompt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prompts.id"), primary_key=True)
    html: Mapped[str] = mapped_column(default="")
    """Sanitised HTML."""


class ReflectionRevision(Identified, Base):
    """The text as it was submitted once; what others read is the last one."""

    __tablename__ = "reflection_revisions"
    __table_args__ = (UniqueConstraint("reflection_id", "number"),)

    reflection_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("reflections.id", ondelete="CASCADE")
    )
    number: Mapped[int]
    answers: Mapped[dict[str, str]]
    """Prompt id to sanitised HTML."""
    files: Mapped[list[dict[str, str]]] = mapped_column(default=list, server_default=text("'[]'"))
    """What was added to the answers, in order: ``id`` of the attachment, ``prompt``, ``alt``."""
    submitted_at: Mapped[datetime] = mapped_column(default=clock.now)
