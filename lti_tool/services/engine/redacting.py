"""Passages and files that a tutor took out: what peers get instead, what others see of them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from lti_tool import clock
from lti_tool.i18n import gettext as _
from lti_tool.models.attachments import Attachment
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.desk import Redaction
from lti_tool.models.reflections import Reflection
from lti_tool.rules.redaction import hidden, in_line, marked
from lti_tool.services.engine.concerned import Work

Passages = Mapping[uuid.UUID, Sequence[str]]
"""By the id of a reflection or response: the passages that peers do not read."""


@dataclass(frozen=True, slots=True)
class RedactionView:
    """A passage or a file that was taken out, as its author and tutors read of it."""

    decision_id: uuid.UUID
    passage: str
    """Of a file its name."""
    reason: str
    is_file: bool = False


def passages_of(session: Session, work_ids: Collection[uuid.UUID]) -> Passages:
    """Return the passages that are out of works, in one query."""
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    query = select(Redaction).where(
        Redaction.lifted_at.is_(None),
        Redaction.attachment_id.is_(None),
        or_(Redaction.reflection_id.in_(work_ids), Redaction.response_id.in_(work_ids)),
    )
    for row in session.scalars(query) if work_ids else ():
        work_id = row.reflection_id or row.response_id
        if work_id is not None:
            found[work_id].append(row.passage)
    return dict(found)


def redactions_of(session: Session, work_id: uuid.UUID) -> tuple[RedactionView, ...]:
    """Return what is out of one work, with the reasons, oldest first."""
    query = (
        select(Redaction)
        .join(ModerationDecision, Redaction.decision_id == ModerationDecision.id)
        .where(
            Redaction.lifted_at.is_(None),
            or_(Redaction.reflection_id == work_id, Redaction.response_id == work_id),
        )
        .order_by(ModerationDecision.at, ModerationDecision.id)
        .options(joinedload(Redaction.decision))
    )
    return tuple(
        RedactionView(
            row.decision_id, row.passage, row.decision.reason, row.attachment_id is not None
        )
        for row in session.scalars(query)
    )


def withheld_files(session: Session, reflection_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return the files of a reflection that peers do not see.

    Also one with the same content, so that nobody shows it by adding it once more.
    """
    out = aliased(Attachment)
    query = (
        select(Attachment.id)
        .join(out, out.sha256 == Attachment.sha256)
        .join(Redaction, Redaction.attachment_id == out.id)
        .where(
            Attachment.reflection_id == reflection_id,
            Redaction.reflection_id == reflection_id,
            Redaction.lifted_at.is_(None),
        )
    )
    return frozenset(session.scalars(query))


def for_peers(html: str, passages: Sequence[str]) -> str:
    """Return a text as peers read it."""
    return hidden(html, passages, _("[taken out by a tutor]")) if passages and html else html


def for_author(html: str, passages: Sequence[str]) -> str:
    """Return a text as its author and tutors read it: whole, with what is out marked."""
    return marked(html, passages, _("Peers do not see:")) if passages and html else html


def take_out(
    session: Session,
    work: Work,
    decision: ModerationDecision,
    passage: str,
    file_id: uuid.UUID | None = None,
) -> None:
    """Keep what a decision takes out: a passage, or a file under the name ``passage``."""
    is_reflection = isinstance(work, Reflection)
    session.add(
        Redaction(
            reflection_id=work.id if is_reflection else None,
            response_id=None if is_reflection else work.id,
            decision_id=decision.id,
            passage=in_line(passage),
            attachment_id=file_id,
        )
    )
    session.flush()


def put_back(session: Session, decision_id: uuid.UUID) -> bool:
    """Let peers read again what a decision took out; return whether it was out."""
    row = session.scalar(
        select(Redaction).where(Redaction.decision_id == decision_id, Redaction.lifted_at.is_(None))
    )
    if row is None:
        return False
    row.lifted_at = clock.now()
    session.flush()
    return True
