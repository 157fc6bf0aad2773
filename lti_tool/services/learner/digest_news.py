"""What a person may be told by mail: only that something happened, never anybody's words or name.

Every function runs inside its caller's transaction, in the reader's language.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from lti_tool import i18n
from lti_tool.i18n import gettext as _
from lti_tool.i18n import ngettext
from lti_tool.models.activities import Activity
from lti_tool.models.clocks import LearnerClock
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership, User
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.models.studio import Rehearsal
from lti_tool.rules.completion import PHASE_OF, ItemState
from lti_tool.rules.mailing import DUE_SOON
from lti_tool.rules.vocabulary import ActivityState, Phase, Step, WorkState
from lti_tool.services.engine import clocks, completion
from lti_tool.services.learner.standing import takes_steps

SENT_BACK = (Step.RETURN, Step.WITHHOLD)


@dataclass(frozen=True, slots=True)
class ActivityNews:
    """What is told of one activity, a sentence each."""

    activity: Activity
    link_id: uuid.UUID | None
    """The link through which the person came last."""
    points: tuple[str, ...]
    only_dates: bool
    """Whether it tells of nothing but dates that come near."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is told of: after ``since``, up to and with ``until``."""

    since: datetime
    until: datetime

    def holds(self, moment: Any) -> ColumnElement[bool]:
        """Tell that a moment, given by a column, lies in it."""
        return and_(moment > self.since, moment <= self.until)

    def after(self, moment: datetime) -> Span:
        """Return the part of it after ``moment``."""
        return Span(max(self.since, moment), self.until)


def news_for(session: Session, user: User, span: Span, now: datetime) -> list[ActivityNews]:
    """Return what happened to a learner in ``span``, and what is due soon, by activity.

    Of the courses that they are a learner of; nothing of rehearsals.
    """
    found = []
    for activity, member in _activities(session, user.id):
        part = session.scalar(
            select(Participation).where(
                Participation.activity_id == activity.id, Participation.user_id == user.id
            )
        )
        seen_at = member.last_seen_at if member.launched_role is not None else span.since
        happened = list(_happened(session, part, span.after(seen_at))) if part else []
        due = list(_due_soon(session, activity, user.id, part, span, now))
        if happened or due:
            link_id = part.resource_link_id if part else None
            found.append(ActivityNews(activity, link_id, (*happened, *due), not happened))
    return found


def is_running() -> tuple[ColumnElement[bool], ...]:
    """Tell that an activity is in use, in a course that is no rehearsal."""
    tried_out = exists().where(Rehearsal.context_id == Activity.context_id)
    return Activity.state == ActivityState.PUBLISHED, Activity.closed_at.is_(None), ~tried_out


def _activities(session: Session, user_id: uuid.UUID) -> list[tuple[Activity, Membership]]:
    query = (
        select(Activity, Membership)
        .join(Membership, Membership.context_id == Activity.context_id)
        .where(Membership.user_id == user_id, Membership.left_at.is_(None), *is_running())
        .order_by(Activity.created_at, Activity.id)
    )
    return [
        (activity, member)
        for activity, member in session.execute(query)
        if member.effective_role.takes_part
    ]


def _happened(session: Session, part: Participation, span: Span) -> Iterator[str]:
    mine = select(Reflection.id).where(Reflection.participation_id == part.id).scalar_subquery()
    came = session.scalar(
        select(func.count()).where(
            Response.reflection_id == mine,
            Response.state == WorkState.RELEASED,
            span.holds(Response.released_at),
        )
    )
    if came:
        yield ngettext(
            "A response to your reflection came in.",
            "%(num)s responses to your reflection came in.",
            came,
        )
    yield from _reflection_sent_back(session, part, span)
    yield from _responses_sent_back(session, part, span)


def _reflection_sent_back(session: Session, part: Participation, span: Span) -> Iterator[str]:
    reflection = completion.reflection_of(session, part.id)
    if reflection is None or not _decided(
        session, part, span, ModerationDecision.reflection_id == reflection.id
    ):
        return
    if reflection.state is WorkState.RETURNED:
        yield _("Your reflection came back to you; the reason stands beside it.")
    if reflection.state is WorkState.WITHHELD:
        yield _("Your reflection was taken out of what others read; the reason stands beside it.")


def _responses_sent_back(session: Session, part: Participation, span: Span) -> Iterator[str]:
    """Yield what stands back of what they wrote to others."""
    for state, words in (
        (WorkState.RETURNED, _("A response of yours came back to you; the reason is with it.")),
        (WorkState.WITHHELD, _("A response of yours was taken out; the reason is with it.")),
    ):
        theirs = select(Response.id).where(
            Response.activity_id == part.activity_id,
            Response.author_id == part.user_id,
            Response.state == state,
        )
        if _decided(session, part, span, ModerationDecision.response_id.in_(theirs)):
            yield words


def _decided(
    session: Session, part: Participation, span: Span, subject: ColumnElement[bool]
) -> bool:
    """Return whether somebody else sent such work back in ``span``."""
    query = select(ModerationDecision.id).where(
        ModerationDecision.activity_id == part.activity_id,
        span.holds(ModerationDecision.at),
        ModerationDecision.step.in_(SENT_BACK),
        ModerationDecision.actor_id.is_not(None),
        ModerationDecision.actor_id != part.user_id,
        subject,
    )
    return session.scalar(query.limit(1)) is not None


def _due_soon(
    session: Session,
    activity: Activity,
    user_id: uuid.UUID,
    part: Participation | None,
    span: Span,
    now: datetime,
) -> Iterator[str]:
    """Yield the dates that come near and were not told of, where something is left to do."""
    own = session.get(LearnerClock, (activity.id, user_id))
    dates = clocks.dates_with(activity, own)
    near = [
        (phase, due)
        for phase in Phase
        if (due := dates.of(phase)) is not None and now < due <= now + DUE_SOON
        if span.since < due - DUE_SOON <= span.until
    ]
    if not near or not takes_steps(activity):
        return
    left = _phases_left(session, part)
    for phase, due in near:
        if phase in left:
            yield _near(phase, i18n.full(due))


def _phases_left(session: Session, part: Participation | None) -> set[Any]:
    """Return the phases in which something is the learner's to do."""
    if part is None:
        return {Phase.NOW}
    items = completion.measure(session, part).items
    return {
        PHASE_OF.get(item.key) for item in items if item.state in (ItemState.NEXT, ItemState.OPEN)
    }


def _near(phase: Phase, when: str) -> str:
    return {
        Phase.NOW: _("Now is due on %(when)s, and your reflection is not sent yet.", when=when),
        Phase.NEW: _("New is due on %(when)s, and you still have somebody to answer.", when=when),
        Phase.NEXT: _("Next is due on %(when)s, and something is left for you to do.", when=when),
    }[phase]
