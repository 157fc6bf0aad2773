"""The moderation history of a reflection or a response: who, when, from, to, why."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.models.activities import Activity
from lti_tool.models.moderation import TUTOR_STEPS, ModerationDecision
from lti_tool.models.participations import Participation
from lti_tool.rules.vocabulary import Step, WorkState
from lti_tool.services.engine.anonymity import staff_name

UNDOABLE = TUTOR_STEPS | {Step.REDACT, Step.LEAVE}
BESIDE = (Step.COMMENT, Step.FLAG, Step.APPEAL, Step.WITHDRAW)
"""Steps after a decision that do not keep it from being taken back."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of the history; ``by`` is None where a rule did it, not a person."""

    id: uuid.UUID
    at: datetime
    by: uuid.UUID | None
    name: str
    step: Step
    from_state: WorkState | None
    to_state: WorkState | None
    reason: str
    detail: str = ""

    @property
    def can_be_undone(self) -> bool:
        """Whether this line, if it is the last, is a tutor's decision that can be taken back."""
        return (
            self.by is not None
            and self.step in UNDOABLE
            and self.from_state is not WorkState.SUBMITTED
        )

    @property
    def counts(self) -> bool:
        """Whether a decision before it cannot be taken back any more."""
        return self.step not in BESIDE


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
        .order_by(ModerationDecision.at, ModerationDecision.id)
        .options(joinedload(ModerationDecision.actor))
    )
    found: dict[uuid.UUID, list[HistoryLine]] = defaultdict(list)
    rows = list(session.scalars(query)) if work_ids else []
    aliases = _aliases(session, rows)
    for row in rows:
        work_id = row.reflection_id or row.response_id
        if work_id is not None:
            found[work_id].append(_line(row, aliases))
    return dict(found)


def _aliases(session: Session, rows: list[ModerationDecision]) -> dict[uuid.UUID, str]:
    """Return what staff call the learners among the actors, where names are hidden from staff."""
    activity = session.get(Activity, rows[0].activity_id) if rows else None
    if activity is None or not activity.anonymity.hides_from_staff:
        return {}
    query = (
        select(Participation)
        .where(
            Participation.activity_id == activity.id,
            Participation.user_id.in_({row.actor_id for row in rows if row.actor_id}),
        )
        .options(joinedload(Participation.user))
    )
    return {one.user_id: staff_name(activity, one) for one in session.scalars(query)}


def _line(row: ModerationDecision, aliases: Mapping[uuid.UUID, str]) -> HistoryLine:
    name = row.actor.display_name if row.actor else ""
    return HistoryLine(
        row.id,
        row.at,
        row.actor_id,
        aliases.get(row.actor_id, name) if row.actor_id else "",
        row.step,
        row.from_state,
        row.to_state,
        row.reason,
        row.detail,
    )
