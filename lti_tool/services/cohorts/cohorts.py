"""Cohorts of a course: making them, filling them, and what tutors see."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, func, select, true, update
from sqlalchemy.orm import Session

from lti_tool.errors import Forbidden, InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.cohorts import Cohort
from lti_tool.models.people import Context, Membership
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Role
from lti_tool.services.cohort_scope import CohortName, cohorts_seen, scope_of
from lti_tool.services.cohorts import groups
from lti_tool.services.cohorts.shown import (
    cohort_view,
    cohorts_page,
    group_offers,
    takes_part,
)
from lti_tool.services.cohorts.views import CohortsPage, CohortView, GroupOffer
from lti_tool.services.locking import lock_context

NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Moved:
    """What moving learners did: how many, and where to (empty for no cohort)."""

    number: int
    to: str


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Use cases on the cohorts of the viewer's course."""

    db: Database

    def page(self, viewer: Viewer) -> CohortsPage:
        """Return the cohorts that the viewer sees; for educators also what is missing."""
        with self.db.read() as session:
            return cohorts_page(session, viewer)

    def names(self, viewer: Viewer) -> tuple[list[CohortName], bool]:
        """Return the cohorts that the viewer sees, and whether they see every learner anyway."""
        with self.db.read() as session:
            return cohorts_seen(session, viewer), scope_of(session, viewer).is_whole

    def open(self, viewer: Viewer, cohort_id: uuid.UUID) -> CohortView:
        """Return one cohort with its people; raise NotFound for one that the viewer sees not."""
        with self.db.read() as session:
            return cohort_view(session, viewer, cohort_id)

    def make(self, viewer: Viewer, name: str) -> uuid.UUID:
        """Make an empty cohort; raise InvalidInput if the course has one of this name."""
        with self.db.write() as session:
            context_id = _lock(session, viewer)
            _check_name(session, context_id, name, None)
            cohort = Cohort(context_id=context_id, name=name)
            session.add(cohort)
            session.flush()
            return cohort.id

    def change(self, viewer: Viewer, cohort_id: uuid.UUID, name: str, is_open: bool) -> None:
        """Rename a cohort; let learners join it by themselves, or no more."""
        with self.db.write() as session:
            context_id = _lock(session, viewer)
            cohort = find_cohort(session, context_id, cohort_id)
            _check_name(session, context_id, name, cohort_id)
            cohort.name, cohort.is_open = name, is_open

    def remove(self, viewer: Viewer, cohort_id: uuid.UUID) -> None:
        """Remove a cohort that nobody is in; raise InvalidInput while somebody is."""
        with self.db.write() as session:
            cohort = find_cohort(session, _lock(session, viewer), cohort_id)
            inside = exists().where(Membership.cohort_id == cohort_id, *takes_part())
            if session.scalar(select(inside)):
                message = _("Somebody is in it still. Move them to another cohort first.")
                raise InvalidInput({"": [message]})
            # Those who have left or become staff since count in no cohort any more.
            session.execute(
                update(Membership).where(Membership.cohort_id == cohort_id).values(cohort_id=None)
            )
            session.delete(cohort)

    def move(
        self,
        viewer: Viewer,
        cohort_id: uuid.UUID,
        user_ids: Collection[uuid.UUID],
        target_id: uuid.UUID | None,
    ) -> Moved:
        """Move learners of a cohort to another one, or out of any; raise NotFound.

        Who is not in the cohort any more stays where they are.
        """
        if not user_ids:
            raise InvalidInput({"people": [_("Choose at least one learner.")]})
        with self.db.write() as session:
            context_id = _lock(session, viewer)
            find_cohort(session, context_id, cohort_id)
            target = find_cohort(session, context_id, target_id) if target_id else None
            moved = session.execute(
                update(Membership)
                .where(Membership.cohort_id == cohort_id, Membership.user_id.in_(user_ids))
                .values(cohort_id=target_id)
                .returning(Membership.id)
            )
            return Moved(len(moved.all()), target.name if target else "")

    def show_all(self, viewer: Viewer, to_all: bool) -> None:
        """Say whether tutors see every cohort, or only their own."""
        with self.db.write() as session:
            session.get_one(Context, _lock(session, viewer)).tutors_see_all = to_all

    def offers(self, viewer: Viewer) -> list[GroupOffer]:
        """Return the LMS's groups, and what making cohorts of them would do."""
        with self.db.read() as session:
            return group_offers(session, educators_context(viewer))

    def from_groups(self, viewer: Viewer, group_ids: Collection[uuid.UUID]) -> int:
        """Make a cohort of each of these groups, or fill the one made of it; return how many.

        Learners who are in a cohort already stay there; who is in two groups is in the first.
        Raises InvalidInput if no group is chosen, NotFound for one of another course.
        """
        if not group_ids:
            raise InvalidInput({"groups": [_("Choose at least one group.")]})
        with self.db.write() as session:
            context_id = _lock(session, viewer)
            found = [g for g in groups.groups_of(session, context_id) if g.id in group_ids]
            if len(found) != len(set(group_ids)):
                raise NotFound("group")
            for group in found:
                _fill(session, context_id, group)
            return len(found)


def educators_context(viewer: Viewer) -> uuid.UUID:
    """Return the educator's course; raise Forbidden for anybody else."""
    if viewer.role is not Role.EDUCATOR or viewer.context_id is None:
        raise Forbidden("cohorts")
    return viewer.context_id


def find_cohort(session: Session, context_id: uuid.UUID, cohort_id: uuid.UUID) -> Cohort:
    """Return a cohort of the course; raise NotFound."""
    cohort = session.scalar(
        select(Cohort).where(Cohort.id == cohort_id, Cohort.context_id == context_id)
    )
    if cohort is None:
        raise NotFound("cohort")
    return cohort


def _lock(session: Session, viewer: Viewer) -> uuid.UUID:
    """Return the educator's course; nobody else changes its cohorts before we commit."""
    context_id = educators_context(viewer)
    lock_context(session, context_id)
    return context_id


def _check_name(
    session: Session, context_id: uuid.UUID, name: str, cohort_id: uuid.UUID | None
) -> None:
    taken = exists().where(
        Cohort.context_id == context_id,
        func.lower(Cohort.name) == name.lower(),
        Cohort.id != cohort_id if cohort_id else true(),
    )
    if session.scalar(select(taken)):
        raise InvalidInput({"name": [_("The course has a cohort of this name already.")]})


def _fill(session: Session, context_id: uuid.UUID, group: groups.GroupView) -> None:
    """Put the learners of a group who are in no cohort into the one made of it."""
    cohort = session.scalar(
        select(Cohort).where(Cohort.context_id == context_id, Cohort.group_lti_id == group.lti_id)
    )
    if cohort is None:
        name = _free_name(session, context_id, group.name or group.lti_id)
        cohort = Cohort(context_id=context_id, name=name, group_lti_id=group.lti_id)
        session.add(cohort)
        session.flush()
    session.execute(
        update(Membership)
        .where(
            Membership.context_id == context_id,
            Membership.cohort_id.is_(None),
            Membership.user_id.in_(group.member_ids),
            *takes_part(),
        )
        .values(cohort_id=cohort.id)
        .execution_options(synchronize_session=False)
    )


def _free_name(session: Session, context_id: uuid.UUID, wanted: str) -> str:
    """Return the name that no cohort of the course has: as wanted, else with a number."""
    taken = set(
        session.scalars(select(func.lower(Cohort.name)).where(Cohort.context_id == context_id))
    )
    name, number = wanted[:NAME_LENGTH], 2
    while name.lower() in taken:
        name, number = f"{wanted[: NAME_LENGTH - 4]} {number}", number + 1
    return name
