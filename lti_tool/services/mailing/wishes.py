"""What people want of mails, and the signed links by which they say so without logging in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import Forbidden, NotFound
from lti_tool.models import Database
from lti_tool.models.mail import MailState, WeeklySummary
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.studio import Rehearsal
from lti_tool.rules.mailing import next_summary, usable, zone_of
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Role
from lti_tool.secrecy import Secrets, same

PURPOSE = "mail wish"


class Subject(StrEnum):
    """What a link in a mail ends."""

    STOP = "stop"
    """All mails to a learner."""
    WEEKLY = "weekly"
    """An educator's summary of one course."""


class Reach(StrEnum):
    """Whether a mail reaches somebody, and if not, why."""

    MAIL = "mail"
    NO_SERVER = "no_server"
    """Mail is not set up in this installation."""
    NO_ADDRESS = "no_address"
    STOPPED = "stopped"
    """They want none."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a link is about: whether it is ``on`` now, and whom the page speaks to."""

    subject: Subject
    on: bool
    locale: str
    time_zone: str
    course: str = ""


@dataclass(frozen=True, slots=True)
class Mine:
    """What a person's own page says of mails to them."""

    reach: Reach
    address: str
    weekly_at: datetime | None = None
    """Of an educator: when the next summary of this course comes; None if they want none."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Use cases of who does or does not want mails."""

    db: Database
    secrets: Secrets
    base_url: str
    is_set_up: bool

    def link(self, subject: Subject, key: uuid.UUID) -> str:
        """Return the address that ends such mails: of a person's, or of one summary."""
        return f"{self.base_url}/mail/{subject.value}/{key.hex}.{self._seal(subject, key)}"

    def look(self, subject: Subject, token: str) -> Wish:
        """Return what the link of a mail is about; raise NotFound for one that is not ours."""
        key = self._opened(subject, token)
        with self.db.read() as session:
            if subject is Subject.WEEKLY:
                return _summary_wish(session, key)
            user = session.get(User, key)
            if user is None or user.erased_at is not None:
                raise NotFound("person")
            state = session.get(MailState, key)
            on = state is None or state.stopped_at is None
            return Wish(subject, on, user.language, user.time_zone)

    def choose(self, subject: Subject, token: str, on: bool) -> None:
        """End such mails, or let them come again; raise NotFound.

        A summary that was ended is wanted again on its own page.
        """
        key = self._opened(subject, token)
        with self.db.write() as session:
            if subject is Subject.WEEKLY:
                session.execute(delete(WeeklySummary).where(WeeklySummary.id == key))
                return
            user = session.get(User, key)
            if user is None or user.erased_at is not None:
                raise NotFound("person")
            set_stopped(session, key, not on)

    def mine(self, viewer: Viewer) -> Mine:
        """Return what the viewer's page says of mails to them."""
        with self.db.read() as session:
            user = session.get_one(User, viewer.user_id)
            state = session.get(MailState, viewer.user_id)
            summary = _summary_of(session, viewer)
            return Mine(
                reach_of(user, state, self.is_set_up),
                user.email if usable(user.email) else "",
                summary.next_at if summary is not None else None,
            )

    def choose_mine(self, viewer: Viewer, on: bool) -> None:
        """Let mails come to the viewer, or end them."""
        with self.db.write() as session:
            set_stopped(session, viewer.user_id, not on)

    def choose_weekly(self, viewer: Viewer, on: bool) -> None:
        """Have a summary of the viewer's course sent to them each week, or not any more.

        Raises Forbidden for who is no educator, and in a rehearsal.
        """
        if viewer.role is not Role.EDUCATOR or viewer.context_id is None:
            raise Forbidden("weekly summary")
        with self.db.write() as session:
            if session.scalar(is_rehearsal(viewer.context_id)) is not None:
                raise Forbidden("weekly summary")
            known = _summary_of(session, viewer)
            if known is not None and not on:
                session.delete(known)
            if known is None and on:
                zone = zone_of(viewer.time_zone)
                session.add(
                    WeeklySummary(
                        context_id=viewer.context_id,
                        user_id=viewer.user_id,
                        next_at=next_summary(clock.now(), zone),
                    )
                )

    def _seal(self, subject: Subject, key: uuid.UUID) -> str:
        return self.secrets.sign(f"{PURPOSE} {subject.value}", key.hex)

    def _opened(self, subject: Subject, token: str) -> uuid.UUID:
        """Return whose a token is; raise NotFound for one that we did not sign."""
        key, _dot, seal = token.partition(".")
        try:
            found = uuid.UUID(hex=key)
        except ValueError as error:
            raise NotFound("mail wish") from error
        if not same(seal, self._seal(subject, found)):
            raise NotFound("mail wish")
        return found


def reach_of(user: User, state: MailState | None, is_set_up: bool) -> Reach:
    """Return whether a mail reaches somebody."""
    if not is_set_up:
        return Reach.NO_SERVER
    if not usable(user.email):
        return Reach.NO_ADDRESS
    if state is not None and state.stopped_at is not None:
        return Reach.STOPPED
    return Reach.MAIL


def state_of(session: Session, user_id: uuid.UUID) -> MailState:
    """Return what is known of mails to somebody, for a change; made if there is nothing yet.

    Locks the person, so that nobody makes it a second time.
    """
    row = User.__table__.c.id
    session.execute(select(row).where(row == user_id).with_for_update(key_share=True))
    state = session.get(MailState, user_id)
    if state is None:
        state = MailState(user_id=user_id)
        session.add(state)
        session.flush()
    return state


def set_stopped(session: Session, user_id: uuid.UUID, stopped: bool) -> None:
    """Note whether somebody wants no mails; who did before keeps the day they said so."""
    state = state_of(session, user_id)
    if stopped is (state.stopped_at is not None):
        return
    state.stopped_at = clock.now() if stopped else None


def is_rehearsal(context_id: uuid.UUID) -> Select[uuid.UUID]:
    """Select the rehearsal that a course is, if it is one."""
    return select(Rehearsal.id).where(Rehearsal.context_id == context_id)


def _summary_of(session: Session, viewer: Viewer) -> WeeklySummary | None:
    return session.scalar(
        select(WeeklySummary).where(
            WeeklySummary.context_id == viewer.context_id,
            WeeklySummary.user_id == viewer.user_id,
        )
    )


def _summary_wish(session: Session, key: uuid.UUID) -> Wish:
    """Return what the link in a summary is about; one that was ended says so to whoever asks."""
    row = session.execute(
        select(User, Context.title)
        .join(WeeklySummary, WeeklySummary.user_id == User.id)
        .join(Context, WeeklySummary.context_id == Context.id)
        .where(WeeklySummary.id == key)
    ).first()
    if row is None:
        return Wish(Subject.WEEKLY, False, "", "")
    user, course = row
    return Wish(Subject.WEEKLY, True, user.language, user.time_zone, course)


def takes_part(session: Session, context_id: uuid.UUID, user_id: uuid.UUID) -> bool:
    """Return whether somebody is a learner of a course now."""
    member = session.scalar(
        select(Membership).where(Membership.context_id == context_id, Membership.user_id == user_id)
    )
    return member is not None and member.left_at is None and member.effective_role.takes_part
