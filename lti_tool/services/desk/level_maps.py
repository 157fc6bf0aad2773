"""Where a cohort stands: learners by competencies, and how far they are from their targets."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.participations import ConfirmedLevel, Participation, SelfRating
from lti_tool.models.people import Membership, User
from lti_tool.rules.level_gaps import Cell, Gap, gaps, missing
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Moment, Role
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import Scope, scope_of
from lti_tool.services.desk.deciding import staff
from lti_tool.services.engine.anonymity import SMALL_GROUP, alias_of, staff_name, staff_order
from lti_tool.services.frameworks.frameworks import (
    CompetencyView,
    LevelView,
    competency_view,
    level_view,
)

PAGE_SIZE = 50
AT_ONCE = 500
"""Learners whose levels are read together for a file."""
MOST_NAMED = 5

Cells = Mapping[uuid.UUID, Cell]


@dataclass(frozen=True, slots=True)
class MapRow:
    """One learner: by competency what they claim, aim at, and what is confirmed."""

    participation_id: uuid.UUID
    name: str
    cells: Cells

    @property
    def missing(self) -> int | None:
        """Levels that they are short of, all competencies together."""
        return missing(self.cells)


@dataclass(frozen=True, slots=True)
class Short:
    """A learner, and how many levels they are short of, all competencies together."""

    participation_id: uuid.UUID
    name: str
    levels: int


@dataclass(frozen=True, slots=True)
class LevelMap:
    """One page of learners, and the gaps of all of them."""

    competencies: tuple[CompetencyView, ...]
    levels: tuple[LevelView, ...]
    rows: tuple[MapRow, ...]
    gaps: tuple[Gap, ...]
    furthest: tuple[Short, ...]
    """The learners who are furthest from their targets, of all of them."""
    total: int
    number: int
    """Of the page, from 1."""
    pages: int
    is_withheld: bool
    """Whether so few learners are hidden from staff that a list would tell who they are."""


@dataclass(frozen=True, slots=True)
class LevelMaps:
    """Use cases of staff who look at a cohort's competencies."""

    db: Database

    def page(
        self, viewer: Viewer, activity_id: uuid.UUID, cohort_id: uuid.UUID | None, number: int
    ) -> LevelMap:
        """Return one page of the learners whom the viewer sees, or of one cohort; raise NotFound.

        A number beyond the last page is that of the last.
        """
        with self.db.read() as session:
            activity = find_activity(session, staff(viewer), activity_id)
            scope = scope_of(session, viewer, cohort_id)
            total = _count(session, activity, scope)
            withheld = _is_withheld(activity, total)
            pages = max(1, -(-total // PAGE_SIZE))
            number = min(max(number, 1), pages)
            query = _learners(activity, scope).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
            rows = () if withheld else tuple(_rows(session, activity, session.execute(query).all()))
            return LevelMap(
                tuple(competency_view(one) for one in activity.competencies),
                _scale(activity),
                rows,
                () if withheld else tuple(_gaps(session, activity, scope)),
                () if withheld else tuple(_furthest(session, activity, scope)),
                total,
                number,
                pages,
                withheld,
            )

    def lines(
        self, viewer: Viewer, activity_id: uuid.UUID, cohort_id: uuid.UUID | None
    ) -> Iterator[MapRow]:
        """Yield every learner of the same list, for a file; raise NotFound at once.

        Where names are hidden from staff it holds none, not even of whom they have asked for.
        """
        with self.db.read() as session:
            activity = find_activity(session, staff(viewer), activity_id)
            scope = scope_of(session, viewer, cohort_id)
            hidden = _is_withheld(activity, _count(session, activity, scope))
        return iter(()) if hidden else self._lines(viewer, activity_id, scope)

    def _lines(self, viewer: Viewer, activity_id: uuid.UUID, scope: Scope) -> Iterator[MapRow]:
        offset = 0
        while True:
            with self.db.read() as session:
                activity = find_activity(session, viewer, activity_id)
                query = _learners(activity, scope).limit(AT_ONCE).offset(offset)
                rows = list(_rows(session, activity, session.execute(query).all(), travels=True))
            yield from rows
            if len(rows) < AT_ONCE:
                return
            offset += AT_ONCE


def _learners(activity: Activity, scope: Scope) -> Select[Participation, User]:
    """Select who has begun and is still in the course, by name or in no order that tells it."""
    role = func.coalesce(Membership.granted_role, Membership.role)
    return (
        select(Participation, User)
        .join(User, User.id == Participation.user_id)
        .join(
            Membership,
            and_(Membership.user_id == User.id, Membership.context_id == activity.context_id),
        )
        .where(
            Participation.activity_id == activity.id,
            Membership.left_at.is_(None),
            role.in_([one.value for one in Role if one.takes_part]),
            scope.holds(Participation.user_id),
        )
        .order_by(staff_order(activity), Participation.id)
    )


def _count(session: Session, activity: Activity, scope: Scope) -> int:
    learners = _learners(activity, scope).order_by(None).with_only_columns(Participation.id)
    return session.scalar(select(func.count()).select_from(learners.subquery())) or 0


def _is_withheld(activity: Activity, total: int) -> bool:
    """Return whether a list would tell who is behind which pseudonym: among so few it does."""
    return activity.anonymity.hides_from_staff and 0 < total < SMALL_GROUP


def _rows(
    session: Session,
    activity: Activity,
    found: Sequence[Row[Participation, User]],
    travels: bool = False,
) -> Iterator[MapRow]:
    cells = _cells(session, [participation.id for participation, _user in found])
    for participation, _user in found:
        hidden = travels and activity.anonymity.hides_from_staff
        name = alias_of(activity, participation) if hidden else staff_name(activity, participation)
        yield MapRow(participation.id, name, cells.get(participation.id, {}))


def _cells(
    session: Session, participation_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, dict[uuid.UUID, Cell]]:
    """Return what is known of these learners, by competency."""
    claims: dict[tuple[uuid.UUID, uuid.UUID], dict[Moment, SelfRating]] = {}
    ratings = select(SelfRating).where(SelfRating.participation_id.in_(participation_ids))
    for rating in session.scalars(ratings):
        key = rating.participation_id, rating.competency_id
        claims.setdefault(key, {})[rating.moment] = rating
    levels = select(ConfirmedLevel).where(ConfirmedLevel.participation_id.in_(participation_ids))
    confirmed = {
        (row.participation_id, row.competency_id): row.level for row in session.scalars(levels)
    }
    found: dict[uuid.UUID, dict[uuid.UUID, Cell]] = {}
    for key in {**claims, **confirmed}:
        said = claims.get(key, {})
        before, after = said.get(Moment.BEFORE), said.get(Moment.AFTER)
        last = after or before
        found.setdefault(key[0], {})[key[1]] = Cell(
            claimed=last.level if last else None,
            target=before.target if before else None,
            confirmed=confirmed.get(key),
        )
    return found


def _aims(activity: Activity, scope: Scope) -> Select[uuid.UUID, uuid.UUID, int | None, int]:
    """Select learner, competency, target and confirmed level of all learners of the list."""
    ids = _learners(activity, scope).order_by(None).with_only_columns(Participation.id).subquery()
    confirmed = and_(
        ConfirmedLevel.participation_id == SelfRating.participation_id,
        ConfirmedLevel.competency_id == SelfRating.competency_id,
    )
    columns = (SelfRating.participation_id, SelfRating.competency_id, SelfRating.target)
    return (
        select(*columns, ConfirmedLevel.level)
        .join(ids, ids.c.id == SelfRating.participation_id)
        .outerjoin(ConfirmedLevel, confirmed)
        .where(SelfRating.moment == Moment.BEFORE)
    )


def _gaps(session: Session, activity: Activity, scope: Scope) -> list[Gap]:
    """Return the gaps of all learners of the list, not only of the page.

    The database counts who is alike: of ten thousand learners few dozen rows come.
    """
    aims = _aims(activity, scope).subquery()
    alike = (aims.c.competency_id, aims.c.target, aims.c.level)
    rows = session.execute(select(*alike, func.count()).group_by(*alike))
    cells = chain.from_iterable(
        repeat((key, Cell(target=target, confirmed=level)), number)
        for key, target, level, number in rows
    )
    return gaps([one.id for one in activity.competencies], cells)


def _furthest(session: Session, activity: Activity, scope: Scope) -> Iterator[Short]:
    """Yield the learners who are short of most levels."""
    aims = _aims(activity, scope).subquery()
    levels = func.sum(aims.c.target - aims.c.level)
    below = (
        select(aims.c.participation_id, levels.label("levels"))
        .where(aims.c.target > aims.c.level)
        .group_by(aims.c.participation_id)
        .subquery()
    )
    query = (
        select(Participation, below.c.levels)
        .join(below, below.c.participation_id == Participation.id)
        .order_by(below.c.levels.desc(), Participation.id)
        .limit(MOST_NAMED)
    )
    for participation, levels_short in session.execute(query):
        yield Short(participation.id, staff_name(activity, participation), int(levels_short))


def _scale(activity: Activity) -> tuple[LevelView, ...]:
    framework = activity.framework
    return tuple(level_view(level) for level in framework.levels) if framework else ()
