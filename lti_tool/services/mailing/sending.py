"""The outbox's handler of mails: whether somebody may still be written to, and the sending."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.exports.mail import Letter, message
from lti_tool.lti.families import Outcome, Verdict
from lti_tool.models.mail import MailState, WeeklySummary
from lti_tool.models.people import Membership, User
from lti_tool.remote.mail import Post
from lti_tool.rules.mailing import FORGET, usable
from lti_tool.rules.vocabulary import Role
from lti_tool.services.mailing.letters import Purpose
from lti_tool.services.mailing.wishes import Subject, Wishes, takes_part
from lti_tool.services.outbox.claims import Claim
from lti_tool.services.outbox.handling import Task

CHANNEL = "mail"
"""A channel of its own: a mail server's troubles hold up nothing that goes to an LMS."""


@dataclass(frozen=True, slots=True)
class MailHandler:
    """Sends mails by ``post``."""

    post: Post
    wishes: Wishes
    channel: str = CHANNEL

    def prepare(self, session: Session, taken: Sequence[Claim]) -> dict[uuid.UUID, Task]:
        """Return the sends; who left, was erased or wants none meanwhile is not written to."""
        tasks: dict[uuid.UUID, Task] = {}
        for one in taken:
            user = session.get(User, one.about.user_id) if one.about.user_id else None
            if user is None or user.erased_at is not None:
                continue
            why_not = _why_not(session, one, user)
            if why_not:
                tasks[one.message_id] = partial(Verdict, Outcome.DROPPED, why_not)
                continue
            tasks[one.message_id] = partial(send, self.post, one, self._stop_url(one), user.email)
        return tasks

    def learn(self, session: Session, one: Claim, verdict: Verdict, now: datetime) -> None:
        """Learn nothing: a mail brings no news."""

    def _stop_url(self, one: Claim) -> str:
        if one.payload["purpose"] == Purpose.WEEKLY:
            return self.wishes.link(Subject.WEEKLY, uuid.UUID(one.payload["summary"]))
        return self.wishes.link(Subject.STOP, _person(one))


def send(post: Post, one: Claim, stop_url: str, recipient: str) -> Verdict:
    """Send a mail; whatever the server does ends in a verdict."""
    letter = replace(Letter.read(one.payload["letter"]), stop_url=stop_url)
    key = str(one.payload["name"])
    mail = message(letter, post.server.sender, recipient, key, one.promised_at)
    answer = post.send(mail, recipient, f"{one.promised_at:%Y%m%d-%H%M%S}-{key}")
    if not answer.reason:
        return Verdict(Outcome.SENT, status=answer.status)
    return Verdict(
        Outcome.REFUSED if answer.permanent else Outcome.LATER,
        answer.reason,
        answer.who,
        status=answer.status,
        detail=answer.detail,
        platform_down=answer.down,
    )


def _person(one: Claim) -> uuid.UUID:
    """Return whom a mail is for: every mail has somebody."""
    if one.about.user_id is None:
        raise ValueError("a mail without a person")
    return one.about.user_id


def _why_not(session: Session, one: Claim, user: User) -> str:
    """Return why somebody is not written to after all; empty if they are."""
    if clock.now() - one.promised_at > FORGET:
        return "stale"
    if not usable(user.email):
        return "no_address"
    if one.payload["purpose"] == Purpose.WEEKLY:
        return "" if _wants_summary(session, uuid.UUID(one.payload["summary"])) else "not_wanted"
    state = session.get(MailState, user.id)
    if state is not None and state.stopped_at is not None:
        return "not_wanted"
    context = one.payload["context"]
    if context and not takes_part(session, uuid.UUID(context), user.id):
        return "gone"
    return ""


def _wants_summary(session: Session, summary_id: uuid.UUID) -> bool:
    """Return whether a summary is still wanted, by who is still an educator of the course."""
    member = session.scalar(
        select(Membership)
        .join(
            WeeklySummary,
            (WeeklySummary.context_id == Membership.context_id)
            & (WeeklySummary.user_id == Membership.user_id),
        )
        .where(WeeklySummary.id == summary_id)
    )
    return member is not None and member.left_at is None and member.effective_role is Role.EDUCATOR
