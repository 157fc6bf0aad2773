"""The activities that a course has, to pick from: found by title, page by page, tidied up."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import NotFound
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.database import Database
from lti_tool.models.participations import Participation
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import ActivityState
from lti_tool.services.activities.activities import find_activity, scoped
from lti_tool.services.searching import holds

PAGE_SIZE = 25
FORGOTTEN_AFTER = timedelta(days=90)
"""Drafts that nobody touched for so long are not offered any more."""


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """An activity in a list; ``begun`` counts the learners who opened it."""

    id: uuid.UUID
    title: str
    created_at: datetime
    begun: int
    placed: bool
    """Whether a link of the course has opened it; a draft waits for that."""


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """One page of a course's activities, newest first; ``chosen`` stand apart, whatever the page.

    ``following`` is the last one's id if there are more, ``total`` counts what was searched for.
    """

    chosen: tuple[ActivityLine, ...]
    rows: tuple[ActivityLine, ...]
    following: uuid.UUID | None
    total: int


@dataclass(frozen=True, slots=True)
class ActivityLists:
    """Use cases of picking an activity; all within the viewer's context."""

    db: Database

    def count(self, viewer: Viewer) -> int:
        """Return how many activities the course has."""
        with self.db.read() as session:
            return _count(session, viewer, "")

    def page(
        self,
        viewer: Viewer,
        search: str = "",
        after: uuid.UUID | None = None,
        chosen: Collection[uuid.UUID] = (),
    ) -> ActivityPage:
        """Return one page of the activities whose title holds ``search``.

        Raises NotFound if ``after`` is not the course's; of ``chosen``, others are left out.
        """
        query = _offered(viewer, search)
        with self.db.read() as session:
            if after is not None:
                query = query.where(_after(find_activity(session, viewer, after)))
            order = (Activity.created_at.desc(), Activity.id)
            found = list(
                session.scalars(
                    query.where(Activity.id.not_in(chosen)).order_by(*order).limit(PAGE_SIZE + 1)
                )
            )
            picked = session.scalars(
                scoped(viewer).where(Activity.id.in_(chosen)).order_by(*order)
            ).all()
            return ActivityPage(
                chosen=tuple(_lines(session, picked)),
                rows=tuple(_lines(session, found[:PAGE_SIZE])),
                following=found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None,
                total=_count(session, viewer, search),
            )

    def archive(self, viewer: Viewer, activity_id: uuid.UUID) -> None:
        """Offer a draft no more; raise NotFound for what is placed, or of another course."""
        self._move(viewer, activity_id, ActivityState.DRAFT, ActivityState.ARCHIVED)

    def restore(self, viewer: Viewer, activity_id: uuid.UUID) -> None:
        """Offer an archived draft again; raise NotFound for anything else."""
        self._move(viewer, activity_id, ActivityState.ARCHIVED, ActivityState.DRAFT)

    def _move(
        self, viewer: Viewer, activity_id: uuid.UUID, before: ActivityState, after: ActivityState
    ) -> None:
        with self.db.write() as session:
            activity = find_activity(session, viewer, activity_id)
            session.refresh(activity, with_for_update=True)
            if activity.state is not before or session.scalar(select(_in_use(activity.id))):
                raise NotFound("draft")
            activity.state, activity.updated_at = after, clock.now()


def archive_forgotten(session: Session, limit: int) -> int:
    """Archive drafts that no link opened and in which nobody wrote for long; return how many.

    Nothing is deleted: the LMS may still hold a link, whose first launch brings its activity back.
    """
    old = select(Activity.id).where(
        Activity.state == ActivityState.DRAFT,
        Activity.updated_at < clock.now() - FORGOTTEN_AFTER,
        ~_in_use(Activity.id),
    )
    ids = session.scalars(old.limit(limit)).all()
    if ids:
        session.execute(
            update(Activity)
            .where(Activity.id.in_(ids), Activity.state == ActivityState.DRAFT)
            .values(state=ActivityState.ARCHIVED)
        )
    return len(ids)


def _in_use(activity_id: object) -> ColumnElement[bool]:
    return or_(
        exists().where(ResourceLink.activity_id == activity_id),
        exists().where(Participation.activity_id == activity_id),
    )


def _offered(viewer: Viewer, search: str) -> Select[Activity]:
    query = scoped(viewer).where(
        Activity.state != ActivityState.ARCHIVED, Activity.closed_at.is_(None)
    )
    return query.where(holds(Activity.title, search)) if search else query


def _count(session: Session, viewer: Viewer, search: str) -> int:
    query = _offered(viewer, search).with_only_columns(func.count())
    return session.scalar(query) or 0


def _after(activity: Activity) -> ColumnElement[bool]:
    same = and_(Activity.created_at == activity.created_at, Activity.id > activity.id)
    return or_(Activity.created_at < activity.created_at, same)


def _lines(session: Session, activities: Collection[Activity]) -> list[ActivityLine]:
    begun: dict[uuid.UUID, int] = dict(
        session.execute(
            select(Participation.activity_id, func.count())
            .where(Participation.activity_id.in_([one.id for one in activities]))
            .group_by(Participation.activity_id)
        ).all()
    )
    return [
        ActivityLine(
            one.id,
            one.title,
            one.created_at,
            begun.get(one.id, 0),
            placed=one.state is ActivityState.PUBLISHED,
        )
        for one in activities
    ]
