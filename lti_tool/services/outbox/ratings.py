"""Competency ratings that are promised to Moodle: written with the level that a tutor confirms.

Nothing is promised unless the operator has set the companion's token and an educator has switched
the activity on. The key is (course, person, competency): the last confirmed level counts.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_tool.models.activities import Activity
from lti_tool.models.companion import CompetencySharing, MoodleCompanion
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.models.people import Membership
from lti_tool.models.platforms import Registration
from lti_tool.rules.vocabulary import OutboxState, PlatformFamily, Role
from lti_tool.services.outbox.messages import About, enqueue, last_payload, lock_key, supersede

KIND = "moodle_competency"
CHANNEL = "moodle services"
"""Of its own: web services that are closed do not hold up scores."""


def key_of(context_id: uuid.UUID, user_id: uuid.UUID, competency_id: uuid.UUID) -> str:
    """Return the coalescing key of a rating."""
    return f"{KIND}:{context_id.hex}:{user_id.hex}:{competency_id.hex}"


def is_shared(activity_id: InstrumentedAttribute[uuid.UUID] | uuid.UUID) -> ColumnElement[bool]:
    """Tell that levels confirmed in an activity go to Moodle: switched on here and there."""
    return exists(
        select(CompetencySharing.activity_id)
        .join(Activity, Activity.id == CompetencySharing.activity_id)
        .join(Registration, Registration.id == Activity.registration_id)
        .join(MoodleCompanion, MoodleCompanion.registration_id == Registration.id)
        .where(
            CompetencySharing.activity_id == activity_id,
            Registration.family == PlatformFamily.MOODLE,
            Activity.context_id.is_not(None),
        )
    )


def promise(session: Session, participation: Participation) -> int:
    """Promise a learner's confirmed levels to Moodle, and take back what is no longer confirmed.

    Returns how many are new. What Moodle has been told already stays there: it cannot be taken
    back. Call it under the activity's lock, in the transaction that confirms.
    """
    if not session.scalar(select(is_shared(participation.activity_id))):
        return 0
    activity = participation.activity
    if activity.context_id is None or not _takes_part(session, participation):
        return 0
    lock_key(session, About(activity.registration_id, participation.id))
    standing = {one.competency_id: one for one in participation.confirmed_levels}
    promised = 0
    for competency in activity.competencies:
        key = key_of(activity.context_id, participation.user_id, competency.id)
        confirmed = standing.get(competency.id)
        if confirmed is None:
            _withdraw(session, key, participation.id)
            continue
        payload = _payload(confirmed)
        if not _is_news(payload, last_payload(session, key)):
            continue
        enqueue(session, _message(activity, participation, key, payload))
        promised += 1
    return promised


def competency_of(payload: dict[str, Any]) -> uuid.UUID:
    """Return the competency that a rating is about."""
    return uuid.UUID(payload["competency_id"])


def _payload(confirmed: ConfirmedLevel) -> dict[str, Any]:
    return {
        "competency_id": str(confirmed.competency_id),
        "level": confirmed.level,
        "confirmed_at": confirmed.confirmed_at.isoformat(),
    }


def _is_news(payload: dict[str, Any], last: dict[str, Any] | None) -> bool:
    """Return whether a level was confirmed after the one promised last, perhaps elsewhere."""
    if last is None:
        return True
    told = datetime.fromisoformat(last["confirmed_at"])
    return datetime.fromisoformat(payload["confirmed_at"]) > told


def _message(
    activity: Activity, participation: Participation, key: str, payload: dict[str, Any]
) -> OutboxMessage:
    return OutboxMessage(
        kind=KIND,
        key=key,
        registration_id=activity.registration_id,
        user_id=participation.user_id,
        participation_id=participation.id,
        payload=payload,
    )


def _withdraw(session: Session, key: str, participation_id: uuid.UUID) -> None:
    """Take a queued rating back if it is this participation's, and not another activity's."""
    mine = session.scalar(
        select(OutboxMessage.id).where(
            OutboxMessage.key == key,
            OutboxMessage.participation_id == participation_id,
            OutboxMessage.state == OutboxState.QUEUED,
        )
    )
    if mine is not None:
        supersede(session, key)


def _takes_part(session: Session, participation: Participation) -> bool:
    """Return whether the person is a learner of the course; staff are never rated."""
    role = session.scalar(
        select(func.coalesce(Membership.granted_role, Membership.role)).where(
            Membership.context_id == participation.activity.context_id,
            Membership.user_id == participation.user_id,
        )
    )
    return role is not None and Role(role).takes_part and participation.user.erased_at is None
