"""Copied activities: what an educator decides about one, and making one of an older course's."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy import Select, delete, exists, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import IllegalTransition, NotFound, Stale
from lti_tool.models import Database
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.launches import LaunchSession
from lti_tool.models.participations import Participation
from lti_tool.models.people import Context
from lti_tool.rules.date_shift import first_day, same_weekday, shift, suggestion
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import ActivityState, CopySign
from lti_tool.services.activities import copying
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.activities.copy_notices import has_work
from lti_tool.services.engine import clocks, remeasuring
from lti_tool.services.locking import lock_activity

DATES = ("opens_at", "now_due_at", "new_due_at", "next_due_at")
MOST_CANDIDATES = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """An activity of a course that the viewer's was copied from."""

    id: uuid.UUID
    title: str
    course: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Shift:
    """Dates as they stand and as they would be, by name; ``seen`` tells which state was shown."""

    first: date
    """The day of the earliest date as it stands."""
    day: date
    """The day that it would fall on."""
    same_weekday: date
    """The nearest day to that on which all weekdays would stay."""
    before: dict[str, datetime | None]
    after: dict[str, datetime | None]
    seen: str


@dataclass(frozen=True, slots=True)
class Copies:
    """Use cases on copied activities; all within the viewer's context."""

    db: Database

    def candidates(self, viewer: Viewer) -> list[Candidate]:
        """Return the activities of the courses that the viewer's was copied from, nearest first.

        Only those that a link there opens; none unless the launch told of such courses.
        """
        with self.db.read() as session:
            courses = _courses_before(session, viewer)
            if not courses:
                return []
            rows = session.execute(
                _of_courses(viewer, courses)
                .add_columns(Context.title, Context.lti_id)
                .order_by(Activity.created_at.desc(), Activity.id)
                .limit(MOST_CANDIDATES)
            ).all()
        nearest = sorted(rows, key=lambda row: courses.index(row[2]))
        return [Candidate(row.id, row.title, title, row.created_at) for row, title, _ in nearest]

    def take(self, viewer: Viewer, activity_id: uuid.UUID) -> uuid.UUID:
        """Let the viewer's empty link open a copy of a candidate; return the copy's id.

        Raises NotFound for what is no candidate, Stale if the link opens something meanwhile.
        """
        with self.db.write() as session:
            courses = _courses_before(session, viewer)
            original = session.scalar(
                _of_courses(viewer, courses).where(Activity.id == activity_id)
            )
            if original is None:
                raise NotFound("activity")
            link = _link(session, viewer)
            if link.activity_id is not None:
                raise Stale("resource link")
            context = session.get_one(Context, link.context_id)
            arrival = copying.Arrival(link, False, context, viewer.registration_id, viewer.user_id)
            return copying.copy(session, original, arrival, CopySign.CHOSEN).id

    def keep(self, viewer: Viewer, activity_id: uuid.UUID) -> None:
        """Note that the copy is good as it is; raise NotFound. Saying it twice changes nothing."""
        with self.db.write() as session:
            activity = _locked(session, viewer, activity_id)
            if activity.copied_at is not None and activity.copy_checked_at is None:
                activity.copy_checked_at = clock.now()

    def open_original(self, viewer: Viewer, activity_id: uuid.UUID) -> uuid.UUID:
        """Let the viewer's link open the original in the same course; return the original's id.

        Raises IllegalTransition if a learner has begun in the copy, NotFound as ``leave`` does.
        """
        with self.db.write() as session:
            copy = _locked(session, viewer, activity_id)
            if copy.copied_from_id is None:
                raise NotFound("original")
            original = find_activity(session, viewer, copy.copied_from_id)
            _leave(session, viewer, copy).activity_id = original.id
            original.place()
            return original.id

    def leave(self, viewer: Viewer, activity_id: uuid.UUID) -> None:
        """Let the viewer's link open nothing, so that another activity can be chosen for it.

        Raises IllegalTransition if a learner has begun in the copy, NotFound if the viewer did not
        come through its link.
        """
        with self.db.write() as session:
            copy = _locked(session, viewer, activity_id)
            _leave(session, viewer, copy).activity_id = None

    def preview(
        self, viewer: Viewer, activity_id: uuid.UUID, zone: tzinfo, day: date | None = None
    ) -> Shift:
        """Return what the dates would be with the earliest on ``day``, or on the day we suggest.

        Raises NotFound, also for an activity without dates.
        """
        with self.db.read() as session:
            return _shifted(find_activity(session, viewer, activity_id), zone, day)

    def shift_dates(
        self, viewer: Viewer, activity_id: uuid.UUID, zone: tzinfo, day: date, seen: str
    ) -> None:
        """Move all dates of an activity that stood as ``seen``; raise Stale and NotFound."""
        with self.db.write() as session:
            activity = _locked(session, viewer, activity_id)
            result = _shifted(activity, zone, day)
            if result.seen != seen:
                raise Stale("activity")
            for name in DATES:
                setattr(activity, name, result.after[name])
            activity.updated_at = clock.now()
            if activity.copied_at is not None:
                activity.copy_checked_at = activity.updated_at
            session.flush()
            clocks.rebuild_late(session, activity)
            remeasuring.refresh_all(session, activity.id)


def _locked(session: Session, viewer: Viewer, activity_id: uuid.UUID) -> Activity:
    lock_activity(session, activity_id)
    return find_activity(session, viewer, activity_id)


def _courses_before(session: Session, viewer: Viewer) -> list[str]:
    """Return the platform's ids of the courses that the viewer's launch told of, newest first."""
    launch = session.get(LaunchSession, viewer.session_id)
    return list(launch.message.get("copied_from", [])) if launch is not None else []


def _of_courses(viewer: Viewer, courses: list[str]) -> Select[Activity]:
    """Select what links of these courses of the viewer's deployment open."""
    opened = exists().where(ResourceLink.activity_id == Activity.id)
    return (
        select(Activity)
        .join(Context, Context.id == Activity.context_id)
        .where(
            Context.deployment_id == viewer.deployment_id,
            Context.id != viewer.context_id,
            Context.lti_id.in_(courses),
            Activity.registration_id == viewer.registration_id,
            opened,
        )
    )


def _link(session: Session, viewer: Viewer) -> ResourceLink:
    """Return the link that the viewer came through, locked; raise NotFound."""
    link = session.scalar(
        select(ResourceLink)
        .where(
            ResourceLink.id == viewer.resource_link_id,
            ResourceLink.context_id == viewer.context_id,
        )
        .with_for_update(key_share=True)
    )
    if link is None:
        raise NotFound("resource link")
    return link


def _leave(session: Session, viewer: Viewer, copy: Activity) -> ResourceLink:
    """Take the viewer's link off an unused copy, which is put away with its last link."""
    link = _link(session, viewer)
    if copy.copied_at is None or link.activity_id != copy.id:
        raise NotFound("copy")
    if has_work(session, copy):
        raise IllegalTransition("activity", "begun", "leave")
    others = exists().where(ResourceLink.activity_id == copy.id, ResourceLink.id != link.id)
    if not session.scalar(select(others)):
        copy.state = ActivityState.ARCHIVED
    session.execute(
        delete(Participation).where(
            Participation.activity_id == copy.id, Participation.resource_link_id == link.id
        )
    )
    return link


def _shifted(activity: Activity, zone: tzinfo, day: date | None) -> Shift:
    before = {name: getattr(activity, name) for name in DATES}
    first = first_day(before, zone)
    if first is None:
        raise NotFound("dates")
    today = clock.now().astimezone(zone).date()
    wanted = day or suggestion(first, today)
    return Shift(
        first=first,
        day=wanted,
        same_weekday=same_weekday(first, wanted, today),
        before=before,
        after=shift(before, wanted, zone),
        seen=activity.updated_at.isoformat(),
    )
