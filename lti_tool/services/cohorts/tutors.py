"""Who looks after a cohort: assigning, handing over, holiday cover; and who is a tutor at all."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import Forbidden, InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.cohorts import Cohort, CohortTutor
from lti_tool.models.people import Membership, User
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Role
from lti_tool.services.cohort_scope import is_active
from lti_tool.services.cohorts.cohorts import educators_context, find_cohort
from lti_tool.services.cohorts.shown import is_staff, name_key
from lti_tool.services.engine import remeasuring
from lti_tool.services.locking import lock_context
from lti_tool.services.searching import holds

MOST_FOUND = 20
"""People that a search lists."""


@dataclass(frozen=True, slots=True)
class StaffLine:
    """Somebody of the course: what they are here, and why."""

    user_id: uuid.UUID
    name: str
    email: str
    role: Role
    is_granted: bool
    """Whether an educator made them a tutor; it can be taken back."""
    has_launched: bool
    cohorts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffPage:
    """The staff of a course, and people found to be made a tutor."""

    staff: tuple[StaffLine, ...]
    found: tuple[StaffLine, ...]
    more: bool
    """Whether the search has more than it lists."""


@dataclass(frozen=True, slots=True)
class CohortTutors:
    """Use cases on the tutors of the viewer's course."""

    db: Database

    def page(self, viewer: Viewer, search: str = "") -> StaffPage:
        """Return the staff, and learners whose name or address holds ``search``."""
        with self.db.read() as session:
            context_id = educators_context(viewer)
            found = _found(session, context_id, search) if search else []
            return StaffPage(
                tuple(_staff(session, context_id)),
                tuple(found[:MOST_FOUND]),
                more=len(found) > MOST_FOUND,
            )

    def grant(self, viewer: Viewer, user_id: uuid.UUID) -> str:
        """Make somebody who has launched a tutor; return their name.

        Whatever they wrote stays; from now on they are not allocated, graded or counted. Raises
        NotFound for who is not in the course, InvalidInput for who never launched.
        """
        with self.db.write() as session:
            membership = _membership(session, educators_context(viewer), user_id)
            if membership.launched_role is None:
                message = _("They can be made a tutor once they have opened Miroir in this course.")
                raise InvalidInput({"": [message]})
            if membership.effective_role.takes_part:
                membership.granted_role = Role.TUTOR
            return membership.user.display_name

    def take_back(self, viewer: Viewer, user_id: uuid.UUID) -> str:
        """Let count what the LMS says of somebody again; return their name.

        Who is a learner then looks after no cohort any more.
        """
        with self.db.write() as session:
            context_id = educators_context(viewer)
            lock_context(session, context_id)
            membership = _membership(session, context_id, user_id)
            membership.granted_role = None
            if membership.effective_role.takes_part:
                _end_all(session, context_id, user_id)
                remeasuring.expect(session, context_id, user_id)
            return membership.user.display_name

    def assign(self, viewer: Viewer, cohort_id: uuid.UUID, user_id: uuid.UUID) -> None:
        """Let somebody of the staff look after a cohort; twice is once."""
        with self.db.write() as session:
            cohort = _cohort(session, viewer, cohort_id)
            _check_staff(session, cohort.context_id, user_id)
            if not _looks_after(session, cohort_id, user_id):
                session.add(CohortTutor(cohort_id=cohort_id, user_id=user_id))

    def cover(
        self,
        viewer: Viewer,
        cohort_id: uuid.UUID,
        user_id: uuid.UUID,
        from_at: datetime | None,
        until_at: datetime,
        note: str,
    ) -> None:
        """Let a second tutor stand in from one moment to another; they see the cohort meanwhile.

        An educator may arrange it, and who looks after the cohort. Raises InvalidInput for a time
        that is over or ends before it begins.
        """
        begin = max(from_at or clock.now(), clock.now())
        if until_at <= begin:
            raise InvalidInput({"until_at": [_("This has to be later than the beginning.")]})
        with self.db.write() as session:
            cohort = _cohort(session, viewer, cohort_id)
            _check_staff(session, cohort.context_id, user_id)
            session.add(
                CohortTutor(
                    cohort_id=cohort_id,
                    user_id=user_id,
                    from_at=begin,
                    until_at=until_at,
                    is_cover=True,
                    note=note,
                )
            )

    def hand_over(
        self,
        viewer: Viewer,
        cohort_id: uuid.UUID,
        tutor_id: uuid.UUID,
        user_id: uuid.UUID,
        note: str,
    ) -> None:
        """End one tutor's time with a cohort and begin another's, with a note for the new one.

        ``tutor_id`` is of the time that ends. An educator may, and whose time it is.
        """
        with self.db.write() as session:
            cohort = _cohort(session, viewer, cohort_id)
            _check_staff(session, cohort.context_id, user_id)
            before = _find(session, viewer, cohort_id, tutor_id)
            if before.user_id == user_id:
                raise InvalidInput({"user": [_("Choose somebody else.")]})
            now = clock.now()
            _end(before, now)
            session.execute(
                update(CohortTutor)
                .where(CohortTutor.cohort_id == cohort_id, CohortTutor.user_id == user_id)
                .where(is_active(), CohortTutor.is_cover.is_(False))
                .values(until_at=now)
            )
            session.add(CohortTutor(cohort_id=cohort_id, user_id=user_id, from_at=now, note=note))

    def end(self, viewer: Viewer, cohort_id: uuid.UUID, tutor_id: uuid.UUID) -> None:
        """End somebody's time with a cohort; a cover that has not begun is called off."""
        with self.db.write() as session:
            _cohort(session, viewer, cohort_id)
            row = _find(session, viewer, cohort_id, tutor_id)
            if row.from_at > clock.now():
                session.delete(row)
            else:
                _end(row, clock.now())


def _cohort(session: Session, viewer: Viewer, cohort_id: uuid.UUID) -> Cohort:
    """Return a cohort that the viewer may decide on, locked: any to an educator, own to a tutor."""
    if not viewer.role.moderates or viewer.context_id is None:
        raise Forbidden("cohorts")
    lock_context(session, viewer.context_id)
    cohort = find_cohort(session, viewer.context_id, cohort_id)
    if viewer.role is not Role.EDUCATOR and not _looks_after(session, cohort_id, viewer.user_id):
        raise NotFound("cohort")
    return cohort


def _find(
    session: Session, viewer: Viewer, cohort_id: uuid.UUID, tutor_id: uuid.UUID
) -> CohortTutor:
    """Return a time with a cohort that is not over; a tutor finds their own alone."""
    row = session.scalar(
        select(CohortTutor).where(
            CohortTutor.id == tutor_id,
            CohortTutor.cohort_id == cohort_id,
            or_(CohortTutor.until_at.is_(None), CohortTutor.until_at > clock.now()),
        )
    )
    if row is None or (viewer.role is not Role.EDUCATOR and row.user_id != viewer.user_id):
        raise NotFound("tutor")
    return row


def _end(row: CohortTutor, now: datetime) -> None:
    row.until_at = max(now, row.from_at)


def _end_all(session: Session, context_id: uuid.UUID, user_id: uuid.UUID) -> None:
    now, here = clock.now(), select(Cohort.id).where(Cohort.context_id == context_id)
    rows = select(CohortTutor).where(
        CohortTutor.user_id == user_id,
        CohortTutor.cohort_id.in_(here),
        or_(CohortTutor.until_at.is_(None), CohortTutor.until_at > now),
    )
    for row in session.scalars(rows):
        _end(row, now)


def _looks_after(session: Session, cohort_id: uuid.UUID, user_id: uuid.UUID) -> bool:
    theirs = exists().where(
        CohortTutor.cohort_id == cohort_id,
        CohortTutor.user_id == user_id,
        CohortTutor.is_cover.is_(False),
        is_active(),
    )
    return bool(session.scalar(select(theirs)))


def _check_staff(session: Session, context_id: uuid.UUID, user_id: uuid.UUID) -> None:
    here = exists().where(
        Membership.context_id == context_id, Membership.user_id == user_id, is_staff()
    )
    if not session.scalar(select(here)):
        raise NotFound("tutor")


def _membership(session: Session, context_id: uuid.UUID, user_id: uuid.UUID) -> Membership:
    found = session.scalar(
        select(Membership)
        .where(Membership.context_id == context_id, Membership.user_id == user_id)
        .with_for_update()
    )
    if found is None:
        raise NotFound("person")
    return found


def _staff(session: Session, context_id: uuid.UUID) -> list[StaffLine]:
    cohorts: dict[uuid.UUID, list[str]] = {}
    query = (
        select(CohortTutor.user_id, Cohort.name)
        .join(Cohort, Cohort.id == CohortTutor.cohort_id)
        .where(Cohort.context_id == context_id, is_active())
        .distinct()
        .order_by(Cohort.name)
    )
    for user_id, name in session.execute(query):
        cohorts.setdefault(user_id, []).append(name)
    rows = session.execute(
        select(User, Membership)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.context_id == context_id, is_staff())
        .order_by(name_key(), User.id)
    )
    return [_line(user, membership, cohorts.get(user.id, ())) for user, membership in rows]


def _found(session: Session, context_id: uuid.UUID, search: str) -> list[StaffLine]:
    """Return learners whose name or address holds ``search``, by name, one more than is shown."""
    role = func.coalesce(Membership.granted_role, Membership.role)
    rows = session.execute(
        select(User, Membership)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.context_id == context_id,
            Membership.left_at.is_(None),
            role.in_([one.value for one in Role if one.takes_part]),
            or_(*(holds(text, search) for text in (User.name, User.chosen_name, User.email))),
        )
        .order_by(name_key(), User.id)
        .limit(MOST_FOUND + 1)
    )
    return [_line(user, membership) for user, membership in rows]


def _line(user: User, membership: Membership, cohorts: Collection[str] = ()) -> StaffLine:
    return StaffLine(
        user_id=user.id,
        name=user.display_name,
        email=user.email,
        role=membership.effective_role,
        is_granted=membership.granted_role is not None,
        has_launched=membership.launched_role is not None,
        cohorts=tuple(cohorts),
    )
