"""What the LMS shows beside what we sent: the same, or somebody changed it there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.lti.families import FAMILIES, Shown
from lti_tool.lti.results import same
from lti_tool.models.grades import OutboxMessage, Result
from lti_tool.models.platforms import Registration
from lti_tool.rules.vocabulary import OutboxState, PlatformFamily


class Drift(StrEnum):
    """How what the LMS shows differs from what Miroir sent last."""

    SAME = "same"
    CHANGED = "changed"
    """Another grade: somebody, or a rule, changed it there."""
    MISSING = "missing"
    """No grade at all."""
    ZERO_NOT_SHOWN = "zero_not_shown"
    """We sent 0, which this LMS does not show."""

    @property
    def can_resend(self) -> bool:
        """Whether sending ours again may change what the LMS shows."""
        return self in (Drift.CHANGED, Drift.MISSING)


@dataclass(frozen=True, slots=True)
class ShownScore:
    """What the LMS showed when it was last read: ``points`` (None: no grade), on our scale."""

    points: float | None
    of: float
    drift: Drift
    read_at: datetime


def keep(
    session: Session,
    line_item_id: uuid.UUID,
    found: Mapping[uuid.UUID, Shown | None],
    now: datetime,
) -> None:
    """Write down what one column shows, by user; None for who has no grade there."""
    rows = {
        row.user_id: row
        for row in session.scalars(
            select(Result).where(Result.line_item_id == line_item_id, Result.user_id.in_(found))
        )
    }
    for user_id, shown in found.items():
        row = rows.get(user_id) or Result(line_item_id=line_item_id, user_id=user_id)
        row.points, row.maximum = (shown.points, shown.of) if shown else (None, None)
        row.read_at = now
        session.add(row)


def shown_for(session: Session, messages: Sequence[OutboxMessage]) -> dict[uuid.UUID, ShownScore]:
    """Return what the LMS shows for scores that were sent or refused, by message.

    What was read before a score was sent says nothing about it.
    """
    ended = {
        (message.line_item_id, message.user_id): message
        for message in messages
        if message.state in (OutboxState.SENT, OutboxState.REFUSED)
    }
    if not ended:
        return {}
    query = (
        select(Result, Registration.family)
        .join(
            OutboxMessage,
            (OutboxMessage.line_item_id == Result.line_item_id)
            & (OutboxMessage.user_id == Result.user_id),
        )
        .join(Registration, OutboxMessage.registration_id == Registration.id)
        .where(OutboxMessage.id.in_([message.id for message in ended.values()]))
    )
    shown = {}
    for result, family in session.execute(query):
        message = ended[result.line_item_id, result.user_id]
        if message.finished_at is not None and result.read_at >= message.finished_at:
            shown[message.id] = _compared(family, result, message.payload)
    return shown


def _compared(family: PlatformFamily, result: Result, payload: Mapping[str, Any]) -> ShownScore:
    found = Shown(result.points, result.maximum)
    of = float(payload["scoreMaximum"])
    points = None if found.points is None else found.points / (found.of or of) * of
    return ShownScore(points, of, drift_of(family, found, payload), result.read_at)


def drift_of(family: PlatformFamily, shown: Shown, payload: Mapping[str, Any]) -> Drift:
    """Return how what the LMS shows differs from the score of ``payload``."""
    if same(family, shown, payload):
        return Drift.SAME
    if shown.points is not None:
        return Drift.CHANGED
    hidden = payload.get("scoreGiven") == 0 and not FAMILIES[family].shows_zero
    return Drift.ZERO_NOT_SHOWN if hidden else Drift.MISSING
