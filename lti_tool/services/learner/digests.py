"""One mail a day at most to a learner who has news: found and written by the worker's sweep.

Who may have news is found by what happened lately, not by looking at everybody; then what is told
is worked out for one person at a time, in short transactions.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from lti_tool import clock, i18n
from lti_tool.exports.mail import Letter, Part
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.clocks import LearnerClock
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.mail import MailState
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership, User
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.clocks import NAMES
from lti_tool.rules.mailing import DUE_SOON, FORGET, next_moment, zone_of
from lti_tool.rules.vocabulary import Role, WorkState
from lti_tool.services.learner.digest_news import (
    SENT_BACK,
    ActivityNews,
    Span,
    is_running,
    news_for,
)
from lti_tool.services.mailing import letters
from lti_tool.services.mailing.letters import Purpose
from lti_tool.services.mailing.wishes import Reach, reach_of, state_of

AT_ONCE = 200
"""People who are looked at by one sweep; the others wait for the next one."""
TOGETHER = 10
"""People per transaction, so that no sweep holds up the people at work."""
SETTLED = timedelta(minutes=1)
"""What is newer waits for the next sweep: a transaction that began before may still be going on."""
LOOK_AGAIN = timedelta(hours=12)
TAKES_PART = [role.value for role in Role if role.takes_part]


@dataclass(frozen=True, slots=True)
class Digests:
    """Writes mails about news; may be repeated at any time."""

    db: Database

    def run(self) -> int:
        """Write to who has news and may be written to now; return how many were written to."""
        now = clock.now()
        with self.db.read() as session:
            people = sorted(_people_with_news(session, now))
        written = 0
        for start in range(0, len(people), TOGETHER):
            with self.db.write() as session:
                for user_id in people[start : start + TOGETHER]:
                    written += _tell(session, user_id, now)
        return written


def _tell(session: Session, user_id: uuid.UUID, now: datetime) -> bool:
    """Write to one person if there is news for them, or note when to look again."""
    state = state_of(session, user_id)
    user = session.get_one(User, user_id)
    if user.erased_at is not None or reach_of(user, state, is_set_up=True) is not Reach.MAIL:
        state.told_until = now
        return False
    moment = next_moment(now, zone_of(user.time_zone), state.mailed_at)
    if moment > now:
        state.look_at = moment
        return False
    span = Span(max(now - FORGET, state.told_until or now - FORGET), now - SETTLED)
    locale = i18n.negotiate([user.language])
    state.told_until, state.look_at = span.until, None
    with i18n.use(locale, user.time_zone):
        news = news_for(session, user, span, now)
        if not news:
            return False
        letter = _letter(session, locale, news)
    letters.promise(session, user, letter, Purpose.DIGEST, [one.activity.id for one in news])
    return True


def _letter(session: Session, locale: str, news: list[ActivityNews]) -> Letter:
    parts = []
    for one in news:
        link = letters.address_of(session, one.activity, one.link_id)
        parts.append(
            Part(
                title=one.activity.title,
                points=one.points,
                link=link,
                link_label=letters.link_label(one.activity.title, link),
            )
        )
    return Letter(
        locale,
        _subject(news),
        tuple(parts),
        why=_(
            "Miroir writes to you once a day at most, when something happened in your activities."
            " Nobody reads answers to this address."
        ),
        stop_label=letters.stop_label(),
    )


def _subject(news: list[ActivityNews]) -> str:
    if len(news) > 1:
        return _("News in your activities")
    title = news[0].activity.title
    if news[0].only_dates:
        return _("A date comes near: %(title)s", title=title)
    return _("News: %(title)s", title=title)


def _people_with_news(session: Session, now: datetime) -> set[uuid.UUID]:
    """Return people to whom something happened that they may not have been told of."""
    queries = [_answered(now), _sent_back(now), *_with_dates(session, now)]
    found: set[uuid.UUID] = set()
    for query in queries:
        if len(found) < AT_ONCE:
            found |= set(session.scalars(query.limit(AT_ONCE)))
    return found


def _reachable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Tell, in a query with ``User`` and outer ``MailState``, who may be looked at now."""
    return (
        User.email != "",
        User.erased_at.is_(None),
        MailState.stopped_at.is_(None),
        or_(MailState.look_at.is_(None), MailState.look_at <= now),
    )


def _untold(moment: Any) -> ColumnElement[bool]:
    return or_(MailState.told_until.is_(None), MailState.told_until < moment)


def _answered(now: datetime) -> Select[uuid.UUID]:
    return (
        select(User.id)
        .join(Participation, Participation.user_id == User.id)
        .join(Reflection, Reflection.participation_id == Participation.id)
        .join(Response, Response.reflection_id == Reflection.id)
        .outerjoin(MailState, MailState.user_id == User.id)
        .where(
            Response.released_at > now - FORGET,
            Response.released_at <= now - SETTLED,
            Response.state == WorkState.RELEASED,
            _untold(Response.released_at),
            *_reachable(now),
        )
        .distinct()
    )


def _sent_back(now: datetime) -> Select[uuid.UUID]:
    return (
        select(User.id)
        .join(ModerationDecision, ModerationDecision.about_id == User.id)
        .outerjoin(MailState, MailState.user_id == User.id)
        .where(
            ModerationDecision.at > now - FORGET,
            ModerationDecision.at <= now - SETTLED,
            ModerationDecision.step.in_(SENT_BACK),
            _untold(ModerationDecision.at),
            *_reachable(now),
        )
        .distinct()
    )


def _with_dates(session: Session, now: datetime) -> list[Select[uuid.UUID]]:
    """Select who has a date near: by activity, and by learners' own clocks."""
    queries = []
    near = or_(*(_is_near(getattr(Activity, name), now) for name in NAMES))
    for activity in session.scalars(select(Activity).where(near, *is_running())):
        dues = [getattr(activity, name) for name in NAMES]
        moment = max(due - DUE_SOON for due in dues if due and now < due <= now + DUE_SOON)
        queries.append(_members(activity, now).where(_untold(moment)))
    return [*queries, _with_own_dates(now)]


def _with_own_dates(now: datetime) -> Select[uuid.UUID]:
    """Select who has a date of their own near, twice a day at most: what is told is exact."""
    own = or_(*(_is_near(getattr(LearnerClock, name), now) for name in NAMES))
    return (
        select(User.id)
        .join(LearnerClock, LearnerClock.user_id == User.id)
        .join(Activity, LearnerClock.activity_id == Activity.id)
        .outerjoin(MailState, MailState.user_id == User.id)
        .where(own, *is_running(), _untold(now - LOOK_AGAIN), *_reachable(now))
        .distinct()
    )


def _is_near(column: Any, now: datetime) -> ColumnElement[bool]:
    return and_(column > now, column <= now + DUE_SOON)


def _members(activity: Activity, now: datetime) -> Select[uuid.UUID]:
    """Select the learners of an activity's course who have not completed it."""
    mine = and_(
        Participation.user_id == Membership.user_id, Participation.activity_id == activity.id
    )
    role = func.coalesce(Membership.granted_role, Membership.role)
    return (
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(Participation, mine)
        .outerjoin(MailState, MailState.user_id == User.id)
        .where(
            Membership.context_id == activity.context_id,
            Membership.left_at.is_(None),
            role.in_(TAKES_PART),
            Participation.completed_at.is_(None),
            *_reachable(now),
        )
        .order_by(User.id)
    )
