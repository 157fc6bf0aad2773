"""Credentials: confirmed levels that learners take along."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.rules.vocabulary import TakenBack


class Credential(Identified, Base):
    """An Open Badge 3.0 that a learner had made of a level that a tutor had confirmed.

    It outlasts its course: whoever was given it asks here, years later, whether it still holds.
    What it says stands in it in the words of its day.
    """

    __tablename__ = "credentials"
    __table_args__ = (
        UniqueConstraint(
            "registration_id", "status_list", "status_index", name="uq_credentials_status"
        ),
        Index("ix_credentials_user_id", "user_id"),
        Index("ix_credentials_participation_id", "participation_id"),
        Index("ix_credentials_competency_id", "competency_id"),
        CheckConstraint("level >= 1", name="level"),
    )

    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("registrations.id"))
    """Whose learner it is: the issuer is named after that platform."""
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    participation_id: Mapped[uuid.UUID]
    """The way through an activity on which the level was confirmed (no foreign key: courses are
    forgotten, credentials are not)."""
    competency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competencies.id"))
    level: Mapped[int]
    """Position on the scale, 1 the lowest."""
    locale: Mapped[str]
    """The language in which it is worded."""
    document: Mapped[dict[str, Any]]
    """The credential without its signature; empty once the person was erased."""
    confirmed_at: Mapped[datetime]
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)
    taken_back_at: Mapped[datetime | None]
    """Since when it does not hold any more."""
    taken_back_by: Mapped[TakenBack | None] = mapped_column(one_of(TakenBack, "taken_back_by"))
    status_list: Mapped[int]
    """Number of the registration's status list in which its bit stands, from 1."""
    status_index: Mapped[int]
    """Which bit, drawn by lot: it tells nothing of when the credential was made."""
