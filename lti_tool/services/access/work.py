"""Reflections, responses and their moderation as programs are told them: states, never a text.

What staff do not see yet (drafts, and what is still in its grace window) is not there.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.models.activities import Activity
from lti_tool.models.database import Database
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection, ReflectionRevision
from lti_tool.models.responses import Response
from lti_tool.rules.viewer import Viewer
from lti_tool.secrecy import Secrets
from lti_tool.services.access.cursors import opened, sealed
from lti_tool.services.access.days import Days
from lti_tool.services.access.views import (
    DecisionLine,
    Listing,
    ReflectionLine,
    ResponseLine,
    WhoLine,
)
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import scope_of
from lti_tool.services.desk.audit import Audit, AuditLine, Place, Wanted
from lti_tool.services.desk.work import UNSEEN, author_name
from lti_tool.services.engine.anonymity import alias_of
from lti_tool.services.learner.response_views import with_author


@dataclass(frozen=True, slots=True)
class WorkReading:
    """Use cases of a program that reads, for an educator, what was written and decided."""

    db: Database
    secrets: Secrets

    def reflections(
        self, viewer: Viewer, activity_id: uuid.UUID, cursor: str, size: int
    ) -> Listing[ReflectionLine]:
        """Return reflections that staff see, in no telling order; raise NotFound."""
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            query = (
                select(Reflection)
                .where(scope_of(session, viewer).holds_reflection())
                .options(joinedload(Reflection.participation).joinedload(Participation.user))
            )
            rows, following = self._page(session, query, Reflection, activity, cursor, size)
            versions = _versions(session, [row.id for row in rows])
            lines = [_reflection(activity, row, versions.get(row.id, 0)) for row in rows]
            return Listing(lines, following)

    def responses(
        self, viewer: Viewer, activity_id: uuid.UUID, cursor: str, size: int
    ) -> Listing[ResponseLine]:
        """Return responses that staff see, in no telling order; raise NotFound."""
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            query = (
                select(Response)
                .where(scope_of(session, viewer).holds_response())
                .options(*with_author())
            )
            rows, following = self._page(session, query, Response, activity, cursor, size)
            return Listing([_response(activity, row) for row in rows], following)

    def history(
        self, viewer: Viewer, activity_id: uuid.UUID, cursor: str, size: int
    ) -> Listing[DecisionLine]:
        """Return what was decided in an activity, the newest first; raise NotFound."""
        place = Place.parse(opened(self.secrets, "history", activity_id, cursor))
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            days = Days.of(activity)
        found, following = Audit(self.db).some(viewer, Wanted(activity_id), place, size)
        with self.db.read() as session:
            lines = _nameless(session, activity_id, found) if days.only else found
        told = [_decision(line, days) for line in lines]
        return Listing(told, sealed(self.secrets, "history", activity_id, following))

    def _page(
        self,
        session: Session,
        query: Select[Any],
        model: Any,
        activity: Activity,
        cursor: str,
        size: int,
    ) -> tuple[list[Any], str | None]:
        """Return a page in the order of ids, which were drawn by lot and tell nothing."""
        place = opened(self.secrets, model.SUBJECT, activity.id, cursor)
        if place:
            query = query.where(model.id > uuid.UUID(place))
        query = query.where(model.activity_id == activity.id, model.state.not_in(UNSEEN))
        rows = list(session.scalars(query.order_by(model.id).limit(size + 1)))
        following = rows[size - 1].id if len(rows) > size else None
        return rows[:size], sealed(self.secrets, model.SUBJECT, activity.id, following)


def _versions(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Count how often each reflection was handed in."""
    row = ReflectionRevision
    query = (
        select(row.reflection_id, func.count())
        .where(row.reflection_id.in_(ids))
        .group_by(row.reflection_id)
    )
    return dict(session.execute(query).all())


def _reflection(activity: Activity, row: Reflection, version: int) -> ReflectionLine:
    days = Days.of(activity)
    name = alias_of(activity, row.participation) if days.only else author_name(activity, row)
    return ReflectionLine(
        id=row.id,
        learner_id=row.participation_id,
        name=name,
        state=row.state,
        version=version,
        responses=row.served,
        submitted_at=days.maybe(row.submitted_at),
        released_at=days.maybe(row.released_at),
        is_flagged=row.flagged_at is not None,
        is_appealed=row.appealed_at is not None,
    )


def _response(activity: Activity, row: Response) -> ResponseLine:
    days, peer = Days.of(activity), row.allocation.reviewer if row.allocation else None
    name = alias_of(activity, peer) if days.only and peer else author_name(activity, row)
    return ResponseLine(
        id=row.id,
        reflection_id=row.reflection_id,
        learner_id=peer.id if peer else None,
        name=name,
        is_by_tutor=peer is None,
        state=row.state,
        helpfulness=row.helpfulness,
        submitted_at=days.maybe(row.submitted_at),
        released_at=days.maybe(row.released_at),
        is_flagged=row.flagged_at is not None,
        is_appealed=row.appealed_at is not None,
    )


def _nameless(
    session: Session, activity_id: uuid.UUID, lines: Iterable[AuditLine]
) -> list[AuditLine]:
    """Return lines in which learners have pseudonyms alone, also those whom staff asked for."""
    lines = list(lines)
    people = {key for one in lines for key in (one.who_id, one.about_id) if key}
    activity = session.get_one(Activity, activity_id)
    query = select(Participation).where(
        Participation.activity_id == activity_id, Participation.user_id.in_(people)
    )
    aliases = {one.user_id: alias_of(activity, one) for one in session.scalars(query)}
    return [
        replace(
            one,
            who=aliases.get(one.who_id, one.who) if one.who_id else one.who,
            about=aliases.get(one.about_id, one.about) if one.about_id else one.about,
        )
        for one in lines
    ]


def _decision(line: AuditLine, days: Days) -> DecisionLine:
    def who(name: str, user_id: uuid.UUID | None) -> WhoLine | None:
        if not name and user_id is None:
            return None
        return WhoLine(None if days.only else user_id, name)

    return DecisionLine(
        id=line.id,
        at=days.told(line.at),
        by=who(line.who, line.who_id),
        about=who(line.about, line.about_id),
        subject=line.subject,
        work_id=line.work_id,
        step=line.step,
        from_state=line.from_state,
        to_state=line.to_state,
    )
