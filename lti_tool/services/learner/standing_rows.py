"""Everything that a learner's standing is worked out from, by one select."""

from __future__ import annotations

import uuid
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
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import NotFound
from lti_tool.models.activities import Activity
from lti_tool.models.cohorts import Cohort
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.engine.allocating import claim_of
from lti_tool.services.engine.completion import Counts, counts_of
from lti_tool.services.engine.settling import waits
from lti_tool.services.learner.reminders import is_unread


@dataclass(frozen=True, slots=True)
class StandingRows:
    """An activity and what a learner has in it; the rows are None where there is none yet."""

    activity: Activity
    participation: Participation | None
    reflection: Reflection | None
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


def find(session: Session, viewer: Viewer, activity_id: uuid.UUID) -> StandingRows:
    """Return the rows of the viewer in an activity of this context; raise NotFound."""
    values = {
        "activity_id": activity_id,
        "context_id": viewer.context_id,
        "registration_id": viewer.registration_id,
        "user_id": viewer.user_id,
        "now": clock.now(),
    }
    row = session.execute(_ROWS, values).first()
    if row is None:
        raise NotFound("activity")
    activity, participation, reflection, is_due, claim_id, returned_id, *more = row
    may_join, is_nudged, *counts = more
    return StandingRows(
        activity,
        participation,
        reflection,
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
        .order_by(Response.submitted_at)
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


# Built once: putting it together costs several times what running it does.
_ROWS: Select[*tuple[Any, ...]] = (
    select(
        Activity,
        Participation,
        Reflection,
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
    .where(
        Activity.id == bindparam("activity_id"),
        Activity.context_id == bindparam("context_id"),
        Activity.registration_id == bindparam("registration_id"),
    )
    .execution_options(populate_existing=True)
)
