"""My competencies: over all courses of one learning platform, and who else may see them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.errors import NotFound
from lti_tool.models import Database
from lti_tool.models.levels import LevelShare
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.studio import Rehearsal
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Role
from lti_tool.services.learner.level_paths import FrameworkPaths, paths_of, ways_of


@dataclass(frozen=True, slots=True)
class CourseShare:
    """A course of the learner, and whether its staff may see their levels from elsewhere."""

    context_id: uuid.UUID
    title: str
    is_shared: bool


@dataclass(frozen=True, slots=True)
class MyLevels:
    """How the learner's competencies came along, and the courses in which they take part."""

    frameworks: tuple[FrameworkPaths, ...]
    courses: tuple[CourseShare, ...]


@dataclass(frozen=True, slots=True)
class MyCompetencies:
    """Use cases of a learner who looks at what they can do."""

    db: Database

    def of(self, viewer: Viewer) -> MyLevels:
        """Return what the viewer claimed and tutors confirmed, in all their courses."""
        with self.db.read() as session:
            ways = ways_of(session, viewer.user_id)
            return MyLevels(paths_of(session, ways), _courses(session, viewer))

    def share(self, viewer: Viewer, context_id: uuid.UUID, wanted: bool) -> None:
        """Let the staff of a course see the viewer's levels from their other courses, or no more.

        Raises NotFound for a course in which they do not take part.
        """
        with self.db.write() as session:
            if context_id not in {one.context_id for one in _courses(session, viewer)}:
                raise NotFound("course")
            session.get_one(User, viewer.user_id, with_for_update=True)  # two clicks, one row
            row = session.get(LevelShare, (viewer.user_id, context_id))
            if wanted and row is None:
                session.add(LevelShare(user_id=viewer.user_id, context_id=context_id))
            elif row is not None and not wanted:
                session.delete(row)


def _courses(session: Session, viewer: Viewer) -> tuple[CourseShare, ...]:
    role = func.coalesce(Membership.granted_role, Membership.role)
    query = (
        select(Context.id, Context.title, LevelShare.since)
        .join(Membership, Membership.context_id == Context.id)
        .outerjoin(
            LevelShare,
            (LevelShare.context_id == Context.id) & (LevelShare.user_id == viewer.user_id),
        )
        .where(
            Membership.user_id == viewer.user_id,
            role.in_([one.value for one in Role if one.takes_part]),
            Context.id.not_in(select(Rehearsal.context_id)),
        )
        .order_by(Context.title, Context.id)
    )
    return tuple(
        CourseShare(key, title, since is not None) for key, title, since in session.execute(query)
    )
