"""Allocations and responses: what peers read and what they answer."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

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
        Index("ix_allocations_counted", "activity_id", "counted", "leased_until"),
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
    counted: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it is counted in the reflection's ``service`` now (``services.engine.leases``)."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    @validates("state")
    def _end_lease(self, _name: str, state: AllocationState) -> AllocationState:
        """End the lease of a claim that is answered or passed on, whoever does it."""
        if state is not AllocationState.CLAIMED:
            self.leased_until = clock.now()
        return state

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
        Index("ix_responses_author_id", "author_id", "activity_id"),
        Index("ix_responses_released_at", "released_at"),
        Index("ix_responses_waiting", "activity_id", "urgency", "waits_since"),
    )
    SUBJECT = "response"

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"))
    reflection_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reflections.id"))
    allocation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("allocations.id"), unique=True
    )
    """Empty for a tutor's response."""
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    marked_words: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Words that a tutor may want to look at (``rules.harsh_words``), joined by commas."""
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
    takeaway: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """What the reflection's author takes from it, in plain text; for them and their tutors."""

    reflection: Mapped[Reflection] = relationship()
    allocation: Mapped[Allocation | None] = relationship(back_populates="response")
    author: Mapped[User] = relationship()
    revisions: Mapped[list[ResponseRevision]] = relationship(
        order_by="ResponseRevision.number", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def author_user_id(self) -> uuid.UUID | None:
        """The person who wrote it."""
        return self.author_id


class ResponseRevision(Identified, Base):
    """The text of a response as it was submitted once."""

    __tablename__ = "response_revisions"
    __table_args__ = (UniqueConstraint("response_id", "number"),)

    response_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("responses.id", ondelete="CASCADE"))
    number: Mapped[int]
    parts: Mapped[dict[str, str]]
    """Name of the part to sanitised HTML."""
    submitted_at: Mapped[datetime] = mapped_column(default=clock.now)
