"""Submission review: whose work the LMS's gradebook asks for, and whom else one could look at."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from lti_tool.errors import Forbidden, NotFound
from lti_tool.models.activities import Activity
from lti_tool.models.database import Database
from lti_tool.models.launches import LaunchSession
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership, User
from lti_tool.models.reflections import Reflection
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Role, WorkState
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import Scope, scope_of
from lti_tool.services.engine.anonymity import is_masked, masked_row, staff_name, staff_order
from lti_tool.services.searching import holds

PAGE_SIZE = 25


class Asked(StrEnum):
    """What became of the learner whom a review is about."""

    FOUND = "found"
    NOT_OPENED = "not_opened"
    """Has not opened this activity; perhaps we never met them."""
    MASKED = "masked"
    """Has opened it, but staff are not to know whose work is whose."""
    STAFF = "staff"
    ELSEWHERE = "elsewhere"
    """Has opened it, but is in no cohort that the viewer looks after."""
    NOBODY = "nobody"
    """The LMS named nobody, as Moodle does for a whole column."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a review is about; ``name`` is empty where nobody told it."""

    asked: Asked
    name: str = ""
    participation_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A learner who has opened the activity."""

    participation_id: uuid.UUID
    name: str
    reflection: WorkState | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class BegunPage:
    """One page of them by name; ``following`` is the last one's participation if there are more."""

    rows: tuple[Begun, ...]
    following: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Reviews:
    """Use cases of staff who come from the gradebook; learners see their own work only."""

    db: Database

    def subject(self, viewer: Viewer, activity_id: uuid.UUID) -> Subject:
        """Return whom the viewer's launch asks for, as far as this activity knows them."""
        with self.db.read() as session:
            activity = find_activity(session, _staff(viewer), activity_id)
            launch = session.get(LaunchSession, viewer.session_id)
            message = launch.message if launch is not None else {}
            if not message.get("for_user"):
                return Subject(Asked.NOBODY)
            told = str(message.get("for_user_name", ""))
            return _subject(session, viewer, activity, str(message["for_user"]), told)

    def begun(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        search: str = "",
        after: uuid.UUID | None = None,
    ) -> BegunPage:
        """Return one page of the learners who opened the activity and whose name holds ``search``.

        Raises NotFound for an activity of another course or an ``after`` that is not of this one.
        """
        with self.db.read() as session:
            activity = find_activity(session, _staff(viewer), activity_id)
            query = _begun(activity.id, scope_of(session, viewer))
            if after is not None:
                query = query.where(_after(session, activity, after))
            if search:
                query = query.where(holds(_name(), search), ~masked_row(activity))
            rows = session.execute(
                query.order_by(staff_order(activity), Participation.id).limit(PAGE_SIZE + 1)
            ).all()
            begun = tuple(
                Begun(one.id, staff_name(activity, one), state, one.completed_at)
                for one, state in rows[:PAGE_SIZE]
            )
        return BegunPage(begun, begun[-1].participation_id if len(rows) > PAGE_SIZE else None)


def _staff(viewer: Viewer) -> Viewer:
    if not viewer.role.moderates:
        raise Forbidden("review")
    return viewer


def _subject(session: Session, viewer: Viewer, activity: Activity, sub: str, told: str) -> Subject:
    mine = and_(Participation.user_id == User.id, Participation.activity_id == activity.id)
    is_seen = scope_of(session, viewer).holds(User.id)
    here = and_(Membership.user_id == User.id, Membership.context_id == viewer.context_id)
    found = session.execute(
        select(User, _role(), Participation, is_seen)
        .outerjoin(Participation, mine)
        .outerjoin(Membership, here)
        .where(User.registration_id == viewer.registration_id, User.sub == sub)
    ).first()
    if found is None:
        return Subject(Asked.NOT_OPENED, told)
    user, role, _participation, seen = found
    participation: Participation | None = found[2]
    if participation is not None:
        if not seen:
            return Subject(Asked.ELSEWHERE, told)
        if is_masked(activity, participation):
            return Subject(Asked.MASKED)
        return Subject(Asked.FOUND, user.display_name, participation.id)
    # Of somebody whom only other courses know, the LMS says here what may be known.
    name = user.display_name if role else told
    return Subject(Asked.STAFF if role and Role(role).moderates else Asked.NOT_OPENED, name)


def _begun(activity_id: uuid.UUID, scope: Scope) -> Select[Participation, WorkState]:
    staff = [role.value for role in Role if role.moderates]
    return (
        select(Participation, Reflection.state)
        .join(User, User.id == Participation.user_id)
        .options(contains_eager(Participation.user))
        .join(
            Membership,
            and_(Membership.user_id == User.id, Membership.context_id == scope.context_id),
        )
        .outerjoin(Reflection, Reflection.participation_id == Participation.id)
        .where(
            Participation.activity_id == activity_id,
            _role().not_in(staff),
            scope.holds(Participation.user_id),
        )
    )


def _after(
    session: Session, activity: Activity, participation_id: uuid.UUID
) -> ColumnElement[bool]:
    """Tell that somebody stands after a person in the list; the URL then holds no name."""
    key = staff_order(activity)
    name = session.scalar(
        select(key)
        .select_from(Participation)
        .join(User, User.id == Participation.user_id)
        .where(Participation.id == participation_id, Participation.activity_id == activity.id)
    )
    if name is None:
        raise NotFound("page")
    return or_(key > name, and_(key == name, Participation.id > participation_id))


def _name() -> ColumnElement[str]:
    return case((User.chosen_name != "", User.chosen_name), else_=User.name)


def _role() -> ColumnElement[str]:
    return func.coalesce(Membership.granted_role, Membership.role)
