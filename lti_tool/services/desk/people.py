"""Where each learner of an activity stands, for the tutor: not started, under way, complete.

Members are known by their launches and by the course list, where the LMS shares one. Who is no
longer in the course is listed as long as there is work of theirs.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lti_tool.errors import Forbidden
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.models.people import Membership, User
from lti_tool.rules.completion import Progress
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import scope_of
from lti_tool.services.desk.dossier_views import Dossier
from lti_tool.services.desk.dossiers import read_dossier
from lti_tool.services.desk.people_filters import (
    PeopleFilter,
    counted,
    known_counts,
    let_through,
    members,
    order_of,
    stands_after,
)
from lti_tool.services.engine import measuring
from lti_tool.services.engine.anonymity import staff_name
from lti_tool.services.engine.confirmations import Confirmation, confirm
from lti_tool.services.outbox import scores
from lti_tool.services.outbox.scores import ScoreState

PAGE_SIZE = 25
EXPORT_PAGE = 500


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """One learner in the list; without a participation they have not started."""

    user_id: uuid.UUID
    name: str
    last_seen_at: datetime | None
    """Of their last launch; None for who never launched and is known by the course list."""
    left_at: datetime | None
    """Since when they are no longer in the course."""
    participation_id: uuid.UUID | None
    reflection: WorkState | None
    progress: Progress | None
    completed_at: datetime | None
    confirmed: int
    to_confirm: int
    score: ScoreState | None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of learners by name; ``following`` starts the next one, if there are more."""

    rows: tuple[LearnerRow, ...]
    following: uuid.UUID | None
    counts: dict[PeopleFilter, int]


@dataclass(frozen=True, slots=True)
class People:
    """Use cases of the tutor's desk on learners."""

    db: Database

    def page(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        which: PeopleFilter = PeopleFilter.ALL,
        after: uuid.UUID | None = None,
        cohort_id: uuid.UUID | None = None,
    ) -> PeoplePage:
        """Return one page of the learners of the activity's course that ``which`` lets through.

        Only those whom the viewer sees, or of one cohort; raises NotFound.
        """
        with self.db.read() as session:
            activity = find_activity(session, _staff(viewer), activity_id)
            scope = scope_of(session, viewer, cohort_id)
            query = members(activity, scope).where(let_through(activity)[which])
            shown, following = _page(session, activity, query, after, PAGE_SIZE)
            rows, counts = tuple(shown), known_counts(session, activity, scope)
        return PeoplePage(rows, following, counts or counted(self.db, viewer, activity_id, scope))

    def lines(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        which: PeopleFilter = PeopleFilter.ALL,
        cohort_id: uuid.UUID | None = None,
    ) -> Iterator[LearnerRow]:
        """Yield all learners that ``which`` lets through, some at a time; raise NotFound."""
        after: uuid.UUID | None = None
        while True:
            rows, after = self.some(viewer, activity_id, after, EXPORT_PAGE, which, cohort_id)
            yield from rows
            if after is None:
                return

    def some(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        after: uuid.UUID | None,
        size: int,
        which: PeopleFilter = PeopleFilter.ALL,
        cohort_id: uuid.UUID | None = None,
    ) -> tuple[list[LearnerRow], uuid.UUID | None]:
        """Return ``size`` learners, and what the next come after if there are more."""
        with self.db.read() as session:
            activity = find_activity(session, _staff(viewer), activity_id)
            query = members(activity, scope_of(session, viewer, cohort_id))
            return _page(session, activity, query.where(let_through(activity)[which]), after, size)

    def open(self, viewer: Viewer, activity_id: uuid.UUID, participation_id: uuid.UUID) -> Dossier:
        """Return everything staff may know of one learner in this activity; raise NotFound."""
        with self.db.read() as session:
            activity = find_activity(session, _staff(viewer), activity_id)
            return read_dossier(session, viewer, activity, participation_id)

    def confirm(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        participation_id: uuid.UUID,
        confirmations: Iterable[Confirmation],
    ) -> int:
        """Confirm, change or take back competency levels; return how many changed.

        Raises Stale if another tutor changed one of them meanwhile, NotFound for a competency that
        the activity does not have or a level that its scale does not have.
        """
        with self.db.write() as session:
            activity = find_activity(session, _staff(viewer), activity_id)
            return confirm(session, viewer, activity, participation_id, confirmations)


def _staff(viewer: Viewer) -> Viewer:
    if not viewer.role.moderates:
        raise Forbidden("desk")
    return viewer


def _page(
    session: Session, activity: Activity, query: Select[User], after: uuid.UUID | None, size: int
) -> tuple[list[LearnerRow], uuid.UUID | None]:
    """Return a page of learners by name, and what the next one comes after, if there is one."""
    if after is not None:
        query = query.where(stands_after(session, activity, after))
    rows = session.execute(
        query.add_columns(Membership, Participation).order_by(*order_of(activity)).limit(size + 1)
    ).all()
    following = _place(rows[size - 1]) if len(rows) > size else None
    return _rows(session, activity, rows[:size]), following


def _place(row: Any) -> uuid.UUID:
    """Return what stands for a row in an address: nothing that is the same in other activities."""
    user, _membership, participation = row
    found: uuid.UUID = participation.id if participation is not None else user.id
    return found


def _rows(session: Session, activity: Activity, found: Iterable[Any]) -> list[LearnerRow]:
    found = list(found)
    started = [row[2] for row in found if row[2] is not None]
    ids = [part.id for part in started]
    confirmed: dict[uuid.UUID, int] = dict(
        session.execute(
            select(ConfirmedLevel.participation_id, func.count())
            .where(ConfirmedLevel.participation_id.in_(ids))
            .group_by(ConfirmedLevel.participation_id)
        ).all()
    )
    sent = scores.states_for(session, activity.id, ids)
    measured = measuring.measure_all(session, started)
    to_confirm = len(activity.competencies)
    return [
        LearnerRow(
            user_id=user.id,
            name=staff_name(activity, part) if part else user.display_name,
            last_seen_at=membership.last_seen_at if membership.launched_role else None,
            left_at=membership.left_at,
            participation_id=part.id if part else None,
            reflection=measured[part.id][0] if part else None,
            progress=measured[part.id][1] if part else None,
            completed_at=part.completed_at if part else None,
            confirmed=confirmed.get(part.id, 0) if part else 0,
            to_confirm=to_confirm,
            score=sent.get(part.id) if part else None,
        )
        for user, membership, part in found
    ]
