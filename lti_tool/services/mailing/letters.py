"""Promising a mail: written into the outbox in the transaction that causes it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.exports.mail import Letter
from lti_tool.i18n import gettext as _
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.people import Context, User
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.lms_links import activity_address
from lti_tool.services.mailing.wishes import state_of
from lti_tool.services.outbox.messages import enqueue

KIND = "mail"


class Purpose(StrEnum):
    """What a mail is for."""

    NUDGE = "nudge"
    """A tutor wrote it."""
    DIGEST = "digest"
    """What happened, told once a day at most."""
    WEEKLY = "weekly"
    """An educator's summary."""


def promise(
    session: Session,
    user: User,
    letter: Letter,
    purpose: Purpose,
    activity_ids: Iterable[uuid.UUID] = (),
    context_id: uuid.UUID | None = None,
    summary_id: uuid.UUID | None = None,
    participation_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Promise a letter to somebody; return the message's id.

    It holds no address: that is looked up when it is sent, with whether they may still be written
    to. ``activity_ids`` are the activities that it tells of.
    """
    state_of(session, user.id).mailed_at = clock.now()
    key = uuid.uuid4()
    enqueue(
        session,
        OutboxMessage(
            id=key,
            kind=KIND,
            key=f"{KIND}:{key.hex}",
            registration_id=user.registration_id,
            user_id=user.id,
            participation_id=participation_id,
            payload={
                "purpose": purpose.value,
                "letter": letter.stored(),
                "name": key.hex,
                "activities": [one.hex for one in activity_ids],
                "context": context_id.hex if context_id else "",
                "summary": summary_id.hex if summary_id else "",
            },
        ),
    )
    return key


def tells_of(message: OutboxMessage, activity_id: uuid.UUID) -> bool:
    """Return whether a mail tells a learner of an activity."""
    return activity_id.hex in message.payload.get("activities", ())


def address_of(session: Session, activity: Activity, link_id: uuid.UUID | None = None) -> str:
    """Return where somebody opens an activity in their LMS; empty if that is not known.

    ``link_id`` is the link that they used last; else any of the course that opens the activity.
    """
    query = (
        select(ResourceLink.lti_id, Context.lti_id, Context.lms_url)
        .add_columns(Registration.family, Registration.issuer)
        .join(Context, ResourceLink.context_id == Context.id)
        .join(Deployment, Context.deployment_id == Deployment.id)
        .join(Registration, Deployment.registration_id == Registration.id)
        .where(
            ResourceLink.activity_id == activity.id, ResourceLink.context_id == activity.context_id
        )
        .order_by((ResourceLink.id == link_id).desc(), ResourceLink.created_at, ResourceLink.id)
        .limit(1)
    )
    row = session.execute(query).first()
    if row is None:
        return ""
    link, course, url, family, issuer = row
    return activity_address(family, issuer, course, link, url)


def link_label(title: str, link: str) -> str:
    """Return what stands on the way to an activity, in the language in force."""
    if link:
        return _("Open “%(title)s”", title=title)
    return _("Open “%(title)s” from your course, as always.", title=title)


def stop_label() -> str:
    """Return what stands on the link that ends mails, in the language in force."""
    return _("No more mails from Miroir")
