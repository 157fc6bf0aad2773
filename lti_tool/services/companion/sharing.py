"""The educator's decision that levels confirmed in an activity go to Moodle's competencies."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from lti_tool.errors import Forbidden, IllegalTransition, PlatformError
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.companion import CompetencySharing, MoodleCompanion
from lti_tool.models.participations import Participation
from lti_tool.models.people import Context, User
from lti_tool.models.platforms import Registration
from lti_tool.remote.moodle_competencies import MoodleCompetencies
from lti_tool.remote.moodle_services import MoodleServices, MoodleSite
from lti_tool.rules.moodle_scales import item_of
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import OutboxState, PlatformFamily, Role
from lti_tool.secrecy import Secrets
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.companion.places import Memory, Missing, Wanted, find, wanted_of
from lti_tool.services.companion.settings import site_of
from lti_tool.services.frameworks.frameworks import CompetencyView, competency_view
from lti_tool.services.locking import lock_activity
from lti_tool.services.outbox import rating_states, ratings

AT_ONCE = 100
"""Learners whose levels are promised in one transaction."""


@dataclass(frozen=True, slots=True)
class SharingView:
    """How it stands with an activity's levels and Moodle."""

    is_on: bool
    since: datetime | None
    by: str
    competencies: tuple[CompetencyView, ...]
    framework_id: uuid.UUID | None
    counts: Mapping[OutboxState, int]
    """Ratings by how they fare."""


@dataclass(frozen=True, slots=True)
class LevelMatch:
    """A level of ours and the item of Moodle's scale that is called the same, "" for none."""

    label: Mapping[str, str]
    item: str


@dataclass(frozen=True, slots=True)
class Look:
    """What Moodle has of one competency; ``reason`` says what it lacks."""

    competency: CompetencyView
    reason: str
    number: str
    """The id number that was found, or looked for."""
    name: str = ""
    framework: str = ""
    in_course: bool = False
    levels: tuple[LevelMatch, ...] = ()
    items: tuple[str, ...] = ()

    @property
    def matches(self) -> bool:
        """Whether every level can be sent."""
        return not self.reason and all(level.item for level in self.levels)


@dataclass(frozen=True, slots=True)
class Sharing:
    """Use cases of educators."""

    db: Database
    secrets: Secrets
    services: MoodleServices

    def is_offered(self, viewer: Viewer) -> bool:
        """Return whether the operator has set up the companion for the viewer's Moodle."""
        with self.db.read() as session:
            return _is_set_up(session, viewer)

    def look(self, viewer: Viewer, activity_id: uuid.UUID) -> SharingView:
        """Return how it stands.

        Raises Forbidden for who is no educator, NotFound, IllegalTransition without a companion.
        """
        with self.db.read() as session:
            activity = _activity(session, viewer, activity_id)
            row = session.get(CompetencySharing, activity_id)
            by = session.get(User, row.switched_on_by_id) if row else None
            return SharingView(
                is_on=row is not None,
                since=row.switched_on_at if row else None,
                by=by.display_name if by else "",
                competencies=tuple(competency_view(one) for one in activity.competencies),
                framework_id=activity.framework_id,
                counts=rating_states.counts(session, activity_id),
            )

    def look_in_moodle(self, viewer: Viewer, activity_id: uuid.UUID) -> tuple[Look, ...]:
        """Ask Moodle what it has of the activity's competencies; changes nothing.

        Raises as ``look``, and PlatformError where Moodle cannot be asked.
        """
        with self.db.read() as session:
            activity = _activity(session, viewer, activity_id)
            framework = activity.framework
            labels = [level.label for level in framework.levels] if framework else []
            wanted = wanted_of(session, list(activity.competencies))
            views = {one.id: competency_view(one) for one in activity.competencies}
            course = session.get_one(Context, activity.context_id).lti_id
            site = self._site(session, viewer)
        moodle, memory = MoodleCompetencies(self.services, site), Memory()
        here = moodle.in_course(int(course)) if course.isdecimal() else frozenset()
        return tuple(
            _look(moodle, memory, views[key], each, labels, here) for key, each in wanted.items()
        )

    def switch(self, viewer: Viewer, activity_id: uuid.UUID, on: bool) -> int:
        """Switch it on, which promises all levels confirmed so far, or off; return how many.

        Off, nothing more is sent; what Moodle has been told stays there. Raises as ``look``.
        """
        with self.db.write() as session:
            _activity(session, viewer, activity_id)
            lock_activity(session, activity_id)
            row = session.get(CompetencySharing, activity_id)
            if row is not None and not on:
                session.delete(row)
            if row is None and on:
                session.add(
                    CompetencySharing(activity_id=activity_id, switched_on_by_id=viewer.user_id)
                )
        return self._promise(activity_id) if on else 0

    def _promise(self, activity_id: uuid.UUID) -> int:
        """Promise the levels of some learners at a time, so that nobody waits for all of them.

        Where that is cut off, the page's button goes on with it.
        """
        promised, last = 0, uuid.UUID(int=0)
        while True:
            with self.db.write() as session:
                lock_activity(session, activity_id)
                found = _confirmed(session, activity_id, last)
                promised += sum(ratings.promise(session, one) for one in found)
                last = found[-1].id if found else last
            if len(found) < AT_ONCE:
                return promised

    def _site(self, session: Session, viewer: Viewer) -> MoodleSite:
        try:
            site = site_of(session, self.secrets, viewer.registration_id)
        except ValueError as error:
            raise PlatformError("moodle_token") from error
        if site is None:
            raise IllegalTransition("companion", "off", "look")
        return site


def _activity(session: Session, viewer: Viewer, activity_id: uuid.UUID) -> Activity:
    if viewer.role is not Role.EDUCATOR:
        raise Forbidden("sharing")
    activity = find_activity(session, viewer, activity_id)
    if not _is_set_up(session, viewer):
        raise IllegalTransition("companion", "off", "share")
    return activity


def _is_set_up(session: Session, viewer: Viewer) -> bool:
    registration = session.get(Registration, viewer.registration_id)
    is_moodle = registration is not None and registration.family is PlatformFamily.MOODLE
    return is_moodle and session.get(MoodleCompanion, viewer.registration_id) is not None


def _confirmed(session: Session, activity_id: uuid.UUID, after: uuid.UUID) -> list[Participation]:
    query = (
        select(Participation)
        .where(
            Participation.activity_id == activity_id,
            Participation.confirmed_levels.any(),
            Participation.id > after,
        )
        .options(selectinload(Participation.confirmed_levels))
        .order_by(Participation.id)
        .limit(AT_ONCE)
    )
    return list(session.scalars(query))


def _look(
    moodle: MoodleCompetencies,
    memory: Memory,
    view: CompetencyView,
    wanted: Wanted,
    labels: list[dict[str, str]],
    here: frozenset[int],
) -> Look:
    place = find(moodle, wanted, memory)
    if isinstance(place, Missing):
        return Look(view, place.reason, place.number)
    found = [(label, item_of(label, place.items)) for label in labels]
    return Look(
        view,
        "",
        place.competency.id_number,
        place.competency.name,
        place.framework.name,
        place.competency.id in here,
        tuple(LevelMatch(label, place.items[n - 1] if n else "") for label, n in found),
        place.items,
    )
