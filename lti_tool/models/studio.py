"""The educator's studio: presets that a registration shares, and rehearsals that are wiped."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.models.base import Base, Identified


class Preset(Identified, Base):
    """Settings of an activity under a name, to begin others with; never anybody's work."""

    __tablename__ = "presets"
    __table_args__ = (Index("ix_presets_registration_id", "registration_id"),)

    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("registrations.id"))
    name: Mapped[str]
    document: Mapped[dict[str, Any]]
    """The activity as it is exported (``services.activity_files``)."""
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Rehearsal(Identified, Base):
    """A copy of an activity in a course of its own, where an educator tries it out as a learner."""

    __tablename__ = "rehearsals"
    __table_args__ = (Index("ix_rehearsals_created_at", "created_at"),)

    context_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contexts.id"), unique=True)
    original_id: Mapped[uuid.UUID]
    """The activity that is tried out (no foreign key: a rehearsal holds nothing up)."""
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    """Who tries it out, as themselves."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
