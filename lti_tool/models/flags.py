"""Flags: readers ask a tutor to look at something; and appeals against what a tutor decided."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.people import User
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.flagging import FlagReason, Ruling

ONE_SUBJECT = "(reflection_id IS NULL) <> (response_id IS NULL)"


class Flag(Identified, Base):
    """A reader's word that a tutor should look at a reflection or a response."""

    __tablename__ = "flags"
    __table_args__ = (
        CheckConstraint(ONE_SUBJECT, name="one_subject"),
        Index("ix_flags_reflection_id", "reflection_id"),
        Index("ix_flags_response_id", "response_id"),
        Index("ix_flags_flagger_id", "flagger_id", "activity_id"),
        Index(
            "uq_flags_open_reflection",
            "reflection_id",
            "flagger_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        Index(
            "uq_flags_open_response",
            "response_id",
            "flagger_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"))
    reflection_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reflections.id"))
    response_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("responses.id"))
    flagger_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    """Empty where a rule flagged (three marks)."""
    reason: Mapped[FlagReason] = mapped_column(one_of(FlagReason, "reason"))
    words: Mapped[str] = mapped_column(default="")
    """What the reader adds; tutors read it, the author does not."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    outcome: Mapped[Ruling | None] = mapped_column(one_of(Ruling, "outcome"))
    """None while it waits for a tutor."""
    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("moderation_decisions.id"))
    """The decision that answered it: whose reason is the answer."""

    flagger: Mapped[User | None] = relationship()
    decision: Mapped[ModerationDecision | None] = relationship()
    reflection: Mapped[Reflection | None] = relationship()
    response: Mapped[Response | None] = relationship()


class Appeal(Identified, Base):
    """An author's appeal against one decision; once per decision."""

    __tablename__ = "appeals"
    __table_args__ = (
        CheckConstraint(ONE_SUBJECT, name="one_subject"),
        Index("ix_appeals_reflection_id", "reflection_id"),
        Index("ix_appeals_response_id", "response_id"),
        Index("ix_appeals_author_id", "author_id", "activity_id"),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"))
    reflection_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reflections.id"))
    response_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("responses.id"))
    decision_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("moderation_decisions.id"), unique=True
    )
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    words: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    outcome: Mapped[Ruling | None] = mapped_column(one_of(Ruling, "outcome"))
    """None while it waits."""
    answer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("moderation_decisions.id"))
    """The line of the history that answered it: whose reason is the answer."""
    alone: Mapped[bool] = mapped_column(default=False)
    """Whether who decided it had decided before, because nobody else moderates the course."""

    decision: Mapped[ModerationDecision] = relationship(foreign_keys=[decision_id])
    answer: Mapped[ModerationDecision | None] = relationship(foreign_keys=[answer_id])
