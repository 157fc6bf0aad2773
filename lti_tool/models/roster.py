"""What the LMS lists of a course: the state of reading it, and its groups."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.models.base import Base, Identified, one_of
from lti_tool.models.people import Context
from lti_tool.rules.vocabulary import RosterState


class RosterSync(Base):
    """How far the course list of one context is read (NRPS 2.0); made when a launch tells of it."""

    __tablename__ = "roster_syncs"
    __table_args__ = (Index("ix_roster_syncs_due", "next_at"),)

    context_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contexts.id"), primary_key=True)
    state: Mapped[RosterState] = mapped_column(
        one_of(RosterState, "state"), default=RosterState.DUE
    )
    number: Mapped[int] = mapped_column(default=0)
    """Of the last sync that began; whom a complete one did not list has a smaller one."""
    next_at: Mapped[datetime]
    """When it is due; while running, when its lease ends and a crash is assumed."""
    wanted: Mapped[bool] = mapped_column(default=True)
    """Whether somebody asked for it: then it is read whole, and also where nobody launches."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Failures in a row."""
    started_at: Mapped[datetime | None]
    updated_at: Mapped[datetime | None]
    """When the list was last brought up to date."""
    complete_at: Mapped[datetime | None]
    """When it was last read from the first page to the last."""
    members: Mapped[int] = mapped_column(default=0)
    """How many the last sync was told of; of a sync of differences, how many it changed."""
    differences_url: Mapped[str] = mapped_column(default="")
    """Where the LMS offers what has changed since (NRPS 2.0, 2.4.3)."""
    reason: Mapped[str] = mapped_column(default="")
    """Stable code of the last failure; empty after a success."""
    who_can_fix: Mapped[str] = mapped_column(default="")
    http_status: Mapped[int | None]
    detail: Mapped[str] = mapped_column(default="")
    """First 500 characters of what the LMS answered."""

    context: Mapped[Context] = relationship()


class CourseGroup(Identified, Base):
    """A group of a course in the LMS (Course Groups Service 1.0), or one that a launch named."""

    __tablename__ = "course_groups"
    __table_args__ = (UniqueConstraint("context_id", "lti_id"),)

    context_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contexts.id"))
    lti_id: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    """Empty where only the id is known (Moodle tells no more)."""
    set_id: Mapped[str] = mapped_column(default="")
    set_name: Mapped[str] = mapped_column(default="")


class GroupMember(Base):
    """A person in a group of a course."""

    __tablename__ = "group_members"
    __table_args__ = (Index("ix_group_members_user_id", "user_id"),)

    group_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("course_groups.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
