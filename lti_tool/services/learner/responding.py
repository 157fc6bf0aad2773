"""The steps of a response, inside a transaction of ``services.learner.responses``."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from lti_tool import clock, i18n
from lti_tool.errors import IllegalTransition, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.i18n import number
from lti_tool.models.activities import Activity
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation, Response, ResponseRevision
from lti_tool.rules.completion import ItemKey, Progress
from lti_tool.rules.flagging import FlagReason
from lti_tool.rules.guidance import (
    MAX_RESPONSE_LENGTH,
    REQUIRED_PARTS,
    RESPONSE_PARTS,
    response_length,
    response_minimum,
)
from lti_tool.rules.harsh_words import found_in
from lti_tool.rules.rich_text import counts_characters
from lti_tool.rules.vocabulary import AllocationState, DeclineReason, WorkState
from lti_tool.services.engine import completion, flagging, readings
from lti_tool.services.engine.allocating import renew
from lti_tool.services.engine.settling import addressee, settle
from lti_tool.services.learner import criteria_fields
from lti_tool.services.learner.drafts import Saved, Written, check_version

EDITABLE = (WorkState.DRAFT, WorkState.RETURNED)
MARKS_THAT_FLAG = 3
"""So many "cannot be answered" marks put a reflection before the tutor."""


def find_allocation(
    session: Session, participation: Participation, allocation_id: uuid.UUID
) -> Allocation:
    """Return a reflection that was given to this learner; raise NotFound."""
    allocation = session.scalar(
        select(Allocation)
        .where(Allocation.id == allocation_id, Allocation.reviewer_id == participation.id)
        .execution_options(populate_existing=True)
    )
    if allocation is None:
        raise NotFound("allocation")
    return allocation


def owes(progress: Progress) -> bool:
    """Return whether a learner so far has still to give responses."""
    return any(
        term.key is ItemKey.RESPONSES_GIVEN and term.done < term.of for term in progress.terms
    )


def response_to(session: Session, allocation: Allocation) -> Response:
    """Return the response of an allocation; begun if there is none yet."""
    if allocation.response is None:
        allocation.response = Response(
            activity_id=allocation.activity_id,
            reflection_id=allocation.reflection_id,
            author_id=allocation.reviewer.user_id,
        )
        session.flush()
        criteria_fields.begin(session, allocation.response)
    return allocation.response


def store(session: Session, response: Response, allocation: Allocation, written: Written) -> Saved:
    """Write the working text, if it says something new, and renew the lease of the claim."""
    texts = written.texts(list(RESPONSE_PARTS), MAX_RESPONSE_LENGTH)
    sent = criteria_fields.sent_in(session, response, written)
    plain = criteria_fields.stored_in(session, response)
    stored = {name: getattr(response, name) for name in RESPONSE_PARTS} | plain
    told = texts | sent
    check_version("response", written, response.draft_version, told, stored, plain)
    if response.saved_at is None or any(stored[name] != text for name, text in told.items()):
        for name, html in texts.items():
            setattr(response, name, html)
        criteria_fields.store(session, response, sent)
        response.draft_version += 1
        response.saved_at = clock.now()
    if allocation.state is AllocationState.CLAIMED:
        renew(allocation)
    return Saved(response.draft_version, response.saved_at)


def same_again(session: Session, response: Response, written: Written) -> None:
    """Accept a second click; raise IllegalTransition for a text that was not the one handed in."""
    stored = criteria_fields.stored_in(session, response)
    sent = criteria_fields.sent_in(session, response, written)
    parts = all((written.html(name) or "") == getattr(response, name) for name in RESPONSE_PARTS)
    if not parts or any(stored[name] != text for name, text in sent.items()):
        raise IllegalTransition("response", response.state, "submit")


def problems_of(session: Session, response: Response, activity: Activity) -> dict[str, list[str]]:
    """Say, part by part, what keeps a response from being handed in."""
    least = activity.criteria_min_words
    return _problems_of_parts(response, activity.locale) | criteria_fields.problems_of(
        session, response, least, activity.locale
    )


def _problems_of_parts(response: Response, locale: str) -> dict[str, list[str]]:
    parts = {name: getattr(response, name) for name in RESPONSE_PARTS}
    problems = {
        name: [_("Please write something here.")] for name in REQUIRED_PARTS if not parts[name]
    }
    length, least = response_length(parts, locale), response_minimum(locale)
    if not problems and length < least:
        values = {"length": number(length), "least": number(least)}
        if counts_characters(locale):
            message = _("%(length)s characters in all; please write at least %(least)s.", **values)
        else:
            message = _("%(length)s words in all; please write at least %(least)s.", **values)
        problems[RESPONSE_PARTS[0]] = [message]
    return problems


def hand_in(
    session: Session, participation: Participation, allocation: Allocation, response: Response
) -> None:
    """Submit a response; also one that comes after its lease, or to a reflection passed on."""
    activity = session.get_one(Activity, participation.activity_id)
    grace = timedelta(minutes=activity.grace_minutes)
    session.add(response.submit(participation.user_id, grace))
    texts = [getattr(response, name) for name in RESPONSE_PARTS]
    texts += readings.comments_in(session, response.id)
    response.marked_words = ",".join(found_in(texts))
    keep_revision(session, response)
    allocation.state, allocation.decline_reason = AllocationState.ANSWERED, None
    session.flush()
    if not grace:
        settle(session, response)
    refresh_both(session, participation, response)


def refresh_both(session: Session, participation: Participation, response: Response) -> None:
    """Measure anew the learner who responds and the one who is responded to."""
    completion.refresh(session, participation)
    completion.refresh(session, addressee(session, response))


def decline(session: Session, allocation: Allocation, reason: DeclineReason) -> None:
    """Pass a reflection on; declining twice is declining once."""
    if allocation.state is AllocationState.ANSWERED:
        raise IllegalTransition("allocation", allocation.state, "decline")
    if allocation.state is AllocationState.DECLINED:
        return
    allocation.state, allocation.decline_reason = AllocationState.DECLINED, reason
    session.flush()
    if reason is DeclineReason.CANNOT_ANSWER:
        _flag_if_marked(session, allocation.reflection)


def take_up(session: Session, allocation: Allocation) -> None:
    """Undo ``decline``, if the reflection can still be read."""
    if allocation.reflection.state is not WorkState.RELEASED:
        raise IllegalTransition("reflection", allocation.reflection.state, "take_up")
    if allocation.state is AllocationState.DECLINED:
        allocation.state, allocation.decline_reason = AllocationState.CLAIMED, None
        renew(allocation)
        session.flush()


def _flag_if_marked(session: Session, reflection: Reflection) -> None:
    """Put a reflection before the tutor at every third mark, not at a fourth after release."""
    marks = session.scalar(
        select(func.count()).where(
            Allocation.reflection_id == reflection.id,
            Allocation.decline_reason == DeclineReason.CANNOT_ANSWER,
        )
    )
    if marks and marks % MARKS_THAT_FLAG == 0 and reflection.state is WorkState.RELEASED:
        flagging.raise_flag(session, reflection, None, FlagReason.CANNOT_ANSWER, "")


def keep_revision(session: Session, response: Response) -> None:
    """Keep the text as it is handed in, what it says by criteria in the activity's language."""
    number = 1 + (session.scalar(_revisions(response)) or 0)
    parts = {name: getattr(response, name) for name in RESPONSE_PARTS}
    locale = session.get_one(Activity, response.activity_id).locale
    with i18n.use(locale):
        parts |= criteria_fields.in_words(session, response, locale)
    session.add(ResponseRevision(response_id=response.id, number=number, parts=parts))


def forget_revision(session: Session, response: Response) -> None:
    """Delete the revision that was taken back: nobody has seen it, and nobody will."""
    last = session.scalar(_revisions(response))
    session.execute(
        delete(ResponseRevision).where(
            ResponseRevision.response_id == response.id, ResponseRevision.number == last
        )
    )


def _revisions(response: Response) -> Select[int]:
    return select(func.max(ResponseRevision.number)).where(
        ResponseRevision.response_id == response.id
    )
