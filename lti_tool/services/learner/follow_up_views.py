"""What became of a next step, as its learner and, where allowed, the tutor read it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.participations import FollowUp
from lti_tool.rules.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """An answer to the question what became of a next step."""

    after_days: int
    action: str
    """The step, in the words in which it was committed to."""
    outcome: Outcome
    result: str
    shared: bool
    answered_at: datetime


def follow_up_views(session: Session, participation_id: uuid.UUID) -> tuple[FollowUpView, ...]:
    """Return a learner's answers, oldest first."""
    query = (
        select(FollowUp)
        .where(FollowUp.participation_id == participation_id)
        .order_by(FollowUp.answered_at, FollowUp.id)
    )
    return tuple(
        FollowUpView(
            row.after_days, row.action, row.outcome, row.result, row.shared, row.answered_at
        )
        for row in session.scalars(query)
    )


def shared_follow_ups(session: Session, participation_id: uuid.UUID) -> tuple[FollowUpView, ...]:
    """Return those that the learner lets tutors read."""
    return tuple(one for one in follow_up_views(session, participation_id) if one.shared)
