"""Scores that are promised to the LMS: written with the change that earns them (DESIGN 6, Outbox).

The key of a score is (line item, user). At most one message of a key is queued; a newer score
supersedes it. While one is being sent, the newer one waits queued.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.rules.completion import Progress
from lti_tool.rules.vocabulary import OutboxState

PROMISED = "score promised"
"""Set in ``session.info`` by a transaction that promised something: then the worker is woken."""
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

    @property
    def can_retry(self) -> bool:
        """Whether a tutor may have it sent now."""
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
    if line_item is None or not _is_graded(session, participation):
        return
    lock_key(session, participation.id)
    payload = _payload(progress, comment)
    if _last_promised(session, line_item.id, participation.user_id) == payload:
        return
    supersede(session, line_item.id, participation.user_id)
    session.add(
        OutboxMessage(
            registration_id=line_item.registration_id,
            line_item_id=line_item.id,
            user_id=participation.user_id,
            participation_id=participation.id,
            payload=payload,
            next_attempt_at=clock.now(),
        )
    )
    session.flush()
    session.info[PROMISED] = True


def lock_key(session: Session, participation_id: uuid.UUID) -> None:
    """Let nobody else queue or requeue a score of this learner before we commit.

    Taken before any message is touched, in every transaction, so that none waits in a circle.
    """
    session.execute(
        select(Participation.id)
        .where(Participation.id == participation_id)
        .with_for_update(key_share=True)
    )


def supersede(session: Session, line_item_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Take the queued message of a key out of the queue; one that is being sent goes on."""
    session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.line_item_id == line_item_id,
            OutboxMessage.user_id == user_id,
            OutboxMessage.state == OutboxState.QUEUED,
        )
        .values(state=OutboxState.SUPERSEDED, finished_at=clock.now())
    )


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
        .where(OutboxMessage.state != OutboxState.SUPERSEDED)
        .order_by(OutboxMessage.participation_id, OutboxMessage.created_at)
    )
    if participation_ids is None:
        of_activity = select(Participation.id).where(Participation.activity_id == activity_id)
        query = query.where(OutboxMessage.participation_id.in_(of_activity))
    else:
        query = query.where(OutboxMessage.participation_id.in_(list(participation_ids)))
    return {message.participation_id: _state(message) for message in session.scalars(query)}


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


def _is_graded(session: Session, participation: Participation) -> bool:
    """Return whether the person takes part as a learner; staff are never graded."""
    membership = session.scalar(
        select(Membership).where(
            Membership.context_id == participation.activity.context_id,
            Membership.user_id == participation.user_id,
        )
    )
    return membership is None or membership.effective_role.takes_part


def _last_promised(
    session: Session, line_item_id: uuid.UUID, user_id: uuid.UUID
) -> dict[str, Any] | None:
    return session.scalar(
        select(OutboxMessage.payload)
        .where(
            OutboxMessage.line_item_id == line_item_id,
            OutboxMessage.user_id == user_id,
            OutboxMessage.state != OutboxState.SUPERSEDED,
        )
        .order_by(OutboxMessage.created_at.desc())
        .limit(1)
    )


def _state(message: OutboxMessage) -> ScoreState:
    queued = message.state is OutboxState.QUEUED
    return ScoreState(
        message_id=message.id,
        state=message.state,
        points=message.payload["scoreGiven"],
        of=message.payload["scoreMaximum"],
        attempts=message.attempts,
        reason=message.reason,
        detail=message.detail,
        who_can_fix=message.who_can_fix,
        http_status=message.http_status,
        promised_at=message.created_at,
        next_attempt_at=message.next_attempt_at if queued else None,
        sent_at=message.finished_at if message.state is OutboxState.SENT else None,
    )
