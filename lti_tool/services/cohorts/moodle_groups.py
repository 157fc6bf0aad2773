"""A course's groups read from Moodle by its web services: when an educator asks for it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import IllegalTransition, PlatformError
from lti_tool.lti.groups import Group
from lti_tool.models import Database
from lti_tool.models.companion import MoodleCompanion
from lti_tool.models.people import Context, Membership, User
from lti_tool.remote.moodle_competencies import MoodleCompetencies
from lti_tool.remote.moodle_services import MoodleServices, MoodleSite
from lti_tool.rules.viewer import Viewer
from lti_tool.secrecy import Secrets
from lti_tool.services.cohorts.cohorts import educators_context
from lti_tool.services.cohorts.groups import save_groups, set_members
from lti_tool.services.companion.settings import site_of
from lti_tool.services.locking import lock_context


@dataclass(frozen=True, slots=True)
class MoodleGroups:
    """Use cases of educators; off unless the operator lets the companion read groups."""

    db: Database
    secrets: Secrets
    services: MoodleServices

    def is_offered(self, viewer: Viewer) -> bool:
        """Return whether the viewer's course has groups that can be asked for."""
        with self.db.read() as session:
            return _course(session, viewer) is not None

    def read(self, viewer: Viewer) -> int:
        """Bring the course's groups to what Moodle has now; return how many there are.

        Cohorts stay as they are. Raises Forbidden for who is no educator, IllegalTransition where
        it is not offered, PlatformError where Moodle does not answer; then nothing has changed.
        """
        context_id = educators_context(viewer)
        with self.db.read() as session:
            course, site = _course(session, viewer), self._site(session, viewer)
        if course is None or site is None:
            raise IllegalTransition("companion", "off", "read groups")
        found = MoodleCompetencies(self.services, site).groups(course)
        with self.db.write() as session:
            lock_context(session, context_id)
            save_groups(session, context_id, [Group(one.id, one.name, "") for one in found], {})
            of_person: dict[str, list[str]] = defaultdict(list)
            for group in found:
                for member in group.member_ids:
                    of_person[member].append(group.id)
            people = _people(session, context_id)
            set_members(session, context_id, {user: of_person.get(sub, []) for user, sub in people})
        return len(found)

    def _site(self, session: Session, viewer: Viewer) -> MoodleSite | None:
        try:
            return site_of(session, self.secrets, viewer.registration_id)
        except ValueError as error:
            raise PlatformError("moodle_token") from error


def _course(session: Session, viewer: Viewer) -> int | None:
    """Return Moodle's number of the viewer's course, None where groups are not to be read."""
    row = session.get(MoodleCompanion, viewer.registration_id)
    if row is None or not row.reads_groups or viewer.context_id is None:
        return None
    told = session.get_one(Context, viewer.context_id).lti_id
    return int(told) if told.isdecimal() else None


def _people(session: Session, context_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    query = (
        select(User.id, User.sub)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.context_id == context_id, User.erased_at.is_(None))
    )
    return [(user_id, sub) for user_id, sub in session.execute(query)]
