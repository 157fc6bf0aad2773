"""What staff are told of a copied activity until an educator has seen to it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from lti_tool.models.activities import Activity
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.participations import (
    ConfirmedLevel,
    NextStep,
    Participation,
    SelfRating,
)
from lti_tool.models.people import Context
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation


@dataclass(frozen=True, slots=True)
class CopyNotice:
    """A copy whose dates nobody has looked at yet."""

    course: str
    """Title of the course that it was copied from; empty if we may not tell or do not know."""
    is_duplicate: bool
    """Whether the original is of the same course."""
    has_dates: bool
    is_being_prepared: bool
    """Whether learners wait, since all its dates are over."""
    can_be_left: bool
    """Whether no learner has done anything in it yet."""


def notice_of(session: Session, activity: Activity) -> CopyNotice | None:
    """Return the notice of an activity; None unless it is a copy that waits to be looked at."""
    if activity.copied_at is None or activity.copy_checked_at is not None:
        return None
    original = session.get(Activity, activity.copied_from_id) if activity.copied_from_id else None
    # The name of a course stays in its deployment: another may be another school's.
    near = original is not None and original.deployment_id == activity.deployment_id
    course = session.get(Context, original.context_id) if original and original.context_id else None
    dates = (activity.opens_at, activity.now_due_at, activity.new_due_at, activity.next_due_at)
    return CopyNotice(
        course=course.title if course and near else "",
        is_duplicate=original is not None and original.context_id == activity.context_id,
        has_dates=any(dates),
        is_being_prepared=activity.is_being_prepared,
        can_be_left=not has_work(session, activity),
    )


def has_work(session: Session, activity: Activity) -> bool:
    """Return whether a learner has done anything in an activity; to have opened it is nothing."""
    done = (
        exists().where(model.participation_id == Participation.id)
        for model in (Reflection, SelfRating, NextStep, ConfirmedLevel, OutboxMessage)
    )
    began = exists().where(
        Participation.activity_id == activity.id,
        or_(
            Participation.need != "",
            exists().where(Allocation.reviewer_id == Participation.id),
            *done,
        ),
    )
    return bool(session.scalar(select(began)))
