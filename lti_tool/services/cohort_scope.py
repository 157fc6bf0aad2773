"""Whose work staff may see: a tutor that of their own cohorts, an educator everybody's.

The one place that decides it. Where a course has no cohort, or its educator opened all cohorts to
all tutors, tutors see everybody, too. Every lookup of the desk asks here, so that another tutor's
learners are simply not found.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from lti_tool import clock
from lti_tool.errors import Forbidden, NotFound
from lti_tool.models.cohorts import Cohort, CohortTutor
from lti_tool.models.participations import Participation
from lti_tool.models.people import Context, Membership
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Role

NO_COHORT = uuid.UUID(int=0)
"""Asks for the learners who are in no cohort, where the id of a cohort is asked for."""


@dataclass(frozen=True, slots=True)
class CohortName:
    """A cohort to choose from."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class Scope:
    """The learners whom staff see on a page: all of a course, or those of some cohorts."""

    context_id: uuid.UUID | None
    cohort_ids: frozenset[uuid.UUID] | None
    """None means everybody, in a cohort or not; with ``NO_COHORT`` those who are in none."""

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole course."""
        return self.cohort_ids is None

    def holds(self, user_id: InstrumentedAttribute[uuid.UUID]) -> ColumnElement[bool]:
        """Tell that a person, given by a column with their id, is among these learners."""
        return true() if self.is_whole else user_id.in_(self._people())

    def holds_participation(
        self, participation_id: InstrumentedAttribute[uuid.UUID]
    ) -> ColumnElement[bool]:
        """Tell the same of the learner of a participation."""
        if self.is_whole:
            return true()
        theirs = select(Participation.id).where(Participation.user_id.in_(self._people()))
        return participation_id.in_(theirs)

    def holds_reflection(self) -> ColumnElement[bool]:
        """Tell that a reflection is theirs."""
        return self.holds_participation(Reflection.participation_id)

    def holds_response(self) -> ColumnElement[bool]:
        """Tell that a response is by one of them, or to one of them: it concerns either's tutor."""
        if self.is_whole:
            return true()
        theirs = _reflections_of(self._people())
        return or_(Response.author_id.in_(self._people()), Response.reflection_id.in_(theirs))

    def _people(self) -> Select[uuid.UUID]:
        ids = self.cohort_ids or frozenset()
        here = select(Membership.user_id).where(Membership.context_id == self.context_id)
        if NO_COHORT in ids:
            return here.where(Membership.cohort_id.is_(None))
        return here.where(Membership.cohort_id.in_(ids))


def scope_of(session: Session, viewer: Viewer, cohort_id: uuid.UUID | None = None) -> Scope:
    """Return whom the viewer sees in their course; ``cohort_id`` narrows it to one cohort.

    Raises Forbidden for who is no staff, and NotFound for a cohort that the viewer does not see.
    """
    if not viewer.role.moderates:
        raise Forbidden("desk")
    if viewer.role is Role.EDUCATOR or viewer.context_id is None:
        whole = True
    else:
        whole = not session.scalar(select(_is_divided(viewer.context_id)))
    if whole and cohort_id in (None, NO_COHORT):
        return Scope(viewer.context_id, None if cohort_id is None else frozenset({NO_COHORT}))
    seen = frozenset(one.id for one in cohorts_seen(session, viewer))
    if cohort_id is None:
        return Scope(viewer.context_id, seen)
    if cohort_id not in seen:
        raise NotFound("cohort")
    return Scope(viewer.context_id, frozenset({cohort_id}))


def cohorts_seen(session: Session, viewer: Viewer) -> list[CohortName]:
    """Return the cohorts of the course that the viewer sees, by name."""
    query = select(Cohort.id, Cohort.name).where(Cohort.context_id == viewer.context_id)
    if viewer.role is not Role.EDUCATOR:
        opened = exists().where(Context.id == Cohort.context_id, Context.tutors_see_all)
        query = query.where(or_(opened, Cohort.id.in_(cohorts_of(viewer.user_id))))
    return [CohortName(*row) for row in session.execute(query.order_by(Cohort.name))]


def cohorts_of(user_id: uuid.UUID) -> Select[uuid.UUID]:
    """Select the cohorts that a tutor looks after at this moment."""
    return select(CohortTutor.cohort_id).where(CohortTutor.user_id == user_id, is_active())


def is_active() -> ColumnElement[bool]:
    """Tell that a tutor's time with a cohort has begun and is not over."""
    now = clock.now()
    return (CohortTutor.from_at <= now) & (
        CohortTutor.until_at.is_(None) | (CohortTutor.until_at > now)
    )


def _is_divided(context_id: uuid.UUID) -> ColumnElement[bool]:
    """Tell that a course has cohorts, and tutors see only their own."""
    return exists().where(
        Cohort.context_id == context_id,
        Context.id == Cohort.context_id,
        Context.tutors_see_all == false(),
    )


def _reflections_of(people: Select[uuid.UUID]) -> Select[uuid.UUID]:
    """Select the reflections of people, apart from any reflections in the query around it."""
    reflection = aliased(Reflection)
    return (
        select(reflection.id)
        .join(Participation, Participation.id == reflection.participation_id)
        .where(Participation.user_id.in_(people))
    )
