"""Scores that are promised to the LMS: written with the change that earns them (DESIGN 6, Outbox).

The key of a score is (line item, user): see ``services.outbox.messages``.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from lti_tool.models.grades import LineItem, OutboxMessage, score_key
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.rules.completion import Progress
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.outbox.messages import About, enqueue, last_payload, lock_key
from lti_tool.services.outbox.shown import ShownScore, shown_for

KIND = "score"
MAX_COMMENT = 1000
OF = 100
"""What our scores are out of."""


@dataclass(frozen=True, slots=True)
class ScoreState:
    """How the last score of a learner fares on its way to the LMS.

    ``points`` of ``of``; ``reason`` is the stable code of the last failure, ``who_can_fix`` a value
    of ``errors.WhoCanFix``, ``detail`` what the LMS answered (first 500 characters).
    """

    message_id: uuid.UUID
    state: OutboxState
    points: float
    of: float
    attempts: int
    reason: str
    detail: str
    who_can_fix: str
    http_status: int | None
    promised_at: datetime
    next_attempt_at: datetime | None
    """When a queued one is tried next."""
    sent_at: datetime | None
    """When the LMS accepted it."""
    shown: ShownScore | None = None
    """What the LMS shows since; None if that was not read yet."""

    @property
    def can_retry(self) -> bool:
        """Whether a tutor may have it sent now."""
        if self.state is OutboxState.SENT:
            return self.shown is not None and self.shown.drift.can_resend
        return self.state is OutboxState.REFUSED or (
            self.state is OutboxState.QUEUED and self.attempts > 0
        )


def promise(
    session: Session, participation: Participation, progress: Progress, comment: str
) -> None:
    """Promise the score of ``progress`` to the column of the link that the learner last used.

    Does nothing if there is no column, if the learner is staff by now, or if what was promised last
    to that column says the same. Call it under the activity's lock and in the transaction that
    changed what counts; the message becomes visible to the worker with that change or not at all.
    """
    line_item = session.scalar(
        select(LineItem).where(LineItem.resource_link_id == participation.resource_link_id)
    )
    if line_item is None or not is_graded(session, participation):
        return
    key = score_key(line_item.id, participation.user_id)
    lock_key(session, About(line_item.registration_id, participation.id))
    payload = _payload(progress, comment)
    if last_payload(session, key) == payload:
        return
    enqueue(
        session,
        OutboxMessage(
            kind=KIND,
            key=key,
            registration_id=line_item.registration_id,
            line_item_id=line_item.id,
            user_id=participation.user_id,
            participation_id=participation.id,
            payload=payload,
        ),
    )


def tells_otherwise(
    reader: Session | Connection,
    participation_id: uuid.UUID,
    resource_link_id: uuid.UUID,
    progress: Progress,
) -> bool:
    """Return whether what was promised last to the learner's column differs from ``progress``.

    The column is that of the link. False where nothing was promised.
    """
    payload = reader.scalar(
        select(OutboxMessage.payload)
        .join(LineItem, LineItem.id == OutboxMessage.line_item_id)
        .where(
            LineItem.resource_link_id == resource_link_id,
            OutboxMessage.participation_id == participation_id,
            OutboxMessage.kind == KIND,
            OutboxMessage.state != OutboxState.SUPERSEDED,
        )
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
        .limit(1)
    )
    now = _payload(progress, "")
    told = ("scoreGiven", "activityProgress")
    return payload is not None and any(payload[name] != now[name] for name in told)


def states_for(
    session: Session,
    activity_id: uuid.UUID,
    participation_ids: Collection[uuid.UUID] | None = None,
) -> dict[uuid.UUID, ScoreState]:
    """Return the state of the last promised score by participation; nobody's without a promise.

    A page of learners names its ``participation_ids``, so that it costs the same in any course.
    """
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.kind == KIND, OutboxMessage.state != OutboxState.SUPERSEDED)
        .order_by(OutboxMessage.participation_id, OutboxMessage.created_at, OutboxMessage.id)
    )
    if participation_ids is None:
        of_activity = select(Participation.id).where(Participation.activity_id == activity_id)
        query = query.where(OutboxMessage.participation_id.in_(of_activity))
    else:
        query = query.where(OutboxMessage.participation_id.in_(list(participation_ids)))
    last = {m.participation_id: m for m in session.scalars(query) if m.participation_id}
    shown = shown_for(session, list(last.values()))
    return {key: state_of(message, shown.get(message.id)) for key, message in last.items()}


def _payload(progress: Progress, comment: str) -> dict[str, Any]:
    """Return the score without userId and timestamp (AGS 2.0, 3.4).

    Always FullyGraded: Moodle and Canvas take the grade away for anything else. Always with a
    comment: Moodle wipes it otherwise.
    """
    return {
        "scoreGiven": progress.score,
        "scoreMaximum": OF,
        "activityProgress": "Completed" if progress.complete else "InProgress",
        "gradingProgress": "FullyGraded",
        "comment": comment if len(comment) <= MAX_COMMENT else f"{comment[: MAX_COMMENT - 1]}…",
    }


def is_graded(session: Session, participation: Participation) -> bool:
    """Return whether the person takes part as a learner; staff are never graded."""
    membership = session.scalar(
        select(Membership).where(
            Membership.context_id == participation.activity.context_id,
            Membership.user_id == participation.user_id,
        )
    )
    if membership is None:
        return participation.user.erased_at is None
    return membership.effective_role.takes_part


def state_of(message: OutboxMessage, shown: ShownScore | None = None) -> ScoreState:
    """Return how a message fares; one that gives no points, since it takes them away, has 0."""
    queued = message.state is OutboxState.QUEUED
    return ScoreState(
        message_id=message.id,
        state=message.state,
        points=message.payload.get("scoreGiven", 0),
        of=message.payload["scoreMaximum"],
        attempts=message.attempts,
        reason=message.reason,
        detail=message.detail,
        who_can_fix=message.who_can_fix,
        http_status=message.http_status,
        promised_at=message.created_at,
        next_attempt_at=message.next_attempt_at if queued else None,
        sent_at=message.finished_at if message.state is OutboxState.SENT else None,
        shown=shown,
    )
