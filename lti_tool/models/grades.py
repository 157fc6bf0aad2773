"""Line items, the outbox of messages that are promised to an LMS, and what the LMS shows."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.models.frameworks import Competency
from lti_tool.models.people import User
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.vocabulary import OutboxState


class LineItem(Identified, Base):
    """A gradebook column of the LMS (AGS 2.0, 3.2).

    Either coupled to a link, as launches told it, or made by us for one competency of an activity.
    """

    __tablename__ = "line_items"
    __table_args__ = (
        UniqueConstraint("resource_link_id"),
        UniqueConstraint("activity_id", "competency_id"),
        CheckConstraint("score_maximum > 0", name="score_maximum"),
        CheckConstraint(
            "(resource_link_id IS NULL) <> (activity_id IS NULL)"
            " AND (activity_id IS NULL) = (competency_id IS NULL)",
            name="one_subject",
        ),
        Index("ix_line_items_competency_id", "competency_id"),
    )

    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("registrations.id"))
    deployment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deployments.id"))
    resource_link_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("resource_links.id"))
    """The link to which the column is coupled; empty for a column of a competency."""
    activity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("activities.id"))
    """The activity whose competency the column shows; empty for a coupled one."""
    competency_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("competencies.id"))
    url: Mapped[str]
    """The column's own URL, verbatim, with its query; empty until the LMS has made it for us."""
    scopes: Mapped[list[str]] = mapped_column(default=list)
    """AGS scopes of the launch that told it, or of the course's last launch."""
    score_maximum: Mapped[int] = mapped_column(default=100)
    """What our scores are out of; the LMS scales them to its own maximum."""
    label: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """The name that we gave a column of a competency; empty for a coupled one."""
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    results_due_at: Mapped[datetime | None]
    """When the worker reads back what the LMS shows; empty until it has done so once."""

    registration: Mapped[Registration] = relationship()
    deployment: Mapped[Deployment] = relationship()
    resource_link: Mapped[ResourceLink | None] = relationship()
    activity: Mapped[Activity | None] = relationship()
    competency: Mapped[Competency | None] = relationship()


def _key(context: DefaultExecutionContext) -> str:
    told = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
    return score_key(told["line_item_id"], told["user_id"])


def score_key(line_item_id: uuid.UUID, user_id: uuid.UUID) -> str:
    """Return the coalescing key of a score: one person in one column."""
    return f"score:{line_item_id.hex}:{user_id.hex}"


class OutboxMessage(Identified, Base):
    """A message that was promised to an LMS (DESIGN 6); written with the change that causes it.

    At most one message of a ``key`` is queued: a newer one replaces it.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index(
            "uq_outbox_messages_queued",
            "key",
            unique=True,
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index("ix_outbox_messages_due", "state", "registration_id", "next_attempt_at"),
        Index("ix_outbox_messages_key", "key", "created_at"),
        Index("ix_outbox_messages_line_item_id", "line_item_id", "user_id"),
        Index("ix_outbox_messages_participation_id", "participation_id", "created_at"),
    )

    kind: Mapped[str] = mapped_column(default="score", server_default="score")
    """What the message is; ``services.outbox.outbox`` has a handler for each kind."""
    key: Mapped[str] = mapped_column(default=_key)
    """What a newer message must share to replace this one; by default that of a score."""
    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("registrations.id"))
    """Whose slots the message takes; one platform's queue is read without the others'."""
    line_item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("line_items.id"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    participation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("participations.id"))
    """What the message is about, each as far as it applies; a score has all three."""
    payload: Mapped[dict[str, Any]]
    """As its kind defines it. Of a score: scoreGiven, scoreMaximum, comment, progress values."""
    state: Mapped[OutboxState] = mapped_column(
        one_of(OutboxState, "state"), default=OutboxState.QUEUED
    )
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=clock.now)
    leased_until: Mapped[datetime | None]
    """While sending: until then no other worker takes it; after, a crash is assumed."""
    score_timestamp: Mapped[datetime | None]
    """Moment of the last try, which a score carries; per key it increases by whole seconds."""
    http_status: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    """Stable code of the last failure, or of what is special about a message that was sent."""
    detail: Mapped[str] = mapped_column(default="")
    """First 500 characters of what the LMS answered."""
    who_can_fix: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]

    line_item: Mapped[LineItem | None] = relationship()
    user: Mapped[User | None] = relationship()


class Result(Identified, Base):
    """What the LMS showed for one person in one column when it was last read (AGS 2.0, 3.3)."""

    __tablename__ = "results"
    __table_args__ = (UniqueConstraint("line_item_id", "user_id"),)

    line_item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("line_items.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    points: Mapped[float | None] = mapped_column(Double)
    """Empty where the LMS shows no grade."""
    maximum: Mapped[float | None] = mapped_column(Double)
    """What ``points`` are out of, as the LMS tells it."""
    read_at: Mapped[datetime]


class WorkerHeartbeat(Base):
    """The last sign of life of a background worker."""

    __tablename__ = "worker_heartbeats"

    name: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime]
    step_failures: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """How often each of its steps failed since it started."""
    failing: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """The steps that failed when they were last tried."""
