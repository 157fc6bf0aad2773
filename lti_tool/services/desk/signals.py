"""The tutor's list of who needs them before anybody asks (``rules.signals`` decides).

A page costs the same in any course: who stands on the list is noted whenever somebody is measured.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, select

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.participations import Participation
from lti_tool.rules.signals import SignalKind
from lti_tool.rules.viewer import Viewer
from lti_tool.services.activities.activities import find_activity, scoped
from lti_tool.services.cohort_scope import scope_of
from lti_tool.services.desk import waiting
from lti_tool.services.desk.signal_rows import read_page
from lti_tool.services.desk.signal_views import Place, TodayPage, Waiting
from lti_tool.services.engine import completion, remeasuring, settling
from lti_tool.services.locking import lock_activity

AT_ONCE = 50
"""Learners who are measured before the page comes, where the worker has not done it yet."""
MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Signals:
    """The use cases of looking who needs a tutor."""

    db: Database

    def page(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        only: SignalKind | None = None,
        after: Place | None = None,
        cohort_id: uuid.UUID | None = None,
    ) -> TodayPage:
        """Return one page of those who need a tutor, the most urgent and longest waiting first.

        ``only`` keeps those whose most urgent reason it is. Raises NotFound, and Forbidden for who
        is no staff.
        """
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            scope = scope_of(session, viewer, cohort_id)
        settling.settle_now(self.db, activity_id)
        remeasure_due(self.db, activity_id)
        for _try in range(MOST_TRIES):
            with self.db.read() as session:
                activity = find_activity(session, viewer, activity_id)
                page, stale = read_page(session, activity, scope, only, after)
            if not stale:
                break
            with self.db.write() as session:
                lock_activity(session, activity_id)
                there = select(Participation).where(Participation.id.in_(stale))
                for participation in session.scalars(there).all():
                    completion.refresh(session, participation)
        return page

    def of_course(
        self, viewer: Viewer, activity_ids: Collection[uuid.UUID]
    ) -> dict[uuid.UUID, Waiting]:
        """Return what waits in some activities of the viewer's course; others are left out.

        Raises Forbidden for who is no staff.
        """
        with self.db.read() as session:
            scope = scope_of(session, viewer)
            activities = session.scalars(scoped(viewer).where(Activity.id.in_(activity_ids))).all()
            texts = waiting.texts(session, [one.id for one in activities], scope)
            people = waiting.people(session, activities, scope)
            return {
                one.id: Waiting(texts.get(one.id, 0), people.get(one.id, 0)) for one in activities
            }


def remeasure_due(db: Database, activity_id: uuid.UUID) -> None:
    """Measure whom time has changed, if the worker has not; writes nothing where nobody is due."""
    with db.read() as session:
        due = exists().where(
            Participation.activity_id == activity_id, Participation.remeasure_at <= clock.now()
        )
        if not session.scalar(select(due)):
            return
    with db.write() as session:
        remeasuring.refresh_after_dates(session, AT_ONCE, activity_id)
