"""Asking learners, weeks later, what became of their next step."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock, i18n
from lti_tool.errors import NotFound
from lti_tool.models import Database
from lti_tool.models.participations import FollowUp, NextStep
from lti_tool.rules.follow_ups import AFTER_DAYS, asked_now, due_days
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Outcome
from lti_tool.services.learner.follow_up_views import FollowUpView, follow_up_views
from lti_tool.services.learner.standing import Standing, own_participation, standing_of
from lti_tool.services.locking import lock_participation


@dataclass(frozen=True, slots=True)
class Question:
    """What a learner is asked of their next step."""

    after_days: int
    action: str
    by_date: date
    opportunity: str
    committed_at: datetime


@dataclass(frozen=True, slots=True)
class FollowUpPage:
    """The question that is due, if one is, and what was answered before."""

    standing: Standing
    question: Question | None
    answers: tuple[FollowUpView, ...]


@dataclass(frozen=True, slots=True)
class FollowUps:
    """Use cases of looking back at a next step."""

    db: Database

    def page(self, viewer: Viewer, activity_id: uuid.UUID) -> FollowUpPage:
        """Return what to ask the learner now, and what they said before; raise NotFound."""
        standing = standing_of(self.db, viewer, activity_id)
        with self.db.read() as session:
            key = standing.participation_id
            return FollowUpPage(standing, question(session, key), follow_up_views(session, key))

    def answer(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        after_days: int,
        outcome: Outcome,
        result: str,
        shared: bool,
    ) -> None:
        """Keep what became of the next step; a second answer to the same question replaces it.

        ``shared`` lets tutors read it. Raises NotFound where there is no step or no such question.
        """
        with self.db.write() as session:
            participation = own_participation(session, viewer, activity_id)
            lock_participation(session, participation.id)  # another tab may answer as well
            step = session.get(NextStep, participation.id)
            if step is None or after_days not in AFTER_DAYS:
                raise NotFound("question")
            row = session.scalar(
                select(FollowUp).where(
                    FollowUp.participation_id == participation.id,
                    FollowUp.after_days == after_days,
                    FollowUp.committed_at == step.committed_at,
                )
            )
            if row is None:
                row = FollowUp(
                    participation_id=participation.id,
                    after_days=after_days,
                    committed_at=step.committed_at,
                    action=step.action,
                )
                session.add(row)
            row.outcome, row.result, row.shared = outcome, result, shared
            row.answered_at = clock.now()


def question(session: Session, participation_id: uuid.UUID) -> Question | None:
    """Return what to ask a learner today, where the reader is; None if nothing is due."""
    rows = session.execute(
        select(NextStep, FollowUp.after_days)
        .outerjoin(
            FollowUp,
            (FollowUp.participation_id == NextStep.participation_id)
            & (FollowUp.committed_at == NextStep.committed_at),
        )
        .where(NextStep.participation_id == participation_id)
    ).all()
    if not rows:
        return None
    step = rows[0][0]
    answered = [after for _step, after in rows if after is not None]
    after = asked_now(question_days(step), answered, clock.now().astimezone(i18n.zone()).date())
    if after is None:
        return None
    return Question(after, step.action, step.by_date, step.opportunity, step.committed_at)


def question_days(step: NextStep) -> dict[int, date]:
    """Return the days on which a step is asked about, as the reader's calendar counts them."""
    return due_days(step.committed_at.astimezone(i18n.zone()).date(), step.by_date)
