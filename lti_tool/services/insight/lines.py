"""What the lists of the desk hold, whole, for a table to take away: some rows at a time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from lti_tool.errors import Forbidden
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.cohorts import Cohort
from lti_tool.models.interventions import Intervention
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership, User
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.interventions import InterventionAct, InterventionKind
from lti_tool.rules.signals import SignalKind
from lti_tool.rules.viewer import Viewer
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import Scope, scope_of
from lti_tool.services.desk.people import LearnerRow, People
from lti_tool.services.desk.people_filters import PeopleFilter
from lti_tool.services.desk.queue import Cursor, QueueList, WorkEntry, read_entries
from lti_tool.services.desk.signal_rows import read_page
from lti_tool.services.desk.signal_views import Place, TodayRow
from lti_tool.services.desk.signals import Signals
from lti_tool.services.engine import settling
from lti_tool.services.engine.anonymity import alias_of

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A learner as a file tells of them; ``name`` is None for who must not be named in one."""

    name: str | None
    cohort: str
    row: LearnerRow


@dataclass(frozen=True, slots=True)
class SupportLine:
    """One thing that a tutor did for a learner, as a file tells it."""

    at: datetime
    by: str
    learner: str | None
    act: InterventionAct
    kind: InterventionKind | None
    is_proactive: bool
    signals: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class NeedLine:
    """Somebody who may need a tutor, as a file tells of them; ``name`` as in ``PersonLine``."""

    name: str | None
    row: TodayRow


@dataclass(frozen=True, slots=True)
class Lines:
    """Use cases of staff who take the lists of an activity away.

    Where names are hidden from staff a file never holds one, not even of whom they have asked for:
    files travel.
    """

    db: Database

    def people(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        which: PeopleFilter = PeopleFilter.ALL,
        cohort_id: uuid.UUID | None = None,
    ) -> Iterator[PersonLine]:
        """Yield the learners as the list of learners has them; raise NotFound."""
        waiting: list[LearnerRow] = []
        for row in People(self.db).lines(viewer, activity_id, which, cohort_id):
            waiting.append(row)
            if len(waiting) == AT_ONCE:
                yield from self._named(viewer, activity_id, waiting)
                waiting = []
        yield from self._named(viewer, activity_id, waiting)

    def some_people(
        self, viewer: Viewer, activity_id: uuid.UUID, after: uuid.UUID | None, size: int
    ) -> tuple[list[PersonLine], uuid.UUID | None]:
        """Return ``size`` of them, and what the next come after if there are more."""
        rows, following = People(self.db).some(viewer, activity_id, after, size)
        return list(self._named(viewer, activity_id, rows)), following

    def queue(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        which: QueueList,
        cohort_id: uuid.UUID | None = None,
    ) -> Iterator[WorkEntry]:
        """Yield a list of the desk, in its order; raise NotFound."""
        settling.settle_now(self.db, activity_id)
        after: Cursor | None = None
        while True:
            with self.db.read() as session:
                activity = find_activity(session, _staff(viewer), activity_id)
                scope = scope_of(session, viewer, cohort_id)
                found, after = read_entries(session, activity_id, which, after, scope, AT_ONCE)
                lines = _masked(session, activity, found)
            yield from lines
            if after is None:
                return

    def today(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        only: SignalKind | None = None,
        cohort_id: uuid.UUID | None = None,
    ) -> Iterator[NeedLine]:
        """Yield who needs a tutor, in the order of the tutor's list; raise NotFound."""
        Signals(self.db).page(viewer, activity_id, only, None, cohort_id)  # measures who is due
        after: Place | None = None
        while True:
            with self.db.read() as session:
                activity = find_activity(session, _staff(viewer), activity_id)
                scope = scope_of(session, viewer, cohort_id)
                page, _stale = read_page(session, activity, scope, only, after, AT_ONCE)
                lines = _needing(session, activity, page.rows)
            yield from lines
            after = page.following
            if after is None:
                return

    def support(
        self, viewer: Viewer, activity_id: uuid.UUID, cohort_id: uuid.UUID | None = None
    ) -> Iterator[SupportLine]:
        """Yield what tutors did for learners, the newest first; raise NotFound."""
        after: tuple[datetime, uuid.UUID] | None = None
        while True:
            with self.db.read() as session:
                activity = find_activity(session, _staff(viewer), activity_id)
                scope = scope_of(session, viewer, cohort_id)
                rows = session.scalars(_support(activity, scope, after)).all()
                lines = _support_lines(session, activity, rows)
            yield from lines
            if len(rows) < AT_ONCE:
                return
            after = rows[-1].at, rows[-1].id

    def _named(
        self, viewer: Viewer, activity_id: uuid.UUID, rows: Sequence[LearnerRow]
    ) -> Iterator[PersonLine]:
        ids = [row.user_id for row in rows]
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            query = (
                select(Membership.user_id, Cohort.name)
                .join(Cohort, Cohort.id == Membership.cohort_id)
                .where(Membership.context_id == activity.context_id, Membership.user_id.in_(ids))
            )
            cohorts: dict[uuid.UUID, str] = dict(session.execute(query).all())
            names = _names(session, activity, {row.user_id: row.name for row in rows})
        for row in rows:
            yield PersonLine(names[row.user_id], cohorts.get(row.user_id, ""), row)


def _staff(viewer: Viewer) -> Viewer:
    if not viewer.role.moderates:
        raise Forbidden("desk")
    return viewer


def _names(
    session: Session, activity: Activity, names: dict[uuid.UUID, str]
) -> dict[uuid.UUID, str | None]:
    """Return what a file calls learners, by user: pseudonyms alone where staff know no names."""
    if not activity.anonymity.hides_from_staff:
        return dict(names)
    query = select(Participation).where(
        Participation.activity_id == activity.id, Participation.user_id.in_(names)
    )
    aliases = {one.user_id: alias_of(activity, one) for one in session.scalars(query)}
    return {user_id: aliases.get(user_id) for user_id in names}


def _masked(
    session: Session, activity: Activity, entries: Sequence[WorkEntry]
) -> Sequence[WorkEntry]:
    """Return entries with pseudonyms alone, where staff know no names; tutors keep theirs."""
    if not activity.anonymity.hides_from_staff:
        return entries
    ids = [entry.id for entry in entries]
    reader = aliased(Participation)
    written = (
        select(Reflection.id, Participation)
        .join(Participation, Participation.id == Reflection.participation_id)
        .where(Reflection.id.in_(ids))
    )
    authors = {key: alias_of(activity, one) for key, one in session.execute(written)}
    about: dict[uuid.UUID, str] = {}
    answered = (
        select(Response.id, reader, Participation)
        .join(Reflection, Reflection.id == Response.reflection_id)
        .join(reader, reader.id == Reflection.participation_id)
        .outerjoin(Allocation, Allocation.id == Response.allocation_id)
        .outerjoin(Participation, Participation.id == Allocation.reviewer_id)
        .where(Response.id.in_(ids))
    )
    for key, reading, writing in session.execute(answered):
        about[key] = alias_of(activity, reading)
        if writing is not None:
            authors[key] = alias_of(activity, writing)
    return [
        replace(one, author=authors.get(one.id, one.author), about=about.get(one.id, one.about))
        for one in entries
    ]


def _needing(session: Session, activity: Activity, rows: Sequence[TodayRow]) -> list[NeedLine]:
    """Return rows with pseudonyms alone, where staff know no names."""
    if not activity.anonymity.hides_from_staff:
        return [NeedLine(row.name, row) for row in rows]
    ids = [row.participation_id for row in rows if row.participation_id]
    query = select(Participation).where(Participation.id.in_(ids))
    aliases = {one.id: alias_of(activity, one) for one in session.scalars(query)}
    return [
        NeedLine(aliases.get(row.participation_id) if row.participation_id else None, row)
        for row in rows
    ]


def _support(
    activity: Activity, scope: Scope, after: tuple[datetime, uuid.UUID] | None
) -> Select[Intervention]:
    row = Intervention
    query = (
        select(row)
        .where(row.activity_id == activity.id, scope.holds(row.user_id))
        .order_by(row.at.desc(), row.id.desc())
        .limit(AT_ONCE)
        .options(joinedload(row.actor))
    )
    if after is None:
        return query
    at, key = after
    return query.where(or_(row.at < at, and_(row.at == at, row.id < key)))


def _support_lines(
    session: Session, activity: Activity, rows: Sequence[Intervention]
) -> list[SupportLine]:
    users = session.scalars(select(User).where(User.id.in_({row.user_id for row in rows})))
    names = _names(session, activity, {user.id: user.display_name for user in users})
    return [
        SupportLine(
            at=row.at,
            by=row.actor.display_name,
            learner=names[row.user_id],
            act=row.act,
            kind=row.kind,
            is_proactive=row.is_proactive,
            signals=tuple(code for code in row.signals.split(",") if code),
            note=row.note,
        )
        for row in rows
    ]
