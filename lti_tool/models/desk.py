"""What tutors write at their desk: redactions, comments on responses, saved replies."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.base import Base, Identified
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.flags import ONE_SUBJECT
from lti_tool.models.people import User


class Redaction(Identified, Base):
    """A passage, or a file, that peers do not see; author and tutors do, marked."""

    __tablename__ = "redactions"
    __table_args__ = (
        CheckConstraint(ONE_SUBJECT, name="one_subject"),
        Index("ix_redactions_reflection_id", "reflection_id"),
        Index("ix_redactions_response_id", "response_id"),
    )

    reflection_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reflections.id"))
    response_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("responses.id"))
    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("moderation_decisions.id"))
    """Who took it out, when and why."""
    passage: Mapped[str]
    """The words as they stand in the text, in one line; of a file its name as staff know it."""
    attachment_id: Mapped[uuid.UUID | None]
    """The file that is withheld (no foreign key: this row goes when the reflection's files go)."""
    lifted_at: Mapped[datetime | None]
    """Since when peers may read the passage again."""

    decision: Mapped[ModerationDecision] = relationship()


class TutorComment(Identified, Base):
    """A tutor's word to the author of a response about it; one per tutor and response."""

    __tablename__ = "tutor_comments"
    __table_args__ = (
        Index("ix_tutor_comments_response_id", "response_id", "tutor_id", unique=True),
    )

    response_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("responses.id"))
    tutor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    html: Mapped[str]
    """Sanitised HTML."""
    to_addressee: Mapped[bool] = mapped_column(default=False)
    """Whether the author of the reflection reads it, too."""
    written_at: Mapped[datetime] = mapped_column(default=clock.now)

    tutor: Mapped[User] = relationship()


class SavedReply(Identified, Base):
    """Words that a tutor uses often, with placeholders; in one language."""

    __tablename__ = "saved_replies"
    __table_args__ = (Index("ix_saved_replies_context_id", "context_id", "owner_id"),)

    context_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contexts.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    is_shared: Mapped[bool] = mapped_column(default=False)
    """Whether the other tutors of the course can use it."""
    locale: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    """Plain text with placeholders (``rules.placeholders``)."""
    written_at: Mapped[datetime] = mapped_column(default=clock.now)

    owner: Mapped[User] = relationship()


class DeskSettings(Base):
    """How one person wants their desk."""

    __tablename__ = "desk_settings"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    shortcuts: Mapped[bool] = mapped_column(default=True)
    """Whether single keys do something."""
