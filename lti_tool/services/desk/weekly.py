"""The summary of a course that an educator can have by mail each week: figures, nobody's name."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lti_tool import clock, i18n
from lti_tool.exports.mail import Letter, Part
from lti_tool.i18n import gettext as _
from lti_tool.i18n import number, span
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.interventions import Intervention
from lti_tool.models.mail import MailState, WeeklySummary
from lti_tool.models.participations import Participation
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.interventions import InterventionAct
from lti_tool.rules.mailing import next_summary, zone_of
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Role, Step, WorkState
from lti_tool.services.cohort_scope import Scope
from lti_tool.services.desk.extended import HANDED_IN, TAKES_PART
from lti_tool.services.desk.signal_rows import read_page
from lti_tool.services.learner.digest_news import is_running
from lti_tool.services.mailing import letters
from lti_tool.services.mailing.letters import Purpose
from lti_tool.services.mailing.wishes import Reach, reach_of

WEEK = timedelta(days=7)
AT_ONCE = 20
MOST_DECISIONS = 2_000
DECIDED = (Step.RELEASE, Step.RETURN, Step.WITHHOLD)


@dataclass(frozen=True, slots=True)
class Figures:
    """One activity in numbers; the four groups of learners add up to all."""

    activity_id: uuid.UUID
    title: str
    not_begun: int
    writing: int
    """Have begun, and not handed in."""
    going_on: int
    """Have handed in, and are not complete."""
    complete: int
    need_somebody: int
    """Stand on the tutors' list of today."""
    to_decide: int
    """Texts that wait for a tutor's decision."""
    decided: int
    """Texts that waited and were decided on in the last week."""
    decided_after: timedelta | None
    """For how long half of those had waited at most."""
    reminders: int
    """That tutors sent in the last week."""

    def lines(self) -> tuple[tuple[str, str], ...]:
        """Return the figures in words, in the language in force."""
        waited = span(self.decided_after) if self.decided_after is not None else "–"
        return (
            (_("Not begun"), number(self.not_begun)),
            (_("Writing their reflection"), number(self.writing)),
            (_("With their peers, or at their next step"), number(self.going_on)),
            (_("Complete"), number(self.complete)),
            (_("May need somebody"), number(self.need_somebody)),
            (_("Texts that wait for a decision"), number(self.to_decide)),
            (_("Texts decided on this week"), number(self.decided)),
            (_("Half of them had waited for at most"), waited),
            (_("Reminders sent this week"), number(self.reminders)),
        )


@dataclass(frozen=True, slots=True)
class Weeklies:
    """Use cases of the weekly summary; who wants one says so by ``mailing.wishes``."""

    db: Database

    def figures(self, viewer: Viewer) -> list[Figures]:
        """Return what the summary of the viewer's course would say now."""
        if viewer.context_id is None:
            return []
        with self.db.read() as session:
            return figures_of(session, viewer.context_id)

    def run(self) -> int:
        """Write the summaries that are due; return how many were written."""
        with self.db.read() as session:
            due = select(WeeklySummary.id).where(WeeklySummary.next_at <= clock.now())
            found = list(
                session.scalars(
                    due.order_by(WeeklySummary.next_at, WeeklySummary.id).limit(AT_ONCE)
                )
            )
        written = 0
        for summary_id in found:
            with self.db.write() as session:
                written += _write(session, summary_id)
        return written


def figures_of(session: Session, context_id: uuid.UUID) -> list[Figures]:
    """Return the activities of a course that are in use, in numbers."""
    query = select(Activity).where(Activity.context_id == context_id, *is_running())
    activities = session.scalars(query.order_by(Activity.created_at, Activity.id)).all()
    if not activities:
        return []
    role = func.coalesce(Membership.granted_role, Membership.role)
    learners = select(Membership.user_id).where(
        Membership.context_id == context_id, Membership.left_at.is_(None), role.in_(TAKES_PART)
    )
    total = session.scalar(select(func.count()).select_from(learners.subquery())) or 0
    waited = _waited(session, [activity.id for activity in activities])
    return [
        _figures(session, activity, learners, total, waited[activity.id]) for activity in activities
    ]


def _figures(
    session: Session,
    activity: Activity,
    learners: Select[uuid.UUID],
    total: int,
    waited: list[float],
) -> Figures:
    """Return one activity in numbers; ``waited`` as ``_waited`` has it, in seconds."""
    page, _stale = read_page(session, activity, Scope(activity.context_id, None), None, None)
    done = Participation.completed_at.is_not(None)
    begun, complete, going_on = session.execute(
        select(
            func.count(),
            func.count().filter(done),
            func.count().filter(~done, Reflection.state.in_(HANDED_IN)),
        )
        .select_from(Participation)
        .outerjoin(Reflection, Reflection.participation_id == Participation.id)
        .where(Participation.activity_id == activity.id, Participation.user_id.in_(learners))
    ).one()
    return Figures(
        activity_id=activity.id,
        title=activity.title,
        not_begun=max(0, total - begun),
        writing=begun - complete - going_on,
        going_on=going_on,
        complete=complete,
        need_somebody=page.total,
        to_decide=page.to_decide,
        decided=len(waited),
        decided_after=timedelta(seconds=median(waited)) if waited else None,
        reminders=_reminders(session, activity.id),
    )


def _waited(session: Session, activity_ids: list[uuid.UUID]) -> defaultdict[uuid.UUID, list[float]]:
    """Return for how many seconds texts had waited that were decided on in the last week."""
    held_since = func.coalesce(
        Reflection.visible_at, Response.visible_at, type_=Reflection.visible_at.type
    )
    query = (
        select(ModerationDecision.activity_id, ModerationDecision.at, held_since)
        .outerjoin(Reflection, ModerationDecision.reflection_id == Reflection.id)
        .outerjoin(Response, ModerationDecision.response_id == Response.id)
        .where(
            ModerationDecision.activity_id.in_(activity_ids),
            ModerationDecision.at > clock.now() - WEEK,
            ModerationDecision.step.in_(DECIDED),
            ModerationDecision.from_state == WorkState.HELD,
            ModerationDecision.actor_id.is_not(None),
        )
        .limit(MOST_DECISIONS)
    )
    times: defaultdict[uuid.UUID, list[float]] = defaultdict(list)
    for activity_id, at, since in session.execute(query):
        if since is not None and since <= at:  # else it was handed in again meanwhile
            times[activity_id].append((at - since).total_seconds())
    return times


def _reminders(session: Session, activity_id: uuid.UUID) -> int:
    query = select(func.count()).where(
        Intervention.activity_id == activity_id,
        Intervention.act == InterventionAct.NUDGED,
        Intervention.at > clock.now() - WEEK,
    )
    return session.scalar(query) or 0


def _write(session: Session, summary_id: uuid.UUID) -> bool:
    """Write one summary and note when the next one is due; one nobody may have any more goes."""
    summary = session.get(WeeklySummary, summary_id, with_for_update=True)
    if summary is None:
        return False
    user = session.get_one(User, summary.user_id)
    member = session.scalar(
        select(Membership).where(
            Membership.context_id == summary.context_id, Membership.user_id == user.id
        )
    )
    is_here = member is not None and member.left_at is None and user.erased_at is None
    if member is None or not is_here or member.effective_role is not Role.EDUCATOR:
        session.delete(summary)
        return False
    now = clock.now()
    summary.next_at = next_summary(now, zone_of(user.time_zone))
    # Ending the mails of a learner ends no summary that the same person asked for as an educator.
    if reach_of(user, MailState(user_id=user.id), is_set_up=True) is not Reach.MAIL:
        return False
    figures = figures_of(session, summary.context_id)
    if not figures:
        return False
    with i18n.use(user.language, user.time_zone):
        letter = _letter(session, summary.context_id, figures, now)
    letters.promise(session, user, letter, Purpose.WEEKLY, summary_id=summary.id)
    return True


def _letter(
    session: Session, context_id: uuid.UUID, figures: list[Figures], now: datetime
) -> Letter:
    course = session.get_one(Context, context_id).title
    parts = []
    for one in figures:
        link = letters.address_of(session, session.get_one(Activity, one.activity_id))
        parts.append(
            Part(
                title=one.title,
                facts=one.lines(),
                link=link,
                link_label=letters.link_label(one.title, link),
            )
        )
    day = i18n.day(now.astimezone(i18n.zone()).date())
    return Letter(
        i18n.current(),
        _("%(course)s: the week until %(day)s", course=course or "Miroir", day=day),
        tuple(parts),
        why=_("You asked for this summary in Miroir. It names nobody."),
        stop_label=_("End this summary"),
    )
