"""What tutors did for a learner, of which kind, and whether before anybody asked."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.models.people import User
from lti_tool.rules.interventions import InterventionAct, InterventionKind


class Intervention(Identified, Base):
    """One thing that a tutor did for one learner in one activity."""

    __tablename__ = "interventions"
    __table_args__ = (
        Index("ix_interventions_learner", "activity_id", "user_id", "at"),
        Index("ix_interventions_user_id", "user_id"),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    """The learner; who has not opened the activity yet, too."""
    actor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    act: Mapped[InterventionAct] = mapped_column(one_of(InterventionAct, "act"))
    kind: Mapped[InterventionKind | None] = mapped_column(one_of(InterventionKind, "kind"))
    """The plane of support (Rodet 2003); None of what only manages: dates, completion."""
    is_proactive: Mapped[bool] = mapped_column(default=False)
    """Whether the learner stood on the tutor's list: it was done before they asked."""
    signals: Mapped[str] = mapped_column(default="")
    """Why they stood there, as codes of ``rules.signals`` joined by commas."""
    note: Mapped[str] = mapped_column(default="")
    """In the tutor's words; staff read it."""
    at: Mapped[datetime] = mapped_column(default=clock.now)

    actor: Mapped[User] = relationship(foreign_keys=[actor_id])
