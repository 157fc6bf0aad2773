"""Competency frameworks: an ordered tree of competencies with a scale of levels."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool import clock
from lti_tool.models.base import Base, Identified

EMPTY, NONE, NO_LIST = text("''"), text("'{}'"), text("'[]'")


class CompetencyFramework(Identified, Base):
    """A framework; without a registration it is the installation's and everybody's."""

    __tablename__ = "competency_frameworks"
    __table_args__ = (UniqueConstraint("registration_id", "identifier"),)

    registration_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("registrations.id"))
    identifier: Mapped[str]
    """Stable identifier of the framework, as in CASE's CFDocument identifier."""
    title: Mapped[dict[str, str]]
    """Text per language tag, like all texts of a framework."""
    source: Mapped[str] = mapped_column(default="")
    """Attribution: where it comes from and under which licence, printed wherever it is shown."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime | None]
    """When an import last changed something of it."""
    description: Mapped[dict[str, str]] = mapped_column(default=dict, server_default=NONE)
    uri: Mapped[str] = mapped_column(default="", server_default=EMPTY)
    """The publisher's own address of it; empty if we are the publisher."""
    creator: Mapped[str] = mapped_column(default="", server_default=EMPTY)
    version: Mapped[str] = mapped_column(default="", server_default=EMPTY)
    language: Mapped[str] = mapped_column(default="en", server_default=text("'en'"))
    """The language that its publisher wrote it in."""
    unofficial: Mapped[list[str]] = mapped_column(default=list, server_default=NO_LIST)
    """Languages whose texts are translations of ours, which no publisher has approved."""
    licence: Mapped[str] = mapped_column(default="", server_default=EMPTY)
    licence_url: Mapped[str] = mapped_column(default="", server_default=EMPTY)
    scale: Mapped[str] = mapped_column(default="own", server_default=text("'own'"))
    """Key of the scale (``rules.scales``) that its levels were made from; ``own`` if none."""
    is_public: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a registration's framework is served to everybody, as the installation's are."""
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=NONE)
    """What an import told that nothing here stands for, given back at an export."""

    levels: Mapped[list[CompetencyLevel]] = relationship(order_by="CompetencyLevel.position")
    competencies: Mapped[list[Competency]] = relationship(
        order_by="(Competency.position, Competency.id)"
    )


class CompetencyLevel(Identified, Base):
    """One level of a framework's scale; position 1 is the lowest."""

    __tablename__ = "competency_levels"
    __table_args__ = (UniqueConstraint("framework_id", "position"),)

    framework_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("competency_frameworks.id", ondelete="CASCADE")
    )
    position: Mapped[int]
    label: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]]
    is_default: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether an LMS gives this level where completion alone decides."""
    is_proficient: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether who has this level counts as proficient."""


class Competency(Identified, Base):
    """One competency of a framework, or a group of some."""

    __tablename__ = "competencies"
    __table_args__ = (
        UniqueConstraint("framework_id", "identifier"),
        Index("ix_competencies_framework_id_position", "framework_id", "position"),
        Index("ix_competencies_parent_id", "parent_id"),
        Index("ix_competencies_identifier", "identifier"),
        Index("ix_competencies_link_identifier", "link_identifier"),
    )

    framework_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("competency_frameworks.id", ondelete="CASCADE")
    )
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("competencies.id"))
    identifier: Mapped[str]
    """CASE CFItem identifier (a UUID), the part after ``case:`` in a grade's tag."""
    code: Mapped[str] = mapped_column(default="")
    statement: Mapped[dict[str, str]]
    position: Mapped[int]
    """Place in the framework, a parent before its children."""
    depth: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How many competencies stand above it."""
    description: Mapped[dict[str, str]] = mapped_column(default=dict, server_default=NONE)
    kind: Mapped[str] = mapped_column(default="", server_default=EMPTY)
    """What its publisher calls such an item: area, competence, skill."""
    uri: Mapped[str] = mapped_column(default="", server_default=EMPTY)
    retired_at: Mapped[datetime | None]
    """When its publisher dropped it while activities or ratings still refer to it."""
    words: Mapped[str] = mapped_column(default="", server_default=EMPTY)
    """Code and texts of all languages, folded, for searching."""
    fingerprint: Mapped[str] = mapped_column(default="", server_default=EMPTY)
    """Digest of all that an import told of it, so that the next one sees what changed."""
    link_identifier: Mapped[str] = mapped_column(default="", server_default=EMPTY)
    """CASE CFAssociation identifier of its place below its parent, or below the framework."""
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=NONE)
    """As of a framework."""


class CompetencyLink(Identified, Base):
    """What an import told of how two items are related, other than a parent and its child."""

    __tablename__ = "competency_links"
    __table_args__ = (
        UniqueConstraint("framework_id", "identifier"),
        Index("ix_competency_links_identifier", "identifier"),
    )

    framework_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("competency_frameworks.id", ondelete="CASCADE")
    )
    identifier: Mapped[str]
    """CASE CFAssociation identifier."""
    kind: Mapped[str]
    """CASE associationType: exactMatchOf, isRelatedTo…"""
    origin: Mapped[str]
    destination: Mapped[str]
    """Identifiers of items, not always of this framework."""
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=NONE)


class FrameworkUpload(Identified, Base):
    """A file that an educator looks at before they let it change a framework."""

    __tablename__ = "framework_uploads"
    __table_args__ = (Index("ix_framework_uploads_user_id", "user_id"),)

    registration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE")
    )
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    """Name of the file, or the address it came from."""
    options: Mapped[dict[str, str]]
    """What was chosen with it: format, scale, language."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class FrameworkChange(Identified, Base):
    """One import that changed a framework: who did it, and how many competencies it changed."""

    __tablename__ = "framework_changes"
    __table_args__ = (Index("ix_framework_changes_framework_id_at", "framework_id", "at"),)

    framework_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("competency_frameworks.id", ondelete="CASCADE")
    )
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    """The educator; empty if it was who runs the server."""
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    retired: Mapped[int] = mapped_column(default=0)
    """Also those that nobody used, which are gone."""
