"""Each learner's own dates: what everything that depends on a date reads (``rules.clocks``).

Every function runs inside its caller's transaction.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.activities import Activity
from lti_tool.models.clocks import ExtendedLearner, Extension, LearnerClock
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership, User
from lti_tool.rules.clocks import NAMES, DueDates, closed_phases, late_start, own_dates, together
from lti_tool.rules.signals import joined_late_before
from lti_tool.rules.vocabulary import Phase
from lti_tool.services.engine.rows import AnyActivity, AnyClock, AnyParticipation

BATCH = 500


def dates_of(participation: AnyParticipation) -> DueDates:
    """Return the dates that count for a learner."""
    return dates_with(participation.activity, participation.own_clock)


def dates_with(activity: AnyActivity, own: AnyClock | None) -> DueDates:
    """Return the dates that count for somebody whose clock is ``own``."""
    return own_dates(activity_dates(activity), [own.dates] if own is not None else [])


def activity_dates(activity: AnyActivity) -> DueDates:
    """Return the dates of those who have none of their own."""
    return DueDates(activity.now_due_at, activity.new_due_at, activity.next_due_at)


def closed_for(participation: AnyParticipation) -> frozenset[Phase]:
    """Return the phases in which nothing is taken from the learner any more."""
    return closed_phases(dates_of(participation), participation.activity.accepts_late, clock.now())


def rebuild(session: Session, activity: Activity, user_ids: Collection[uuid.UUID]) -> None:
    """Work out the clocks of learners anew: after an extension, or on joining.

    Measuring them anew is left to the caller.
    """
    chosen = sorted(user_ids)
    for start in range(0, len(chosen), BATCH):
        _rebuild(session, activity, chosen[start : start + BATCH])


def rebuild_late(session: Session, activity: Activity) -> None:
    """Work out all clocks of an activity anew, after its dates or its rule for joining changed."""
    known = select(LearnerClock.user_id).where(LearnerClock.activity_id == activity.id)
    begun = select(Participation.user_id).where(Participation.activity_id == activity.id)
    late = (
        select(Membership.user_id)
        .where(
            Membership.context_id == activity.context_id,
            Membership.first_seen_at > opened_at(activity),
        )
        .where(Membership.user_id.in_(begun))
    )
    ids = set(session.scalars(known))
    if activity.starts_on_joining:
        ids |= set(session.scalars(late))
    rebuild(session, activity, ids)


def opened_at(activity: Activity) -> datetime:
    """Return when the activity opened: its date, or when it was made."""
    return activity.opens_at or activity.created_at


def had_time(activity: Activity, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Tell of members who have not begun, and so have no clock yet, that they had time to begin.

    Says nothing where time does not begin with joining.
    """
    if not activity.starts_on_joining:
        return ()
    opened = opened_at(activity)
    late = joined_late_before(opened, activity.now_due_at, now)
    return (Membership.first_seen_at <= max(opened, late),)


def is_over(participation: AnyParticipation) -> bool:
    """Return whether the Next date passed; a copy's that nobody has looked at is another year's."""
    ends = dates_of(participation).next_due_at
    passed = ends is not None and ends <= clock.now()
    return passed and not participation.activity.is_being_prepared


def _rebuild(session: Session, activity: Activity, user_ids: list[uuid.UUID]) -> None:
    given = _given(session, activity, user_ids)
    session.flush()
    for known in list(session.identity_map.values()):
        if isinstance(known, LearnerClock) and known.activity_id == activity.id:
            session.expunge(known)
    session.execute(
        delete(LearnerClock)
        .where(LearnerClock.activity_id == activity.id, LearnerClock.user_id.in_(user_ids))
        .execution_options(synchronize_session=False)
    )
    found = {user_id: together(given[user_id]) for user_id in user_ids}
    rows = [
        {
            "activity_id": activity.id,
            "user_id": user_id,
            **{name: getattr(dates, name) for name in NAMES},
        }
        for user_id, dates in found.items()
        if dates != DueDates()
    ]
    if rows:
        session.execute(insert(LearnerClock), rows)
    for known in list(session.identity_map.values()):
        if isinstance(known, Participation) and known.activity_id == activity.id:
            session.expire(known, ["own_clock"])


def _given(
    session: Session, activity: Activity, user_ids: list[uuid.UUID]
) -> dict[uuid.UUID, list[DueDates]]:
    """Return all that gives time to each: extensions that stand, and a late start."""
    found: dict[uuid.UUID, list[DueDates]] = defaultdict(list)
    own = (
        select(ExtendedLearner.user_id, Extension)
        .join(Extension, ExtendedLearner.extension_id == Extension.id)
        .where(
            Extension.activity_id == activity.id,
            Extension.undone_at.is_(None),
            ExtendedLearner.user_id.in_(user_ids),
        )
    )
    for user_id, extension in session.execute(own):
        found[user_id].append(extension.dates)
    if activity.starts_on_joining:
        usual, opened, zone = (
            activity_dates(activity),
            opened_at(activity),
            _zone_of(session, activity),
        )
        for user_id, joined_at in _joined_late(session, activity, user_ids):
            found[user_id].append(late_start(usual, opened, joined_at, zone))
    return found


def _joined_late(
    session: Session, activity: Activity, user_ids: list[uuid.UUID]
) -> list[tuple[uuid.UUID, datetime]]:
    query = select(Membership.user_id, Membership.first_seen_at).where(
        Membership.context_id == activity.context_id,
        Membership.user_id.in_(user_ids),
        Membership.first_seen_at > opened_at(activity),
    )
    return [(user_id, joined_at) for user_id, joined_at in session.execute(query)]


def _zone_of(session: Session, activity: Activity) -> tzinfo:
    """Return the zone in which the activity's days are counted: that of who made it."""
    name = session.scalar(select(User.time_zone).where(User.id == activity.created_by_id))
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
