"""What tutors do for learners, written down: of which kind, and whether before anybody asked."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, insert, or_, select, true
from sqlalchemy.orm import Session, joinedload

from lti_tool import clock
from lti_tool.errors import InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.interventions import Intervention
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership, User
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.interventions import InterventionAct, InterventionKind
from lti_tool.rules.signals import SignalKind
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import AllocationState, WorkState
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import scope_of
from lti_tool.services.engine import completion
from lti_tool.services.locking import lock_activity


@dataclass(frozen=True, slots=True)
class InterventionLine:
    """One line of what was done for a learner; ``kind`` is None of what only manages."""

    act: InterventionAct
    kind: InterventionKind | None
    is_proactive: bool
    signals: tuple[str, ...]
    """Why the learner stood on the list then, as codes of ``SignalKind``."""
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Interventions:
    """Use cases of a tutor who does something for one learner."""

    db: Database
    can_nudge: bool = False
    """Whether a reminder can be sent; what sends it calls ``record`` with NUDGED."""

    def record(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        place: uuid.UUID,
        act: InterventionAct,
        kind: InterventionKind | None = None,
        note: str = "",
    ) -> None:
        """Write down what was done; the reasons for which the learner was listed rest for a while.

        ``place`` is the learner's participation, or who they are if they have not opened the
        activity. Raises NotFound for somebody whom the viewer does not see.
        """
        with self.db.write() as session:
            lock_activity(session, activity_id)
            activity = find_activity(session, viewer, activity_id)
            user_id = find_learner(session, viewer, activity, place)
            write(session, viewer, activity, [user_id], act, kind, note)
            refresh_begun(session, activity, user_id)

    def note(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        place: uuid.UUID,
        kind: InterventionKind,
        note: str,
    ) -> None:
        """Keep a note on a learner, for staff alone; raise InvalidInput without words, NotFound."""
        if not note.strip():
            raise InvalidInput({"note": [_("Write a word or two.")]})
        self.record(viewer, activity_id, place, InterventionAct.NOTED, kind, note.strip())

    def free(self, viewer: Viewer, activity_id: uuid.UUID, participation_id: uuid.UUID) -> int:
        """Take reflections from a learner who sits on them; return how many.

        Others are given them at once. What the learner wrote is kept: they can take it up again.
        Raises NotFound.
        """
        with self.db.write() as session:
            lock_activity(session, activity_id)
            activity = find_activity(session, viewer, activity_id)
            user_id = find_learner(session, viewer, activity, participation_id)
            begun = list(
                session.scalars(
                    select(Allocation)
                    .join(Response, Response.allocation_id == Allocation.id)
                    .where(
                        Allocation.activity_id == activity.id,
                        Allocation.reviewer_id == participation_id,
                        Allocation.state == AllocationState.CLAIMED,
                        Response.state == WorkState.DRAFT,
                    )
                )
            )
            for allocation in begun:
                allocation.state = AllocationState.DECLINED
            if begun:
                write(session, viewer, activity, [user_id], InterventionAct.FREED)
                session.flush()
                refresh_begun(session, activity, user_id)
            return len(begun)


def write(
    session: Session,
    viewer: Viewer,
    activity: Activity,
    user_ids: Collection[uuid.UUID],
    act: InterventionAct,
    kind: InterventionKind | None = None,
    note: str = "",
) -> None:
    """Write a line for each learner, inside the caller's transaction and under its lock.

    It counts as proactive for who stands on the tutor's list at this moment.
    """
    listed = _listed(session, activity, user_ids)
    now = clock.now()
    rows = [
        {
            "id": uuid.uuid4(),
            "activity_id": activity.id,
            "user_id": user_id,
            "actor_id": viewer.user_id,
            "act": act,
            "kind": kind,
            "is_proactive": user_id in listed,
            "signals": listed.get(user_id, ""),
            "note": note,
            "at": now,
        }
        for user_id in user_ids
    ]
    if rows:
        session.flush()
        session.execute(insert(Intervention), rows)


def history(
    session: Session,
    activity_id: uuid.UUID,
    user_id: uuid.UUID,
    since: datetime | None = None,
    most: int = 50,
) -> tuple[InterventionLine, ...]:
    """Return what was done for a learner in an activity, newest first; with ``since``, after it."""
    theirs = (Intervention.activity_id == activity_id, Intervention.user_id == user_id)
    query = (
        select(Intervention)
        .where(*theirs, Intervention.at >= since if since is not None else true())
        .order_by(Intervention.at.desc(), Intervention.id)
        .limit(most)
        .options(joinedload(Intervention.actor))
    )
    return tuple(
        InterventionLine(
            act=row.act,
            kind=row.kind,
            is_proactive=row.is_proactive,
            signals=tuple(code for code in row.signals.split(",") if code),
            note=row.note,
            by=row.actor.display_name,
            at=row.at,
        )
        for row in session.scalars(query)
    )


def find_learner(
    session: Session, viewer: Viewer, activity: Activity, place: uuid.UUID
) -> uuid.UUID:
    """Return the user id of a learner whom the viewer sees in an activity's course.

    ``place`` is a participation's id, or a user's who has not opened the activity. Raises NotFound.
    """
    mine = and_(Participation.user_id == User.id, Participation.activity_id == activity.id)
    unbegun = and_(User.id == place, Participation.id.is_(None))
    query = (
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(Participation, mine)
        .where(
            Membership.context_id == activity.context_id,
            or_(Participation.id == place, unbegun),
            scope_of(session, viewer).holds(User.id),
        )
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound("learner")
    return found


def refresh_begun(session: Session, activity: Activity, user_id: uuid.UUID) -> None:
    """Measure a learner anew, if they have opened the activity."""
    participation = session.scalar(
        select(Participation).where(
            Participation.activity_id == activity.id, Participation.user_id == user_id
        )
    )
    if participation is not None:
        completion.refresh(session, participation)


def _listed(
    session: Session, activity: Activity, user_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, str]:
    """Return who of them stands on the list, with the code of the most urgent reason."""
    chosen = list(user_ids)
    found: dict[uuid.UUID, str] = {}
    for start in range(0, len(chosen), 500):
        batch = chosen[start : start + 500]
        begun = select(Participation.user_id, Participation.attention).where(
            Participation.activity_id == activity.id, Participation.user_id.in_(batch)
        )
        known: dict[uuid.UUID, int | None] = {row[0]: row[1] for row in session.execute(begun)}
        for user_id in batch:
            attention = known.get(user_id, SignalKind.NOT_STARTED.value)
            if attention is not None:
                found[user_id] = SignalKind(attention).code
    return found
