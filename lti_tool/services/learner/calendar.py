"""A learner's dates as a calendar to subscribe to, at a secret address that can be withdrawn."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session, joinedload

from lti_tool import i18n
from lti_tool.errors import NotFound
from lti_tool.exports.calendar import Entry, calendar_file
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.participations import Participation
from lti_tool.models.people import CalendarFeed, Membership, User
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import ActivityState
from lti_tool.secrecy import Secrets, digest
from lti_tool.services.engine import clocks
from lti_tool.services.learner.follow_ups import question_days

PURPOSE = "calendar"


@dataclass(frozen=True, slots=True)
class Calendars:
    """Use cases of a person's calendar; the address is the only key to it."""

    db: Database
    secrets: Secrets
    base_url: str

    def address(self, viewer: Viewer) -> str:
        """Return the address of the viewer's calendar; empty if they have none."""
        with self.db.read() as session:
            feed = _feed(session, viewer.user_id)
            return self._address(feed) if feed is not None else ""

    def make(self, viewer: Viewer) -> str:
        """Return the address of the viewer's calendar, made if there is none."""
        with self.db.write() as session:
            session.get(User, viewer.user_id, with_for_update={"key_share": True})
            feed = _feed(session, viewer.user_id)
            if feed is None:
                key = uuid.uuid4()
                feed = CalendarFeed(
                    id=key, user_id=viewer.user_id, token_hash=digest(self._token(key))
                )
                session.add(feed)
                session.flush()
            return self._address(feed)

    def withdraw(self, viewer: Viewer) -> None:
        """Let the address open nothing from now on; another one is made anew."""
        with self.db.write() as session:
            session.execute(delete(CalendarFeed).where(CalendarFeed.user_id == viewer.user_id))

    def file(self, token: str) -> bytes:
        """Return the calendar behind a secret address; raise NotFound."""
        with self.db.read() as session:
            feed = session.scalar(
                select(CalendarFeed).where(CalendarFeed.token_hash == digest(token))
            )
            user = session.get(User, feed.user_id) if feed is not None else None
            if feed is None or user is None or user.erased_at is not None:
                raise NotFound("calendar")
            with i18n.use(user.language or i18n.current(), user.time_zone):
                entries = list(_entries(session, feed, user))
                return calendar_file(_("My reflection activities"), entries, i18n.zone())

    def _token(self, key: uuid.UUID) -> str:
        return self.secrets.sign(PURPOSE, str(key))

    def _address(self, feed: CalendarFeed) -> str:
        return f"{self.base_url}/calendar/{self._token(feed.id)}.ics"


def _feed(session: Session, user_id: uuid.UUID) -> CalendarFeed | None:
    return session.scalar(select(CalendarFeed).where(CalendarFeed.user_id == user_id))


def _entries(session: Session, feed: CalendarFeed, user: User) -> Iterator[Entry]:
    """Yield the dates of the activities that a person has begun and is still a learner of."""
    gone = and_(
        Membership.user_id == Participation.user_id,
        Membership.context_id == Activity.context_id,
        Membership.left_at.is_not(None),
    )
    query = (
        select(Participation)
        .join(Activity, Participation.activity_id == Activity.id)
        .outerjoin(Membership, gone)
        .where(
            Participation.user_id == user.id,
            Activity.state == ActivityState.PUBLISHED,
            Membership.id.is_(None),
        )
        .options(joinedload(Participation.activity), joinedload(Participation.next_step))
        .order_by(Participation.started_at, Participation.id)
    )
    for participation in session.scalars(query).unique():
        yield from _phases(feed, participation)
        yield from _step(feed, participation)


def _phases(feed: CalendarFeed, participation: Participation) -> Iterator[Entry]:
    activity = participation.activity
    if activity.is_being_prepared:
        return
    due = clocks.dates_of(participation)
    words = (
        ("opens", activity.opens_at, _("Opens: %(title)s", title=activity.title), ""),
        (
            "now",
            due.now_due_at,
            _("Now, due: %(title)s", title=activity.title),
            _("Say where you stand, and send your reflection."),
        ),
        (
            "new",
            due.new_due_at,
            _("New, due: %(title)s", title=activity.title),
            _("Answer your peers, and read what came in. After that nobody waits for anybody."),
        ),
        (
            "next",
            due.next_due_at,
            _("Next, due: %(title)s", title=activity.title),
            _("Choose your next step, and say where you stand now."),
        ),
    )
    for name, moment, title, text in words:
        if moment is not None:
            yield _entry(feed, participation, name, moment, title, text, activity.updated_at)


def _step(feed: CalendarFeed, participation: Participation) -> Iterator[Entry]:
    step, title = participation.next_step, participation.activity.title
    if step is None:
        return
    changed = step.committed_at
    yield _entry(feed, participation, "step", step.by_date, step.action, title, changed)
    for after, day in question_days(step).items():
        words = _("What came of it? %(action)s", action=step.action)
        text = _("Open “%(title)s” in your course, and say what you did.", title=title)
        yield _entry(feed, participation, f"after-{after}", day, words, text, changed)


def _entry(
    feed: CalendarFeed,
    participation: Participation,
    name: str,
    when: datetime | date,
    title: str,
    text: str,
    changed_at: datetime,
) -> Entry:
    # Of the person's own secret and the date: the same at each look, and nothing to anybody else.
    key = digest(f"{feed.token_hash} {participation.id} {name}")[:32]
    return Entry(f"{key}@miroir", title, text, when, changed_at)
