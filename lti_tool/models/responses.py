"""Allocations and responses: what peers read and what they answer."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.models.moderation import Moderated
from lti_tool.models.participations import Participation
from lti_tool.models.people import User
from lti_tool.models.reflections import Reflection
from lti_tool.rules.vocabulary import AllocationState, DeclineReason


class Allocation(Identified, Base):
    """A reflection given to a reviewer; once per pair."""

    __tablename__ = "allocations"
    __table_args__ = (
        UniqueConstraint("reflection_id", "reviewer_id"),
        Index("ix_allocations_reviewer_id", "reviewer_id", "state"),
        Index("ix_allocations_activity_id", "activity_id", "state"),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"))
    reflection_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reflections.id"))
    reviewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("participations.id"))
    state: Mapped[AllocationState] = mapped_column(
        one_of(AllocationState, "state"), default=AllocationState.CLAIMED
    )
    decline_reason: Mapped[DeclineReason | None] = mapped_column(
        one_of(DeclineReason, "decline_reason")
    )
    leased_until: Mapped[datetime]
    """Until then the claim counts as service to the author; autosave renews it."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    reflection: Mapped[Reflection] = relationship()
    reviewer: Mapped[Participation] = relationship()
    response: Mapped[Response | None] = relationship(back_populates="allocation")


class Response(Identified, Moderated, Base):
    """A guided answer to a reflection, by a peer, or by a tutor where no peer came."""

    __tablename__ = "responses"
    __table_args__ = (
        UniqueConstraint("reflection_id", "author_id"),
        CheckConstraint("helpfulness BETWEEN 1 AND 4", name="helpfulness"),
        Index("ix_responses_activity_id", "activity_id", "state", "visible_at"),
        Index("ix_responses_author_id", "author_id"),
    )
    SUBJECT = "response"

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"))
    reflection_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reflections.id"))
    allocation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("allocations.id"), unique=True
    )
    """Empty for a tutor's response."""
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    resonates: Mapped[str] = mapped_column(default="")
    """Sanitised HTML, like the two that follow."""
    question: Mapped[str] = mapped_column(default="")
    suggestion: Mapped[str] = mapped_column(default="")
    draft_version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime | None]
    helpfulness: Mapped[int | None]
    """How helpful the reflection's author found it: 1 not, 2 a little, 3 helpful, 4 very."""
    helpfulness_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(default="")
    """The author's one answer to the response, sanitised HTML."""
    replied_at: Mapped[datetime | None]

    reflection: Mapped[Reflection] = relationship()
    allocation: Mapped[Allocation | None] = relationship(back_populates="response")
    author: Mapped[User] = relationship()
