"""Confirming competency levels: only a tutor does, and a grade's comment carries them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import NotFound, Stale
from lti_tool.models.activities import Activity
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Step
from lti_tool.services.cohort_scope import Scope, scope_of
from lti_tool.services.engine import completion
from lti_tool.services.locking import lock_activity


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a tutor says of one competency; ``level`` None takes a confirmation back.

    ``seen`` is what stood there when the tutor decided (``seen_of``).
    """

    competency_id: uuid.UUID
    level: int | None
    note: str
    seen: str


def seen_of(confirmed: ConfirmedLevel | None) -> str:
    """Return a text that changes whenever a confirmation does; empty if there is none."""
    return confirmed.confirmed_at.isoformat() if confirmed else ""


def find_participation(
    session: Session, activity: Activity, participation_id: uuid.UUID, scope: Scope
) -> Participation:
    """Return a participation in ``activity`` within the ``scope``; raise NotFound."""
    participation = session.scalar(
        select(Participation).where(
            Participation.id == participation_id,
            Participation.activity_id == activity.id,
            scope.holds(Participation.user_id),
        )
    )
    if participation is None:
        raise NotFound("participation")
    return participation


def confirm(
    session: Session,
    viewer: Viewer,
    activity: Activity,
    participation_id: uuid.UUID,
    confirmations: Iterable[Confirmation],
) -> int:
    """Write the confirmations that say something new and measure the learner; return how many.

    Raises Stale if one was changed since it was ``seen``, NotFound for a competency that the
    activity does not have or a level that its scale does not have.
    """
    lock_activity(session, activity.id)
    scope = scope_of(session, viewer)
    participation = find_participation(session, activity, participation_id, scope)
    standing = {item.competency_id: item for item in participation.confirmed_levels}
    changed = 0
    for confirmation in confirmations:
        _check(activity, confirmation)
        before = standing.get(confirmation.competency_id)
        if _says_the_same(before, confirmation):
            continue
        if seen_of(before) != confirmation.seen:
            raise Stale("confirmed level")
        _write(session, viewer, participation, before, confirmation)
        session.add(_noted(viewer, activity, participation, confirmation))
        changed += 1
    if changed:
        session.flush()
        session.expire(participation, ["confirmed_levels"])
        completion.refresh(session, participation)
    return changed


def _check(activity: Activity, confirmation: Confirmation) -> None:
    levels = {level.position for level in activity.framework.levels} if activity.framework else {}
    if confirmation.competency_id not in {item.id for item in activity.competencies}:
        raise NotFound("competency")
    if confirmation.level is not None and confirmation.level not in levels:
        raise NotFound("level")


def _says_the_same(before: ConfirmedLevel | None, confirmation: Confirmation) -> bool:
    if before is None:
        return confirmation.level is None
    return (before.level, before.note) == (confirmation.level, confirmation.note)


def _write(
    session: Session,
    viewer: Viewer,
    participation: Participation,
    before: ConfirmedLevel | None,
    confirmation: Confirmation,
) -> None:
    if confirmation.level is None:
        session.delete(before)
        return
    if before is None:
        before = ConfirmedLevel(
            participation_id=participation.id, competency_id=confirmation.competency_id
        )
        session.add(before)
    before.level, before.note = confirmation.level, confirmation.note
    before.confirmed_by_id, before.confirmed_at = viewer.user_id, clock.now()


def _noted(
    viewer: Viewer, activity: Activity, participation: Participation, confirmation: Confirmation
) -> ModerationDecision:
    """Return the line of the history: which competency, which level, on what evidence."""
    codes = {one.id: one.code for one in activity.competencies}
    level = "–" if confirmation.level is None else str(confirmation.level)
    return ModerationDecision(
        activity_id=activity.id,
        participation_id=participation.id,
        about_id=participation.user_id,
        actor_id=viewer.user_id,
        step=Step.CONFIRM,
        reason=confirmation.note,
        detail=f"{codes[confirmation.competency_id]}: {level}",
    )


def asked_of(session: Session, participation_id: uuid.UUID) -> tuple[tuple[datetime, str], ...]:
    """Return what tutors asked a learner for since a level was confirmed last, newest first."""
    rows = session.execute(
        select(ModerationDecision.at, ModerationDecision.step, ModerationDecision.reason)
        .where(
            ModerationDecision.participation_id == participation_id,
            ModerationDecision.step.in_((Step.ASK_MORE, Step.CONFIRM)),
        )
        .order_by(ModerationDecision.at.desc())
    ).all()
    found = []
    for at, step, reason in rows:
        if step is Step.CONFIRM:
            break
        found.append((at, reason))
    return tuple(found)
