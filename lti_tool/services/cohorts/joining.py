"""Learners who join a cohort by themselves, where an educator opened some."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import Forbidden, NotFound
from lti_tool.models import Database
from lti_tool.models.cohorts import Cohort
from lti_tool.models.people import Membership
from lti_tool.rules.viewer import Viewer
from lti_tool.services.cohort_scope import CohortName
from lti_tool.services.learner.standing import Standing, standing_of
from lti_tool.services.locking import lock_context


@dataclass(frozen=True, slots=True)
class JoinPage:
    """The cohorts that are open to a learner; ``current`` is the one they are in."""

    standing: Standing
    cohorts: tuple[CohortName, ...]
    current: CohortName | None
    may_choose: bool
    """Whether they are in none, or in one that they can have chosen themselves."""


@dataclass(frozen=True, slots=True)
class CohortJoining:
    """Use cases of a learner who chooses a cohort."""

    db: Database

    def page(self, viewer: Viewer, activity_id: uuid.UUID) -> JoinPage:
        """Return what the learner may join; raise NotFound, and Forbidden for staff."""
        standing = standing_of(self.db, viewer, activity_id)
        with self.db.read() as session:
            current = _current(session, viewer)
            return JoinPage(
                standing=standing,
                cohorts=tuple(_open(session, viewer)),
                current=CohortName(current.id, current.name) if current else None,
                may_choose=current is None or current.is_open,
            )

    def join(self, viewer: Viewer, activity_id: uuid.UUID, cohort_id: uuid.UUID) -> None:
        """Join a cohort that is open, or change to it.

        Raises NotFound if it is not open (any more), Forbidden for staff and for who is in a cohort
        that is not open: that one was chosen for them.
        """
        standing_of(self.db, viewer, activity_id)
        with self.db.write() as session:
            lock_context(session, viewer.context_id)
            current = _current(session, viewer)
            if current is not None and not current.is_open:
                raise Forbidden("join")
            if cohort_id not in {one.id for one in _open(session, viewer)}:
                raise NotFound("cohort")
            session.get_one(Membership, viewer.membership_id).cohort_id = cohort_id


def _current(session: Session, viewer: Viewer) -> Cohort | None:
    return session.scalar(
        select(Cohort)
        .join(Membership, Membership.cohort_id == Cohort.id)
        .where(Membership.id == viewer.membership_id)
    )


def _open(session: Session, viewer: Viewer) -> list[CohortName]:
    query = select(Cohort.id, Cohort.name).where(
        Cohort.context_id == viewer.context_id, Cohort.is_open
    )
    return [CohortName(*row) for row in session.execute(query.order_by(Cohort.name))]
