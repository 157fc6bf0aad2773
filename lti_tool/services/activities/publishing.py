"""An activity on its way to learners: what to look at first, opening, extending, archiving."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import InvalidInput, Stale
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.people import Membership
from lti_tool.rules.prompt_templates import find
from lti_tool.rules.readiness import Facts, Finding, findings
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import ActivityState, Audience, ModerationMode, Role
from lti_tool.services.activities.activities import (
    Activities,
    ActivityView,
    activity_view,
    find_activity,
)
from lti_tool.services.activities.prompts import PromptValues
from lti_tool.services.locking import lock_activity

DUE = ("now_due_at", "new_due_at", "next_due_at")
MOST_DAYS = 366


class Stage(StrEnum):
    """Where an activity stands for its learners."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    OVER = "over"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Publication:
    """An activity with its stage, and what is missing or risky in it."""

    activity: ActivityView
    stage: Stage
    findings: tuple[Finding, ...]
    learners: int
    tutors: int


@dataclass(frozen=True, slots=True)
class Publishing:
    """Use cases of bringing an activity to learners; all within the viewer's context."""

    db: Database

    def look(self, viewer: Viewer, activity_id: uuid.UUID) -> Publication:
        """Return where an activity stands and what to look at; raise NotFound."""
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            view = activity_view(session, activity)
            learners, tutors = _people(session, activity)
            facts = _facts(session, activity, view, learners, tutors)
            return Publication(view, stage_of(activity), findings(facts), learners, tutors)

    def open_at(
        self, viewer: Viewer, activity_id: uuid.UUID, moment: datetime | None, seen: str
    ) -> None:
        """Let learners begin at ``moment``; None: at once.

        Raises Stale, and InvalidInput for a moment that is not before the other dates.
        """
        view = Activities(self.db).get(viewer, activity_id)
        dates = view.values.dates
        first = next((date for name in DUE if (date := getattr(dates, name))), None)
        if moment is not None and first is not None and moment >= first:
            raise InvalidInput({"opens_at": [_("This has to be before the first date.")]})
        values = replace(view.values, dates=replace(dates, opens_at=moment))
        Activities(self.db).update(viewer, activity_id, values, seen)

    def extend(
        self, viewer: Viewer, activity_id: uuid.UUID, days: int, zone: tzinfo, seen: str
    ) -> None:
        """Move all dates on which something is due by ``days``; raise Stale.

        Times of day stay as they are in ``zone``, also across summer time.
        """
        view = Activities(self.db).get(viewer, activity_id)
        later = {
            name: _later(date, days, zone)
            for name in DUE
            if (date := getattr(view.values.dates, name))
        }
        values = replace(view.values, dates=replace(view.values.dates, **later))
        Activities(self.db).update(viewer, activity_id, values, seen)

    def archive(self, viewer: Viewer, activity_id: uuid.UUID, seen: str) -> None:
        """Close an activity: learners read what is theirs and change nothing; raise Stale."""
        self._close(viewer, activity_id, clock.now(), seen)

    def reopen(self, viewer: Viewer, activity_id: uuid.UUID, seen: str) -> None:
        """Open an archived activity again; raise Stale."""
        self._close(viewer, activity_id, None, seen)

    def _close(
        self, viewer: Viewer, activity_id: uuid.UUID, moment: datetime | None, seen: str
    ) -> None:
        with self.db.write() as session:
            lock_activity(session, activity_id)
            activity = find_activity(session, viewer, activity_id)
            if activity.updated_at.isoformat() != seen:
                raise Stale("activity")
            activity.closed_at, activity.updated_at = moment, clock.now()


def _later(moment: datetime, days: int, zone: tzinfo) -> datetime:
    local = moment.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    return local.replace(tzinfo=zone)


def stage_of(activity: Activity) -> Stage:
    """Return where an activity stands for its learners."""
    now = clock.now()
    if activity.closed_at is not None:
        return Stage.ARCHIVED
    if activity.state is not ActivityState.PUBLISHED:
        return Stage.DRAFT
    if activity.opens_at is not None and activity.opens_at > now:
        return Stage.SCHEDULED
    due = [date for name in DUE if (date := getattr(activity, name))]
    return Stage.OVER if due and max(due) < now else Stage.OPEN


def _people(session: Session, activity: Activity) -> tuple[int, int]:
    """Return how many learners and tutors the course has, as far as anybody told."""
    role = func.coalesce(Membership.granted_role, Membership.role)
    rows = session.execute(
        select(role, func.count())
        .where(Membership.context_id == activity.context_id, Membership.left_at.is_(None))
        .group_by(role)
    )
    counts = {Role(str(name)): count for name, count in rows}
    learners = sum(count for name, count in counts.items() if name.takes_part)
    return learners, counts.get(Role.TUTOR, 0)


def _facts(
    session: Session, activity: Activity, view: ActivityView, learners: int, tutors: int
) -> Facts:
    values = view.values
    shared = [one for one in values.prompts if one.audience is Audience.COHORT]
    placed = exists().where(ResourceLink.activity_id == activity.id)
    return Facts(
        now=clock.now(),
        opens_at=values.dates.opens_at,
        now_due_at=values.dates.now_due_at,
        new_due_at=values.dates.new_due_at,
        next_due_at=values.dates.next_due_at,
        responses_required=values.responses_required,
        weight_responses=values.weights.responses,
        checked_first=values.reflection_moderation is ModerationMode.BEFORE,
        hides_names=values.anonymity.hides_peers,
        tutor_confirms=values.tutor_confirms,
        competencies=len(view.competencies),
        levels=len(view.levels),
        shared_questions=len(shared),
        shared_feelings=sum(map(_is_about_feelings, shared)),
        least_words=sum(one.min_words for one in values.prompts),
        learners=learners,
        tutors=tutors,
        placed=bool(session.scalar(select(placed))),
        retired=sum(one.is_retired for one in view.competencies),
    )


def _is_about_feelings(prompt: PromptValues) -> bool:
    """Tell a template's prompt that is not for peers unless an educator decides so."""
    pattern = find(prompt.template_key)
    return pattern is not None and pattern.audience is not Audience.COHORT
