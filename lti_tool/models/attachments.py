"""Files that learners add to the answers of a reflection, and titles of the pages they link to."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.models.base import Base, Identified, one_of
from lti_tool.rules.files import FileKind


class Attachment(Identified, Base):
    """A file of a reflection. Its bytes lie in the file store under ``sha256``, cleaned.

    The working text has those that were not removed; what was handed in is in
    ``ReflectionRevision.files``, where a file stays when its author removes it later.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint("size >= 0", name="size"),
        Index("ix_attachments_reflection_id", "reflection_id"),
        Index("ix_attachments_sha256", "sha256"),
        Index("ix_attachments_removed_at", "removed_at"),
    )

    reflection_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("reflections.id", ondelete="CASCADE")
    )
    prompt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prompts.id"))
    """The question that it belongs to: who reads the answer sees the file."""
    kind: Mapped[FileKind] = mapped_column(one_of(FileKind, "kind"))
    name: Mapped[str]
    """As its author called it; readers from whom the author is hidden never see it."""
    media_type: Mapped[str]
    size: Mapped[int]
    """Bytes, as stored."""
    sha256: Mapped[str]
    """Hexadecimal digest of the bytes as stored."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    """Pixels of a picture."""
    alt: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """What a picture shows, in its author's words."""
    is_decorative: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether its author says that a picture adds nothing to the text."""
    position: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]


class LinkTitle(Identified, Base):
    """The title of a public page that somebody linked to, or that there is none to be had."""

    __tablename__ = "link_titles"
    __table_args__ = (Index("ix_link_titles_asked_at", "asked_at"),)

    url_hash: Mapped[str] = mapped_column(unique=True)
    """Hexadecimal SHA-256 of the address."""
    url: Mapped[str]
    title: Mapped[str] = mapped_column(default="", server_default=text("''"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    fetched_at: Mapped[datetime | None]
    """When the page was asked for its title; empty while that is still to be done."""
