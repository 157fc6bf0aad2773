"""Courses and the people in them, as the LMS tells them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.i18n import gettext as _
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.rules.vocabulary import Role


class Context(Identified, Base):
    """A course, or the space of a link that was launched without a course (LTI Core 5.4.1)."""

    __tablename__ = "contexts"
    __table_args__ = (UniqueConstraint("deployment_id", "lti_id"),)

    deployment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deployments.id"))
    lti_id: Mapped[str]
    """The platform's context.id; ``link:<resource link id>`` where a launch has no context."""
    title: Mapped[str] = mapped_column(default="")
    memberships_url: Mapped[str] = mapped_column(default="")
    """Where the course list is (NRPS 2.0), as the last launch told; empty until one does."""
    groups_url: Mapped[str] = mapped_column(default="")
    """Where the course's groups are listed (Course Groups Service 1.0)."""
    group_sets_url: Mapped[str] = mapped_column(default="")
    line_items_url: Mapped[str] = mapped_column(default="")
    """Where the course's line items are listed (AGS 3.1), as the last launch told."""
    line_items_scopes: Mapped[list[str]] = mapped_column(default=list)
    """AGS scopes of that launch."""
    lms_url: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Where mails lead to: the course in the LMS, as the last launch told (``rules.lms_links``)."""
    tutors_see_all: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a tutor sees every cohort of the course, not only their own."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class User(Identified, Base):
    """A person as one registration knows them; never keyed by e-mail (LTI Core 5.3.6)."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("registration_id", "sub"),)

    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("registrations.id"))
    sub: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    """As the platform shares it; empty if it does not."""
    email: Mapped[str] = mapped_column(default="")
    chosen_name: Mapped[str] = mapped_column(default="")
    """What the person asked to be called here, where the platform shares no name."""
    locale: Mapped[str] = mapped_column(default="")
    """Language tag of the last launch; empty if the platform does not tell one."""
    chosen_locale: Mapped[str] = mapped_column(default="")
    """The person's own choice; wins over what launches tell."""
    time_zone: Mapped[str] = mapped_column(default="")
    """IANA name that the browser told; empty means UTC."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    erased_at: Mapped[datetime | None]
    """When the person's data was erased; the row stays where others' work refers to it."""

    @property
    def display_name(self) -> str:
        """The name to show; empty if the person has none and has chosen none."""
        if self.erased_at is not None:
            return _("A former participant")
        return self.chosen_name or self.name

    @property
    def language(self) -> str:
        """The language tag to speak to the person; empty means the browser's."""
        return self.chosen_locale or self.locale


class Membership(Identified, Base):
    """A person in a context, with the role that counts there."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("context_id", "user_id"),
        Index("ix_memberships_user_id", "user_id"),
        Index("ix_memberships_cohort_id", "cohort_id"),
        Index("ix_memberships_listed_name", "context_id", "listed_name", "user_id"),
    )

    context_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contexts.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[Role] = mapped_column(one_of(Role, "role"), default=Role.PARTICIPANT)
    """What counts of what launches and the course list tell (``rules.standing_roles``)."""
    launched_role: Mapped[Role | None] = mapped_column(one_of(Role, "launched_role"))
    """The highest that launches proved lately; None for who is only listed."""
    proven_at: Mapped[datetime | None]
    """When ``launched_role`` was last proven; written once a day at most."""
    listed_role: Mapped[Role | None] = mapped_column(one_of(Role, "listed_role"))
    """What the course list tells; None for who is not on it."""
    listed_in: Mapped[int] = mapped_column(default=0)
    """Number of the last sync that listed the person."""
    left_at: Mapped[datetime | None]
    """Since when the person is no longer in the course; their work stays, a launch clears it."""
    told_groups: Mapped[str] = mapped_column(default="")
    """Ids of groups as the last launch told them, joined by commas."""
    granted_role: Mapped[Role | None] = mapped_column(one_of(Role, "granted_role"))
    """What an educator granted inside Miroir; wins over ``role``."""
    cohort_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cohorts.id"))
    """The cohort that the learner is in, one of this course's; staff are in none that counts."""
    listed_name: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Where the person stands in lists by name; triggers keep it after the person's names."""
    first_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    """Of the last launch; of who never launched (no ``launched_role``), when they were listed."""

    user: Mapped[User] = relationship()
    context: Mapped[Context] = relationship()

    @property
    def effective_role(self) -> Role:
        """The role that counts: granted here, else told by the LMS."""
        return self.granted_role or self.role


class CalendarFeed(Identified, Base):
    """A person's secret address of a calendar with their dates; deleted when they withdraw it."""

    __tablename__ = "calendar_feeds"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), unique=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the token in the address, in hexadecimal; the token is derived from ``id``."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
