"""How somebody's competencies came along over activities and courses, from claims and levels."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool.models.activities import Activity
from lti_tool.models.frameworks import Competency, CompetencyFramework
from lti_tool.models.participations import Participation
from lti_tool.models.people import Context
from lti_tool.models.studio import Rehearsal
from lti_tool.rules.vocabulary import Moment
from lti_tool.services.engine.level_history import LevelChange, changes_of
from lti_tool.services.frameworks.attribution import Attribution, attribution_of
from lti_tool.services.frameworks.frameworks import LevelView, level_view


class Source(StrEnum):
    """Who says at which level somebody is, and when."""

    BEFORE = "before"
    AFTER = "after"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class PathPoint:
    """A level at one moment, in one activity of one course."""

    at: datetime
    source: Source
    level: int
    """Position on the scale; 0 where a confirmed level was withdrawn."""
    label: Mapping[str, str]
    """Name of the level: of its day where it was confirmed, of today where it is a claim."""
    activity: str
    course: str


@dataclass(frozen=True, slots=True)
class LevelPath:
    """One competency over time, oldest first."""

    competency_id: uuid.UUID
    code: str
    statement: Mapping[str, str]
    is_retired: bool
    """Whether its publisher has dropped it since."""
    levels: tuple[LevelView, ...]
    points: tuple[PathPoint, ...]
    worded_before: tuple[Mapping[str, str], ...]
    """How it was worded when levels were confirmed, where that differs from today."""

    @property
    def plotted(self) -> tuple[PathPoint, ...]:
        """The points that stand on the scale."""
        return tuple(point for point in self.points if point.level)


@dataclass(frozen=True, slots=True)
class FrameworkPaths:
    """The competencies of one framework."""

    title: Mapping[str, str]
    paths: tuple[LevelPath, ...]
    attribution: Attribution | None


@dataclass(slots=True)
class _Path:
    competency: Competency
    points: list[PathPoint] = field(default_factory=list)
    worded: list[Mapping[str, str]] = field(default_factory=list)


def ways_of(
    session: Session, user_id: uuid.UUID, *where: ColumnElement[bool]
) -> list[Participation]:
    """Return a person's ways through activities, in all their courses but rehearsals."""
    rehearsals = select(Rehearsal.context_id)
    query = (
        select(Participation)
        .join(Activity, Participation.activity_id == Activity.id)
        .where(
            Participation.user_id == user_id,
            Activity.context_id.is_not(None),
            Activity.context_id.not_in(rehearsals),
            *where,
        )
        .options(
            joinedload(Participation.activity).selectinload(Activity.competencies),
            joinedload(Participation.activity)
            .joinedload(Activity.framework)
            .selectinload(CompetencyFramework.levels),
            selectinload(Participation.ratings),
        )
        .order_by(Participation.started_at, Participation.id)
    )
    return list(session.scalars(query).unique())


def paths_of(session: Session, ways: Sequence[Participation]) -> tuple[FrameworkPaths, ...]:
    """Return what was claimed and confirmed on these ways, framework by framework."""
    changes = changes_of(session, [way.id for way in ways], for_staff=True)
    courses = _courses(session, ways)
    found: dict[uuid.UUID, _Path] = {}
    frameworks: dict[uuid.UUID, CompetencyFramework] = {}
    for way in ways:
        place = way.activity.title, courses.get(way.activity.context_id, "")
        for framework in filter(None, [way.activity.framework]):
            frameworks[framework.id] = framework
            scale = {level.position: level.label for level in framework.levels}
            for competency_id, point in _claims(way, scale, place):
                _path(session, found, competency_id).points.append(point)
        for line in changes.get(way.id, ()):
            path = _path(session, found, line.competency_id)
            path.points.append(_confirmed(line, place))
            if line.statement != path.competency.statement:
                path.worded.append(line.statement)
    for path in found.values():
        key = path.competency.framework_id
        frameworks.setdefault(key, session.get_one(CompetencyFramework, key))
    return tuple(
        FrameworkPaths(
            framework.title,
            tuple(_read(framework, found.values())),
            attribution_of(framework),
        )
        for framework in frameworks.values()
        if any(path.competency.framework_id == framework.id for path in found.values())
    )


def _claims(
    way: Participation, scale: Mapping[int, Mapping[str, str]], place: tuple[str, str]
) -> Iterator[tuple[uuid.UUID, PathPoint]]:
    sources = {Moment.BEFORE: Source.BEFORE, Moment.AFTER: Source.AFTER}
    for row in way.ratings:
        label = scale.get(row.level, {})
        yield (
            row.competency_id,
            PathPoint(row.rated_at, sources[row.moment], row.level, label, *place),
        )


def _confirmed(line: LevelChange, place: tuple[str, str]) -> PathPoint:
    return PathPoint(line.at, Source.CONFIRMED, line.level or 0, line.label, *place)


def _path(session: Session, found: dict[uuid.UUID, _Path], competency_id: uuid.UUID) -> _Path:
    if competency_id not in found:
        found[competency_id] = _Path(session.get_one(Competency, competency_id))
    return found[competency_id]


def _read(framework: CompetencyFramework, found: Iterable[_Path]) -> Iterator[LevelPath]:
    levels = tuple(level_view(level) for level in framework.levels)
    mine = [path for path in found if path.competency.framework_id == framework.id]
    for path in sorted(mine, key=lambda one: one.competency.position):
        worded = [one for number, one in enumerate(path.worded) if one not in path.worded[:number]]
        yield LevelPath(
            path.competency.id,
            path.competency.code,
            path.competency.statement,
            path.competency.retired_at is not None,
            levels,
            tuple(sorted(path.points, key=lambda point: point.at)),
            tuple(worded),
        )


def _courses(session: Session, ways: Iterable[Participation]) -> dict[uuid.UUID | None, str]:
    ids = {way.activity.context_id for way in ways}
    query = select(Context.id, Context.title).where(Context.id.in_(ids))
    return dict(session.execute(query).all())
