"""What Moodle has been told of a learner's levels, for the learner and for their tutors."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from lti_tool.errors import Forbidden
from lti_tool.models import Database
from lti_tool.models.grades import OutboxMessage
from lti_tool.models.participations import Participation
from lti_tool.models.people import Context
from lti_tool.models.platforms import Registration
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import scope_of
from lti_tool.services.companion.rating import competencies_page
from lti_tool.services.frameworks.frameworks import CompetencyView, competency_view
from lti_tool.services.outbox import rating_states, ratings
from lti_tool.services.outbox.rating_states import RatingState


@dataclass(frozen=True, slots=True)
class ToldLevel:
    """One rating that was promised to Moodle; ``label`` is the level's name per language."""

    competency: CompetencyView
    label: Mapping[str, str]
    state: RatingState
    withdrawn: bool
    """Whether no tutor confirms that level any more; Moodle cannot be told that."""

    @property
    def is_kept(self) -> bool:
        """Whether Moodle goes on showing a level that was taken back, as far as we know."""
        return self.withdrawn and self.state.state is OutboxState.SENT and not self.state.is_cleared


@dataclass(frozen=True, slots=True)
class Told:
    """What Moodle has been told of one learner; ``is_on``: whether it will be told more."""

    is_on: bool
    levels: tuple[ToldLevel, ...] = ()
    place: str = ""
    """Address of Moodle's own page on which the learner's ratings can be changed, for staff."""

    @property
    def keeps(self) -> bool:
        """Whether Moodle goes on showing a level that was taken back."""
        return any(one.is_kept for one in self.levels)


@dataclass(frozen=True, slots=True)
class Telling:
    """Use cases of whoever may know a learner's levels."""

    db: Database

    def of_learner(
        self, viewer: Viewer, activity_id: uuid.UUID, participation_id: uuid.UUID
    ) -> Told | None:
        """Return it to staff, None where there is nothing to say; raises Forbidden, NotFound."""
        if not viewer.role.moderates:
            raise Forbidden("told")
        with self.db.read() as session:
            seen = scope_of(session, viewer).holds(Participation.user_id)
            told = _told(session, viewer, activity_id, Participation.id == participation_id, seen)
            if told is None or not told.levels:
                return told
            return replace(told, place=_place(session, participation_id))

    def troubles(
        self, viewer: Viewer, participation_ids: Collection[uuid.UUID]
    ) -> dict[uuid.UUID, int]:
        """Return to staff how many ratings of each learner were refused, or are shown otherwise.

        Only of learners whom they see; raises Forbidden.
        """
        if not viewer.role.moderates:
            raise Forbidden("told")
        with self.db.read() as session:
            theirs = select(Participation.id).where(
                scope_of(session, viewer).holds(Participation.user_id)
            )
            seen = OutboxMessage.participation_id.in_(theirs)
            return rating_states.troubles_of(session, participation_ids, seen)

    def of_mine(self, viewer: Viewer, activity_id: uuid.UUID) -> Told | None:
        """Return it to the learner themselves; None as above; raises NotFound."""
        with self.db.read() as session:
            mine = Participation.user_id == viewer.user_id
            return _told(session, viewer, activity_id, mine, true())


def _told(
    session: Session,
    viewer: Viewer,
    activity_id: uuid.UUID,
    *which: ColumnElement[bool],
) -> Told | None:
    activity = find_activity(session, viewer, activity_id)
    is_on = bool(activity.competencies) and bool(
        session.scalar(select(ratings.is_shared(activity_id)))
    )
    participation = session.scalar(
        select(Participation).where(Participation.activity_id == activity_id, *which)
    )
    if participation is None:
        return Told(is_on) if is_on else None
    states = rating_states.states_for(session, [participation.id]).get(participation.id, {})
    if not is_on and not states:
        return None
    framework = activity.framework
    labels = {one.position: one.label for one in framework.levels} if framework else {}
    standing = {one.competency_id for one in participation.confirmed_levels}
    return Told(
        is_on,
        tuple(
            ToldLevel(
                competency_view(one),
                labels.get(states[one.id].level, {}),
                states[one.id],
                one.id not in standing,
            )
            for one in activity.competencies
            if one.id in states
        ),
    )


def _place(session: Session, participation_id: uuid.UUID) -> str:
    """Return where Moodle shows a learner's competencies in the course.

    Where staff are not to know who it is, without the learner: Moodle then asks which.
    """
    participation = session.get_one(Participation, participation_id)
    activity = participation.activity
    root = session.get_one(Registration, activity.registration_id).issuer
    course = session.scalar(select(Context.lti_id).where(Context.id == activity.context_id)) or ""
    hidden = activity.anonymity.hides_from_staff
    return competencies_page(root, course, "" if hidden else participation.user.sub)
