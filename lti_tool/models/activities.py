"""Activities: what an educator builds and embeds."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.models.frameworks import Competency, CompetencyFramework
from lti_tool.rules.copies import awaits_check
from lti_tool.rules.giving import AllocationPool
from lti_tool.rules.vocabulary import (
    ActivityState,
    Anonymity,
    Audience,
    CopySign,
    DepthRubric,
    ModerationMode,
    Phase,
)


class Activity(Identified, Base):
    """A peer-reflection activity of one context."""

    __tablename__ = "activities"
    __table_args__ = (
        CheckConstraint("responses_required BETWEEN 0 AND 10", name="responses_required"),
        CheckConstraint("grace_minutes BETWEEN 0 AND 1440", name="grace_minutes"),
        CheckConstraint("answer_within_days BETWEEN 1 AND 60", name="answer_within_days"),
        CheckConstraint(
            "weight_reflection >= 0 AND weight_responses >= 0 AND weight_helpfulness >= 0"
            " AND weight_next_step >= 0 AND weight_reflection + weight_responses"
            " + weight_helpfulness + weight_next_step = 100",
            name="weights",
        ),
        Index("ix_activities_context_id", "context_id"),
        Index(
            "ix_activities_drafts",
            "updated_at",
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )

    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("registrations.id"))
    deployment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deployments.id"))
    context_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contexts.id"))
    """The course; empty only while a deep linking launch without a context is not yet opened."""
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Plain text that goes with the link to the course; may be empty."""
    template: Mapped[str] = mapped_column(default="now_new_next")
    locale: Mapped[str] = mapped_column(default="en")
    """The language in which the educator wrote the prompts."""
    state: Mapped[ActivityState] = mapped_column(
        one_of(ActivityState, "state"), default=ActivityState.PUBLISHED
    )
    framework_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("competency_frameworks.id"))
    responses_required: Mapped[int] = mapped_column(default=2)
    """Responses each learner gives, and may expect to receive."""
    allocation_pool: Mapped[AllocationPool] = mapped_column(
        one_of(AllocationPool, "allocation_pool"),
        default=AllocationPool.CONTEXT,
        server_default=text("'context'"),
    )
    """Whose reflections a learner is given to answer."""
    reflection_moderation: Mapped[ModerationMode] = mapped_column(
        one_of(ModerationMode, "reflection_moderation"), default=ModerationMode.AFTER
    )
    response_moderation: Mapped[ModerationMode] = mapped_column(
        one_of(ModerationMode, "response_moderation"), default=ModerationMode.AFTER
    )
    grace_minutes: Mapped[int] = mapped_column(default=15)
    """Time in which an author can take a submission back before anyone sees it."""
    anonymity: Mapped[Anonymity] = mapped_column(
        one_of(Anonymity, "anonymity"), default=Anonymity.OPEN, server_default="open"
    )
    """Once somebody has written, it may only come to hide more (``services.engine.anonymity``)."""
    tutor_confirms: Mapped[bool] = mapped_column(default=True)
    """Whether completion waits for a tutor to confirm competency levels."""
    depth_rubric: Mapped[DepthRubric] = mapped_column(
        one_of(DepthRubric, "depth_rubric"), default=DepthRubric.NONE, server_default="none"
    )
    """By which rubric tutors say how deep reflections go; never part of the score."""
    weight_reflection: Mapped[int] = mapped_column(default=40)
    weight_responses: Mapped[int] = mapped_column(default=30)
    weight_helpfulness: Mapped[int] = mapped_column(default=10)
    weight_next_step: Mapped[int] = mapped_column(default=20)
    opens_at: Mapped[datetime | None]
    now_due_at: Mapped[datetime | None]
    new_due_at: Mapped[datetime | None]
    """From then on a learner need not wait for more responses (enough or date)."""
    next_due_at: Mapped[datetime | None]
    accepts_late: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether a phase stays open to a learner after their date for it."""
    starts_on_joining: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether who joins the course after it opened has as many days as the others had."""
    takes_files: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether learners may add files and pictures to their answers."""
    answer_within_days: Mapped[int] = mapped_column(default=3, server_default=text("3"))
    """After so many days without a response a reflection is the tutor's to answer."""
    competency_columns: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether confirmed levels go to gradebook columns of their own, one per competency."""
    column_notes_at: Mapped[datetime | None]
    """From when on what tutors write about a level goes there with it; empty if it never does."""
    columns_caught_up_to: Mapped[uuid.UUID | None]
    """The participation up to which columns were told what stood when they were switched on.

    Empty once all were; the identifier of zeros before the first.
    """
    offers_credentials: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether learners can take levels that are confirmed here along as credentials."""
    closed_at: Mapped[datetime | None]
    """Since when an educator has archived it: learners read what is theirs and change nothing."""
    criteria_min_words: Mapped[int] = mapped_column(default=5, server_default=text("5"))
    """Words of a comment by a criterion (``models.criteria``) at least."""
    criteria_published: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the criteria are served with the framework, as a CASE rubric."""
    calibration_minimum: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How many exemplars a learner reads before the first response; 0: no practice."""
    calibration_skippable: Mapped[bool] = mapped_column(default=False, server_default=false())
    event_at: Mapped[datetime | None]
    """When the live session is, or was, that learners write about."""
    shared_links: Mapped[list[dict[str, str]]] = mapped_column(
        default=list, server_default=text("'[]'")
    )
    """What was shared there, in order: ``url``, ``words`` of who shared it, ``by`` a pseudonym."""
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    copied_from_id: Mapped[uuid.UUID | None]
    """The activity whose settings it began with; kept when that is erased (no foreign key)."""
    copied_at: Mapped[datetime | None]
    copied_by_sign: Mapped[CopySign | None] = mapped_column(one_of(CopySign, "copied_by_sign"))
    """How the original was recognised."""
    copy_checked_at: Mapped[datetime | None]
    """When an educator said that the dates it brought along are good."""

    framework: Mapped[CompetencyFramework | None] = relationship()
    versions: Mapped[list[ActivityVersion]] = relationship(order_by="ActivityVersion.number")
    competencies: Mapped[list[Competency]] = relationship(
        secondary="activity_competencies", order_by="(Competency.position, Competency.id)"
    )

    @property
    def current_version(self) -> ActivityVersion:
        """The version that new work answers."""
        return self.versions[-1]

    @property
    def is_being_prepared(self) -> bool:
        """Whether it is a copy whose dates were all over already, and nobody has seen to it yet."""
        dates = (self.now_due_at, self.new_due_at, self.next_due_at)
        return awaits_check(dates, self.copied_at, self.copy_checked_at)

    def place(self) -> None:
        """Note that a link of a course opens it: it is no draft any more, and in use again."""
        self.state = ActivityState.PUBLISHED


class ActivityCompetency(Base):
    """A competency that an activity is tagged with."""

    __tablename__ = "activity_competencies"

    activity_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True
    )
    competency_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("competencies.id"), primary_key=True
    )
    target_level: Mapped[int | None]
    """Position on the scale that the educator suggests to aim at."""


class ActivityVersion(Identified, Base):
    """The prompts as they stood at one time; work stays tied to the version it answered."""

    __tablename__ = "activity_versions"
    __table_args__ = (UniqueConstraint("activity_id", "number"),)

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    number: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    prompts: Mapped[list[Prompt]] = relationship(order_by="Prompt.position")


class Prompt(Identified, Base):
    """One question of an activity."""

    __tablename__ = "prompts"
    __table_args__ = (
        UniqueConstraint("version_id", "position"),
        CheckConstraint(
            "min_words >= 0 AND (max_words IS NULL OR max_words >= min_words)", name="words"
        ),
    )

    version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("activity_versions.id", ondelete="CASCADE")
    )
    position: Mapped[int]
    phase: Mapped[Phase] = mapped_column(one_of(Phase, "phase"), default=Phase.NOW)
    root_id: Mapped[uuid.UUID | None]
    """The prompt of an earlier version that this one continues; empty if it is the first."""
    template_key: Mapped[str] = mapped_column(default="")
    """Set while the wording is the template's: then each reader sees it in their own language."""
    text: Mapped[str]
    help: Mapped[str] = mapped_column(default="")
    translations: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """Own wording in other languages: language tag to ``text`` and ``help``."""
    min_words: Mapped[int] = mapped_column(default=0)
    """Characters instead of words for Chinese and Japanese."""
    max_words: Mapped[int | None]
    required: Mapped[bool] = mapped_column(default=True)
    audience: Mapped[Audience] = mapped_column(
        one_of(Audience, "audience"), default=Audience.COHORT
    )

    competencies: Mapped[list[Competency]] = relationship(
        secondary="prompt_competencies",
        order_by="(Competency.position, Competency.id)",
        lazy="selectin",
    )

    @property
    def root(self) -> uuid.UUID:
        """What it has in common with the same question of other versions."""
        return self.root_id or self.id


class PromptCompetency(Base):
    """A competency that a prompt speaks to, one of its activity's."""

    __tablename__ = "prompt_competencies"

    prompt_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("prompts.id", ondelete="CASCADE"), primary_key=True
    )
    competency_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("competencies.id"), primary_key=True
    )


class ResourceLink(Identified, Base):
    """A placement of the tool in a context (LTI Core 5.3.5), and the activity it opens."""

    __tablename__ = "resource_links"
    __table_args__ = (
        UniqueConstraint("context_id", "lti_id"),
        Index("ix_resource_links_activity_id", "activity_id"),
        Index("ix_resource_links_lti_id", "lti_id"),
    )

    context_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contexts.id"))
    lti_id: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    activity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("activities.id"))
    named_id: Mapped[uuid.UUID | None]
    """The activity that the platform's link names, of whatever course; copies name it for ever."""
    placement_id: Mapped[uuid.UUID | None]
    """Of the deep linking answer that made the link; a second link with it is a duplicate."""
    was_copied: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a copy was made for it once: empty again, it waits for an educator's choice."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
