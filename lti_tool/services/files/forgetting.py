"""Files that nobody can reach any more: rows that were removed, and whose bytes are to go."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import Select, Text, cast, delete, exists, func, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.attachments import Attachment
from lti_tool.models.reflections import ReflectionRevision
from lti_tool.services.files.shown import PUT_BACK_WITHIN


def drop_removed(session: Session, limit: int) -> int:
    """Delete what authors removed and never handed in; return how many rows."""
    key = func.replace(cast(Attachment.id, Text), "-", "")
    handed_in = exists().where(
        ReflectionRevision.reflection_id == Attachment.reflection_id,
        cast(ReflectionRevision.files, Text).contains(key),
    )
    over = Attachment.removed_at < clock.now() - PUT_BACK_WITHIN
    ids = list(session.scalars(select(Attachment.id).where(over, ~handed_in).limit(limit)))
    if ids:
        session.execute(delete(Attachment).where(Attachment.id.in_(ids)))
    return len(ids)


def hashes_of(
    session: Session, reflections: Select[uuid.UUID] | Collection[uuid.UUID]
) -> frozenset[str]:
    """Return where the bytes of reflections' files lie, to be forgotten after their rows are."""
    query = select(Attachment.sha256).where(Attachment.reflection_id.in_(reflections))
    return frozenset(session.scalars(query))
