"""How one learner's competencies came along, as far as staff may know."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.levels import LevelShare
from lti_tool.models.participations import Participation
from lti_tool.rules.viewer import Viewer
from lti_tool.services.desk import deciding
from lti_tool.services.engine.anonymity import is_masked, staff_name
from lti_tool.services.engine.confirmations import find_participation
from lti_tool.services.learner.level_paths import FrameworkPaths, paths_of, ways_of


@dataclass(frozen=True, slots=True)
class LearnerLevels:
    """A learner's competencies over time."""

    participation_id: uuid.UUID
    name: str
    frameworks: tuple[FrameworkPaths, ...]
    is_masked: bool
    """Whether staff do not know who it is, and so see this activity alone."""
    is_shared: bool
    """Whether the learner lets the staff of this course see their other courses, too."""


@dataclass(frozen=True, slots=True)
class LevelPaths:
    """The use case of staff who look at one learner's competencies over time."""

    db: Database

    def of(
        self, viewer: Viewer, activity_id: uuid.UUID, participation_id: uuid.UUID
    ) -> LearnerLevels:
        """Return what staff may know: this course, and more where the learner shares it.

        Of whom they do not know by name only this activity. Raises NotFound.
        """
        with self.db.read() as session:
            at = deciding.desk(session, viewer, activity_id, writes=False)
            one = find_participation(session, at.activity, participation_id, at.scope)
            masked = is_masked(at.activity, one)
            shared = not masked and _is_shared(session, viewer, one)
            ways = _ways(session, one, masked, shared)
            return LearnerLevels(
                one.id, staff_name(at.activity, one), paths_of(session, ways), masked, shared
            )


def _is_shared(session: Session, viewer: Viewer, one: Participation) -> bool:
    if viewer.context_id is None:
        return False
    return session.get(LevelShare, (one.user_id, viewer.context_id)) is not None


def _ways(session: Session, one: Participation, masked: bool, shared: bool) -> list[Participation]:
    """Return the ways through activities that staff may know to be this learner's."""
    if masked:
        return ways_of(session, one.user_id, Participation.id == one.id)
    here = Activity.context_id == one.activity.context_id
    ways = ways_of(session, one.user_id, *(() if shared else (here,)))
    return [way for way in ways if not _is_secret(way, one)]


def _is_secret(way: Participation, one: Participation) -> bool:
    """Return whether a level of this way would tell who somebody is behind a pseudonym.

    Whoever looks after the other course, too, would know them there by what was confirmed and when.
    """
    if way.activity.context_id != one.activity.context_id:
        return way.activity.anonymity.hides_from_staff
    return is_masked(way.activity, way)
