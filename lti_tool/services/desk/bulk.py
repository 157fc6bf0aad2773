"""One decision on several works: shown before, taken together, taken back together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_tool.errors import IllegalTransition, NotFound, Stale
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.moderation import ALLOWED
from lti_tool.rules.vocabulary import Step, WorkState
from lti_tool.services.desk import deciding, work
from lti_tool.services.desk.deciding import Desk
from lti_tool.services.desk.queue import WorkKind
from lti_tool.services.engine.concerned import Work

MOST = 50
"""Works at once."""
STEPS = (Step.RELEASE, Step.RETURN, Step.WITHHOLD)
Picked = tuple[WorkKind, uuid.UUID]


@dataclass(frozen=True, slots=True)
class BulkLine:
    """One work of a bulk decision, before it is taken."""

    kind: WorkKind
    id: uuid.UUID
    author: str
    state: WorkState
    possible: bool
    needs_own: bool
    """Whether it waits for a decision of its own: it was flagged or appealed."""
    expected: str


@dataclass(frozen=True, slots=True)
class BulkDone:
    """What a bulk decision did; ``id`` takes it back."""

    id: uuid.UUID
    step: Step
    done: int
    left: tuple[str, ...]
    """Authors of works that had changed meanwhile, and were left alone."""


def preview(session: Session, at: Desk, picked: Sequence[Picked], step: Step) -> list[BulkLine]:
    """Return what a decision would do; works that the viewer does not see are left out."""
    lines = []
    for kind, work_id in list(dict.fromkeys(picked))[:MOST]:
        try:
            subject = work.load(session, at.activity, kind, work_id, at.scope)
        except NotFound:
            continue
        needs_own = _needs_own(subject)
        lines.append(
            BulkLine(
                kind,
                work_id,
                work.author_name(at.activity, subject),
                subject.state,
                subject.state in ALLOWED[step][0] and not needs_own,
                needs_own,
                work.expected_of(subject),
            )
        )
    return lines


def decide(
    session: Session, at: Desk, picked: Sequence[tuple[Picked, str]], step: Step, reason: str
) -> BulkDone:
    """Decide on each that still stands as it was shown; raise InvalidInput without a reason."""
    if step not in STEPS:
        raise IllegalTransition("work", "picked", step)
    batch_id, done, left = uuid.uuid4(), 0, []
    for (kind, work_id), expected in picked[:MOST]:
        try:
            subject = at.load(session, kind, work_id, expected)
            if _needs_own(subject):
                raise IllegalTransition(kind.value, subject.state, step)
            deciding.decide(session, at, subject, step, reason, batch_id)
            done += 1
        except (Stale, IllegalTransition):
            left.append(work.author_name(at.activity, _again(session, at, kind, work_id)))
        except NotFound:
            continue
    return BulkDone(batch_id, step, done, tuple(left))


def undo(session: Session, at: Desk, batch_id: uuid.UUID) -> tuple[int, int]:
    """Take back the decisions of a batch; return how many were, and how many could not be.

    Raises NotFound for a batch that is not the viewer's.
    """
    rows = session.scalars(_of(at, batch_id)).all()
    if not rows:
        raise NotFound("batch")
    undone = 0
    for row in rows:
        try:
            deciding.undo(session, at, row.id)
            undone += 1
        except (Stale, IllegalTransition, NotFound):
            continue
    return undone, len(rows) - undone


def taken(session: Session, at: Desk, batch_id: uuid.UUID) -> BulkDone | None:
    """Return what a batch of the viewer's did; None if there is none."""
    rows = session.scalars(_of(at, batch_id)).all()
    return BulkDone(batch_id, rows[0].step, len(rows), ()) if rows else None


def _needs_own(subject: Work) -> bool:
    """Return whether a work waits for a decision of its own: it was flagged or appealed."""
    return subject.flagged_at is not None or subject.appealed_at is not None


def _of(at: Desk, batch_id: uuid.UUID) -> Select[ModerationDecision]:
    return select(ModerationDecision).where(
        ModerationDecision.batch_id == batch_id,
        ModerationDecision.activity_id == at.activity.id,
        ModerationDecision.actor_id == at.viewer.user_id,
    )


def _again(session: Session, at: Desk, kind: WorkKind, work_id: uuid.UUID) -> Work:
    return work.load(session, at.activity, kind, work_id, at.scope)
