"""Everything that a learner's standing is worked out from, by one select."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    exists,
    or_,
    select,
)

from lti_tool import clock
from lti_tool.errors import NotFound
from lti_tool.models.activities import Activity
from lti_tool.models.base import columns_of
from lti_tool.models.clocks import LearnerClock
from lti_tool.models.cohorts import Cohort
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.engine.allocating import claim_of
from lti_tool.services.engine.completion import Counts, counts_of
from lti_tool.services.engine.reach import Reader, past_session
from lti_tool.services.engine.rows import (
    ActivityRow,
    ClockRow,
    ParticipationRow,
    ReflectionRow,
)
from lti_tool.services.engine.settling import waits
from lti_tool.services.learner.reminders import is_unread


@dataclass(frozen=True, slots=True)
class StandingRows:
    """An activity and what a learner has in it; the rows are None where there is none yet."""

    activity: ActivityRow
    participation: ParticipationRow | None
    reflection: ReflectionRow | None
    is_due: bool
    """Whether a grace window of this activity is over and not settled."""
    claim_id: uuid.UUID | None
    """The allocation the learner is at."""
    returned_id: uuid.UUID | None
    """The oldest allocation whose response the tutor returned."""
    may_join: bool
    """Whether they are in no cohort, and there is one to join."""
    is_nudged: bool
    """Whether a reminder waits for them."""
    counts: Counts


def find(reader: Reader, viewer: Viewer, activity_id: uuid.UUID) -> StandingRows:
    """Return the rows of the viewer in an activity of this context; raise NotFound."""
    values = {
        "activity_id": activity_id,
        "context_id": viewer.context_id,
        "registration_id": viewer.registration_id,
        "user_id": viewer.user_id,
        "now": clock.now(),
    }
    row = past_session(reader).execute(_ROWS, values).first()
    if row is None:
        raise NotFound("activity")
    activity = ActivityRow(*row[_ACTIVITY])
    reflection, own_clock = ReflectionRow(*row[_REFLECTION]), ClockRow(*row[_CLOCK])
    mine: tuple[Any, ...] = row[_PARTICIPATION]
    clock_of = own_clock if own_clock.user_id is not None else None
    is_due, claim_id, returned_id, may_join, is_nudged, *counts = row[_CLOCK.stop :]
    return StandingRows(
        activity,
        ParticipationRow._make((*mine, activity, clock_of)) if mine[0] is not None else None,
        reflection if reflection.id is not None else None,
        is_due,
        claim_id,
        returned_id,
        may_join,
        is_nudged,
        Counts(*counts),
    )


def _returned() -> ScalarSelect[uuid.UUID]:
    return (
        select(Allocation.id)
        .join(Response, Response.allocation_id == Allocation.id)
        .where(Allocation.reviewer_id == Participation.id, Response.state == WorkState.RETURNED)
        .order_by(Response.submitted_at, Response.id)
        .limit(1)
        .correlate(Participation)
        .scalar_subquery()
    )


def _claim() -> ScalarSelect[uuid.UUID]:
    claim = claim_of(Participation.id).with_only_columns(Allocation.id)
    return claim.correlate(Participation).scalar_subquery()


def _may_join() -> ColumnElement[bool]:
    here = Membership.context_id == Activity.context_id
    loose = (Membership.user_id == bindparam("user_id"), Membership.cohort_id.is_(None))
    offered = exists().where(Cohort.context_id == Activity.context_id, Cohort.is_open)
    return and_(exists().where(here, *loose).correlate(Activity), offered.correlate(Activity))


_MINE = ParticipationRow._fields[:-2]


def _after(before: slice, columns: Sequence[str]) -> slice:
    return slice(before.stop, before.stop + len(columns))


_ACTIVITY = _after(slice(0, 0), ActivityRow._fields)
_PARTICIPATION = _after(_ACTIVITY, _MINE)
_REFLECTION = _after(_PARTICIPATION, ReflectionRow._fields)
_CLOCK = _after(_REFLECTION, ClockRow._fields)
"""Where in the row each of them stands."""


# Built once: putting it together costs several times what running it does.
_ROWS: Select[*tuple[Any, ...]] = (
    select(
        *columns_of(Activity, ActivityRow._fields),
        *columns_of(Participation, _MINE),
        *columns_of(Reflection, ReflectionRow._fields),
        *columns_of(LearnerClock, ClockRow._fields),
        or_(*(waits(model).correlate(None) for model in (Reflection, Response))),
        _claim(),
        _returned(),
        _may_join(),
        is_unread(bindparam("user_id")),
        *counts_of(Participation.id, Participation.user_id, Activity.id, Reflection.id),
    )
    .select_from(Activity)
    .outerjoin(
        Participation,
        and_(
            Participation.activity_id == Activity.id,
            Participation.user_id == bindparam("user_id"),
        ),
    )
    .outerjoin(Reflection, Reflection.participation_id == Participation.id)
    .outerjoin(
        LearnerClock,
        and_(
            LearnerClock.activity_id == Activity.id,
            LearnerClock.user_id == bindparam("user_id"),
        ),
    )
    .where(
        Activity.id == bindparam("activity_id"),
        Activity.context_id == bindparam("context_id"),
        Activity.registration_id == bindparam("registration_id"),
    )
)
