"""Reading back what Moodle shows of the ratings that it was given: each once a day."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import PlatformError
from lti_tool.models import Database
from lti_tool.models.companion import MoodleCompanion, MoodleRating
from lti_tool.models.frameworks import Competency
from lti_tool.models.people import Context, User
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.remote.moodle_competencies import MoodleCompetencies, Rated
from lti_tool.remote.moodle_services import MoodleServices, MoodleSite
from lti_tool.secrecy import Secrets
from lti_tool.services.companion.places import Memory, Missing, Wanted, find, wanted_of
from lti_tool.services.companion.sending import AGAIN
from lti_tool.services.companion.settings import site_of

READINGS = 100
"""Per run; the next run takes more."""
AFTER_FAILURE = timedelta(hours=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One rating to read; plain values."""

    rating_id: uuid.UUID
    platform_id: uuid.UUID
    course: int
    user: int
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class RatingReader:
    """What Moodle shows, kept for the pages of tutors and learners."""

    db: Database
    secrets: Secrets
    services: MoodleServices

    def read_due(self, stop: Event | None = None) -> Counter[str]:
        """Read what is due; return how many were ``read``, ``failed``, ``spared``.

        After a failure a site's others are spared for an hour. Raises SQLAlchemy's errors if the
        database fails.
        """
        now, counts, memory = clock.now(), Counter[str](), Memory()
        with self.db.read() as session:
            due = _due(session, now)
            sites = {key: self._site(session, key) for key in {one.platform_id for one in due}}
        for one in due:
            site = sites[one.platform_id]
            if site is None or (stop is not None and stop.is_set()):
                self._postpone(one, now + AFTER_FAILURE)
                counts["spared"] += 1
                continue
            try:
                shown = _shown(MoodleCompetencies(self.services, site), one, memory)
            except PlatformError as error:
                log.info("rating_unread", reason=error.reason, rating_id=str(one.rating_id))
                sites[one.platform_id] = None
                self._postpone(one, now + AFTER_FAILURE)
                counts["failed"] += 1
                continue
            self._keep(one, shown)
            counts["read"] += 1
        return counts

    def _site(self, session: Session, platform_id: uuid.UUID) -> MoodleSite | None:
        try:
            return site_of(session, self.secrets, platform_id)
        except ValueError:
            return None

    def _keep(self, one: _Reading, shown: Rated) -> None:
        now = clock.now()
        values = {"item": shown.item, "label": shown.label, "read_at": now, "due_at": now + AGAIN}
        with self.db.write() as session:
            session.execute(
                update(MoodleRating).where(MoodleRating.id == one.rating_id).values(**values)
            )

    def _postpone(self, one: _Reading, due: datetime) -> None:
        with self.db.write() as session:
            session.execute(
                update(MoodleRating).where(MoodleRating.id == one.rating_id).values(due_at=due)
            )


def _due(session: Session, now: datetime) -> list[_Reading]:
    rows = session.execute(
        select(MoodleRating, Competency, Deployment.registration_id, Context.lti_id, User.sub)
        .join(Competency, Competency.id == MoodleRating.competency_id)
        .join(Context, Context.id == MoodleRating.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .join(MoodleCompanion, MoodleCompanion.registration_id == Registration.id)
        .join(User, User.id == MoodleRating.user_id)
        .where(MoodleRating.due_at <= now, Registration.disabled_at.is_(None))
        .order_by(MoodleRating.due_at, MoodleRating.id)
        .limit(READINGS)
    ).all()
    wanted = wanted_of(session, list({row[1].id: row[1] for row in rows}.values()))
    return [
        _Reading(rating.id, platform_id, int(course), int(user), wanted[competency.id])
        for rating, competency, platform_id, course, user in rows
    ]


def _shown(moodle: MoodleCompetencies, one: _Reading, memory: Memory) -> Rated:
    """Return what a site shows; a competency that is gone there, or from the course, shows none."""
    place = find(moodle, one.wanted, memory)
    if isinstance(place, Missing):
        return Rated(None, "")
    try:
        return moodle.rated(one.course, one.user, place.competency.id)
    except PlatformError as error:
        if error.reason == "moodle_not_in_course":
            return Rated(None, "")
        raise
