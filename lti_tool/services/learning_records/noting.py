"""Noting what learners do, in the transaction in which they do it.

Each function is called from where it happens and does nothing where no store is set up. What is
noted are identifiers and numbers; who it was is looked up when it is sent, so that nothing of
somebody who was erased meanwhile leaves.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.frameworks import Competency
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.participations import ConfirmedLevel, NextStep, Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.models.studio import Rehearsal
from lti_tool.rules.learning_records import Event, opaque, record_id
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.learning_records.switch import is_on
from lti_tool.services.outbox.messages import enqueue, last_payload, supersede

KIND = "xapi"
VOIDED_AT_ONCE = 50
"""Records that one message takes back."""


def note_work(session: Session, participation: Participation, work: Reflection | Response) -> None:
    """Note that a reflection or a response was handed in for good; a tutor's is no record.

    ``participation`` is that of the one who is addressed (``engine.settling.addressee``).
    """
    if not _is_on(session, participation):
        return
    moment = work.submitted_at or clock.now()
    if isinstance(work, Reflection):
        _note(session, participation, Event.SUBMITTED, work.id, moment)
    elif work.allocation is not None:
        _note(session, work.allocation.reviewer, Event.RESPONDED, work.id, moment)


def note_helpfulness(session: Session, participation: Participation, response: Response) -> None:
    """Note how helpful a learner found a response to their reflection."""
    if _is_on(session, participation) and response.helpfulness and response.helpfulness_at:
        numbers = {"helpfulness": response.helpfulness}
        moment = response.helpfulness_at
        _note(session, participation, Event.RATED, response.id, moment, numbers)


def note_next_step(session: Session, participation: Participation, step: NextStep) -> None:
    """Note that a learner committed to a next step; not to which."""
    if _is_on(session, participation):
        _note(session, participation, Event.PLANNED, participation.id, step.committed_at)


def note_level(session: Session, participation: Participation, confirmed: ConfirmedLevel) -> None:
    """Note a competency level that a tutor confirmed."""
    if not _is_on(session, participation):
        return
    framework = participation.activity.framework
    if framework is None:
        return
    levels = len(framework.levels)
    competency = session.get_one(Competency, confirmed.competency_id)
    numbers = {"level": confirmed.level, "levels": levels}
    named = {
        "address": competency.uri if competency.uri.startswith("https://") else "",
        "identifier": competency.identifier,
        "names": dict(competency.statement),
    }
    about, moment = _about_level(participation, competency), confirmed.confirmed_at
    _note(session, participation, Event.CONFIRMED, about, moment, numbers, named)


def take_back_level(
    session: Session, participation: Participation, confirmed: ConfirmedLevel
) -> None:
    """Take back the record of a level that a tutor withdraws."""
    if not _is_on(session, participation):
        return
    competency = session.get_one(Competency, confirmed.competency_id)
    about = _about_level(participation, competency)
    key = str(record_id(Event.CONFIRMED, about, confirmed.confirmed_at))
    supersede(session, f"{KIND}:{key}")
    if last_payload(session, f"{KIND}:{key}") is not None:
        _take_back(session, participation.activity.registration_id, [key])


def note_completion(session: Session, participation: Participation, score: float) -> None:
    """Note that a learner completed the activity."""
    if participation.completed_at is not None and _is_on(session, participation):
        moment = participation.completed_at
        _note(session, participation, Event.COMPLETED, participation.id, moment, {"score": score})


def take_back(session: Session, registration_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Promise the store that a person's records are taken back; those that wait never go.

    Call it before the person's messages are deleted.
    """
    if not is_on(session, registration_id):
        return
    sent = select(OutboxMessage.payload).where(
        OutboxMessage.kind == KIND,
        OutboxMessage.user_id == user_id,
        OutboxMessage.state.in_((OutboxState.SENT, OutboxState.SENDING)),
    )
    ids = [payload["id"] for payload in session.scalars(sent) if "id" in payload]
    _take_back(session, registration_id, ids)


def _about_level(participation: Participation, competency: Competency) -> uuid.UUID:
    return uuid.uuid5(participation.id, competency.identifier)


def _take_back(session: Session, registration_id: uuid.UUID, ids: Sequence[str]) -> None:
    for first in range(0, len(ids), VOIDED_AT_ONCE):
        some = ids[first : first + VOIDED_AT_ONCE]
        payload = {"event": Event.VOIDED.value, "ids": some, "at": clock.now().isoformat()}
        _promise(session, registration_id, f"{KIND}:void:{some[0]}", None, payload)


def _is_on(session: Session, participation: Participation) -> bool:
    return is_on(session, participation.activity.registration_id)


def _note(
    session: Session,
    participation: Participation,
    event: Event,
    about: uuid.UUID,
    moment: datetime,
    numbers: Mapping[str, float] | None = None,
    competency: Mapping[str, Any] | None = None,
) -> None:
    activity = participation.activity
    if session.scalar(select(exists().where(Rehearsal.context_id == activity.context_id))):
        return
    key = str(record_id(event, about, moment))
    payload = {
        "id": key,
        "event": event.value,
        "at": moment.isoformat(),
        "about": str(opaque(event.value, about)),
        "activity": str(activity.id),
        "course": str(opaque("course", activity.context_id or activity.id)),
        "way": str(opaque("way", participation.id)),
        "title": {activity.locale: activity.title},
        "locale": activity.locale,
        "numbers": dict(numbers or {}),
        "competency": dict(competency or {}),
    }
    registration_id = activity.registration_id
    _promise(session, registration_id, f"{KIND}:{key}", participation.user_id, payload)


def _promise(
    session: Session,
    registration_id: uuid.UUID,
    key: str,
    user_id: uuid.UUID | None,
    payload: dict[str, Any],
) -> None:
    """Put a message into the outbox. Its key is one event's, so nobody else can queue another.

    It names no participation: what staff see there are scores.
    """
    message = OutboxMessage(
        kind=KIND, key=key, registration_id=registration_id, user_id=user_id, payload=payload
    )
    enqueue(session, message)
