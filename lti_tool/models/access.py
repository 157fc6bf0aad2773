"""Access tokens: how a program reads a course for an educator, without a launch."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.models.base import Base, Identified


class AccessToken(Identified, Base):
    """A token that an educator made for one course; deleted when they withdraw it.

    It has no rights of its own: whoever presents it reads what that person may read there now.
    """

    __tablename__ = "course_tokens"
    __table_args__ = (
        Index("ix_course_tokens_context_id_user_id", "context_id", "user_id"),
        Index("ix_course_tokens_user_id", "user_id"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    context_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contexts.id", ondelete="CASCADE"))
    name: Mapped[str]
    """What the educator calls it: what it is for."""
    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the token, in hexadecimal; the token itself is never stored."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    """To the minute."""
