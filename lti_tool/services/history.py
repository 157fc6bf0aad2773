"""The moderation history of a reflection or a response: who, when, from, to, why."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.models.moderation import ModerationDecision
from lti_tool.rules.vocabulary import Step, WorkState

TUTOR_STEPS = frozenset({Step.HOLD, Step.RELEASE, Step.RETURN, Step.WITHHOLD})
"""Steps that a tutor takes, and can take back."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of the history; ``by`` is None where a rule did it, not a person."""

    id: uuid.UUID
    at: datetime
    by: uuid.UUID | None
    name: str
    step: Step
    from_state: WorkState
    to_state: WorkState
    reason: str

    @property
    def can_be_undone(self) -> bool:
        """Whether this line, if it is the last, is a tutor's decision that can be taken back."""
        return (
            self.by is not None
            and self.step in TUTOR_STEPS
            and self.from_state is not WorkState.SUBMITTED
        )


def history_of(session: Session, work_id: uuid.UUID) -> list[HistoryLine]:
    """Return the history of the reflection or response with this id, oldest first."""
    return histories_of(session, [work_id]).get(work_id, [])


def histories_of(
    session: Session, work_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[HistoryLine]]:
    """Return the histories of several reflections and responses, by id, each oldest first."""
    query = (
        select(ModerationDecision)
        .where(
            or_(
                ModerationDecision.reflection_id.in_(work_ids),
                ModerationDecision.response_id.in_(work_ids),
            )
        )
        .order_by(ModerationDecision.at)
        .options(joinedload(ModerationDecision.actor))
    )
    found: dict[uuid.UUID, list[HistoryLine]] = defaultdict(list)
    for row in session.scalars(query) if work_ids else ():
        work_id = row.reflection_id or row.response_id
        if work_id is not None:
            found[work_id].append(_line(row))
    return dict(found)


def _line(row: ModerationDecision) -> HistoryLine:
    return HistoryLine(
        row.id,
        row.at,
        row.actor_id,
        row.actor.display_name if row.actor else "",
        row.step,
        row.from_state,
        row.to_state,
        row.reason,
    )
