"""The moderation history: the audit log of all that is decided, append-only in the database."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.models.people import User
from lti_tool.rules import origin
from lti_tool.rules.vocabulary import Step, WorkState


class ModerationDecision(Identified, Base):
    """One line of the moderation history: who, when, from where, from, to, why.

    Never changed or deleted: the database refuses it, except while a person's data is erased
    (``HistoryErasure``).
    """

    __tablename__ = "moderation_decisions"
    __table_args__ = (
        CheckConstraint(
            "(reflection_id IS NOT NULL AND response_id IS NULL AND participation_id IS NULL)"
            " OR (reflection_id IS NULL AND response_id IS NOT NULL AND participation_id IS NULL)"
            " OR (reflection_id IS NULL AND response_id IS NULL AND participation_id IS NOT NULL)",
            name="one_subject",
        ),
        Index("ix_moderation_decisions_reflection_id", "reflection_id"),
        Index("ix_moderation_decisions_response_id", "response_id"),
        Index("ix_moderation_decisions_participation_id", "participation_id"),
        Index("ix_moderation_decisions_activity_id", "activity_id", "at"),
        Index("ix_moderation_decisions_batch_id", "batch_id"),
        Index("ix_moderation_decisions_at", "at"),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"))
    reflection_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reflections.id"))
    response_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("responses.id"))
    participation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("participations.id"))
    """Of a step about a person rather than a text: a confirmed level, a look behind a pseudonym."""
    about_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    """Whose work it is about."""
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    """Empty when a rule did it, not a person (end of a grace window, three marks)."""
    step: Mapped[Step] = mapped_column(one_of(Step, "step"))
    from_state: Mapped[WorkState | None] = mapped_column(one_of(WorkState, "from_state"))
    to_state: Mapped[WorkState | None] = mapped_column(one_of(WorkState, "to_state"))
    reason: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """What exactly, in short: a competency's code and level."""
    origin: Mapped[str] = mapped_column(default=origin.current, server_default=text("''"))
    """The coarse network it was done from (``rules.origin``)."""
    batch_id: Mapped[uuid.UUID | None]
    """What was decided together with it."""
    at: Mapped[datetime] = mapped_column(default=clock.now)

    actor: Mapped[User | None] = relationship(foreign_keys=[actor_id])
    about: Mapped[User | None] = relationship(foreign_keys=[about_id])


class HistoryErasure(Identified, Base):
    """That the moderation history was opened, to erase what is personal in it; never deleted.

    While one is open (within the transaction that erases) the database lets rows of the history be
    changed and deleted; at any other time its triggers refuse that.
    """

    __tablename__ = "history_erasures"

    why: Mapped[str]
    """``erasure`` of a person, ``purge`` of what is over."""
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]
