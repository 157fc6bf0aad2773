"""How ratings fare on their way to Moodle, and what Moodle shows since (``ratings``)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, func, select, true
from sqlalchemy.orm import Session

from lti_tool.models.activities import Activity
from lti_tool.models.companion import MoodleRating
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.outbox.ratings import KIND, competency_of


class RatingDrift(StrEnum):
    """How what Moodle shows differs from what Miroir sent last."""

    SAME = "same"
    CHANGED = "changed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class RatingShown:
    """What Moodle showed when it was last read: the name of its level, empty for no rating."""

    label: str
    drift: RatingDrift
    read_at: datetime


@dataclass(frozen=True, slots=True)
class RatingState:
    """How the rating of one competency of a learner fares on its way to Moodle.

    Fields as in ``scores.ScoreState``; ``level`` is the position on our scale that was promised.
    """

    message_id: uuid.UUID
    competency_id: uuid.UUID
    level: int
    state: OutboxState
    attempts: int
    reason: str
    detail: str
    who_can_fix: str
    promised_at: datetime
    next_attempt_at: datetime | None
    sent_at: datetime | None
    shown: RatingShown | None = None

    @property
    def is_cleared(self) -> bool:
        """Whether Moodle showed no rating any more when it was last read."""
        return self.shown is not None and self.shown.drift is RatingDrift.MISSING

    @property
    def can_retry(self) -> bool:
        """Whether a tutor may have it sent now."""
        if self.state is OutboxState.SENT:
            return self.shown is not None and self.shown.drift is not RatingDrift.SAME
        return self.state is OutboxState.REFUSED or (
            self.state is OutboxState.QUEUED and self.attempts > 0
        )


def states_for(
    session: Session,
    participation_ids: Collection[uuid.UUID],
    which: ColumnElement[bool] | None = None,
) -> dict[uuid.UUID, dict[uuid.UUID, RatingState]]:
    """Return by participation and competency the state of the rating that was promised last."""
    rows = session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.kind == KIND,
            OutboxMessage.state != OutboxState.SUPERSEDED,
            OutboxMessage.participation_id.in_(list(participation_ids)),
            which if which is not None else true(),
        )
        .order_by(OutboxMessage.created_at, OutboxMessage.id)
    )
    last = {(one.participation_id, one.key): one for one in rows}
    shown = _shown(session, last.values())
    found: dict[uuid.UUID, dict[uuid.UUID, RatingState]] = {}
    for (participation_id, _key), message in last.items():
        state = _state(message, shown.get(message.id))
        if participation_id is not None:
            found.setdefault(participation_id, {})[state.competency_id] = state
    return found


def troubles_of(
    session: Session, participation_ids: Collection[uuid.UUID], which: ColumnElement[bool]
) -> dict[uuid.UUID, int]:
    """Return how many ratings of each learner were refused, or are shown otherwise in Moodle.

    Also those that stay in Moodle though no tutor confirms the level any more.
    """
    states = states_for(session, participation_ids, which)
    if not states:
        return {}
    levels = select(ConfirmedLevel.participation_id, ConfirmedLevel.competency_id)
    stand = {
        (row[0], row[1])
        for row in session.execute(levels.where(ConfirmedLevel.participation_id.in_(list(states))))
    }
    wrong = {
        key: sum(_is_wrong(one, (key, one.competency_id) in stand) for one in of_learner.values())
        for key, of_learner in states.items()
    }
    return {key: count for key, count in wrong.items() if count}


def _is_wrong(rating: RatingState, stands: bool) -> bool:
    if rating.state is not OutboxState.SENT:
        return rating.state is OutboxState.REFUSED
    return rating.can_retry if stands else not rating.is_cleared


def counts(session: Session, activity_id: uuid.UUID) -> dict[OutboxState, int]:
    """Return how many ratings of an activity stand in each state."""
    query = (
        select(OutboxMessage.state, func.count())
        .join(Participation, Participation.id == OutboxMessage.participation_id)
        .where(
            Participation.activity_id == activity_id,
            OutboxMessage.kind == KIND,
            OutboxMessage.state != OutboxState.SUPERSEDED,
            ~_has_newer(),
        )
        .group_by(OutboxMessage.state)
    )
    return dict(session.execute(query).all())


def drifted(session: Session, message: OutboxMessage) -> bool:
    """Return whether Moodle shows something else than a rating that it accepted."""
    if message.kind != KIND or message.state is not OutboxState.SENT:
        return False
    shown = _shown(session, [message]).get(message.id)
    return shown is not None and shown.drift is not RatingDrift.SAME


def _has_newer() -> ColumnElement[bool]:
    newer = OutboxMessage.__table__.alias("newer")
    return exists(
        select(newer.c.id).where(
            newer.c.key == OutboxMessage.key,
            newer.c.created_at > OutboxMessage.created_at,
            newer.c.state != OutboxState.SUPERSEDED,
        )
    )


def _shown(session: Session, messages: Iterable[OutboxMessage]) -> dict[uuid.UUID, RatingShown]:
    """Return by message what Moodle showed after it had been sent or refused."""
    ended = {
        one.id: one
        for one in messages
        if one.state in (OutboxState.SENT, OutboxState.REFUSED) and one.finished_at is not None
    }
    if not ended:
        return {}
    rows = session.execute(
        select(OutboxMessage.id, OutboxMessage.payload, MoodleRating)
        .join(Participation, Participation.id == OutboxMessage.participation_id)
        .join(Activity, Activity.id == Participation.activity_id)
        .join(
            MoodleRating,
            and_(
                MoodleRating.context_id == Activity.context_id,
                MoodleRating.user_id == OutboxMessage.user_id,
            ),
        )
        .where(OutboxMessage.id.in_(ended))
    )
    found = {}
    for message_id, payload, rating in rows:
        sent_at = ended[message_id].finished_at
        same = competency_of(payload) == rating.competency_id
        if same and sent_at is not None and rating.read_at >= sent_at:
            found[message_id] = RatingShown(rating.label, drift_of(rating), rating.read_at)
    return found


def drift_of(rating: MoodleRating) -> RatingDrift:
    """Return how what Moodle shows differs from what it was sent."""
    if rating.item is None:
        return RatingDrift.MISSING
    return RatingDrift.SAME if rating.item == rating.sent_item else RatingDrift.CHANGED


def _state(message: OutboxMessage, shown: RatingShown | None) -> RatingState:
    waits = message.state is OutboxState.QUEUED
    return RatingState(
        message_id=message.id,
        competency_id=competency_of(message.payload),
        level=int(message.payload["level"]),
        state=message.state,
        attempts=message.attempts,
        reason=message.reason,
        detail=message.detail,
        who_can_fix=message.who_can_fix,
        promised_at=message.created_at,
        next_attempt_at=message.next_attempt_at if waits else None,
        sent_at=message.finished_at if message.state is OutboxState.SENT else None,
        shown=shown,
    )
