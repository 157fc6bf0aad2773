"""A learner's work over all activities of a course, and how their competencies came along."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.frameworks import Competency, CompetencyFramework
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.rules.clocks import DueDates
from lti_tool.rules.completion import Progress
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Moment, WorkState
from lti_tool.services.engine import clocks, completion
from lti_tool.services.frameworks.frameworks import LevelView, level_view
from lti_tool.services.learner.follow_up_views import FollowUpView, follow_up_views
from lti_tool.services.learner.follow_ups import Question, question
from lti_tool.services.learner.participations import NextStepView
from lti_tool.services.learner.response_views import ResponseView, received_responses
from lti_tool.services.outbox import competency_states, scores
from lti_tool.services.outbox.competency_states import LevelState
from lti_tool.services.outbox.scores import ScoreState


class Source(StrEnum):
    """Who says at which level somebody is, and when."""

    BEFORE = "before"
    AFTER = "after"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class LevelPoint:
    """A level at one moment; ``level`` and ``target`` are positions on the scale."""

    at: datetime
    source: Source
    level: int
    target: int | None
    activity: str


@dataclass(frozen=True, slots=True)
class CompetencyPath:
    """How one competency came along over the activities of a course, oldest first."""

    competency_id: uuid.UUID
    code: str
    statement: Mapping[str, str]
    levels: tuple[LevelView, ...]
    points: tuple[LevelPoint, ...]


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One activity that the learner has begun."""

    activity_id: uuid.UUID
    title: str
    reflection: WorkState | None
    progress: Progress
    dates: DueDates
    completed_at: datetime | None
    received: tuple[ResponseView, ...]
    next_step: NextStepView | None
    question: Question | None
    follow_ups: tuple[FollowUpView, ...]
    score: ScoreState | None
    level_states: tuple[LevelState, ...] = ()
    """What the columns of their competencies were told."""

    @property
    def unrated(self) -> int:
        """How many responses wait for a word on their helpfulness."""
        return sum(response.helpfulness is None for response in self.received)

    @property
    def takeaways(self) -> tuple[str, ...]:
        """What the learner takes from the responses."""
        return tuple(response.takeaway for response in self.received if response.takeaway)


@dataclass(frozen=True, slots=True)
class MyWork:
    """All of a learner's work in a course, the activity begun last first."""

    lines: tuple[WorkLine, ...]
    paths: tuple[CompetencyPath, ...]


@dataclass(slots=True)
class _Path:
    competency: Competency
    framework: CompetencyFramework
    points: list[LevelPoint] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MyWorks:
    """The use case of looking at all one's work in a course."""

    db: Database

    def of(self, viewer: Viewer) -> MyWork:
        """Return the viewer's work in the course of their session."""
        with self.db.read() as session:
            found = _participations(session, viewer)
            scored = scores.states_for(session, uuid.UUID(int=0), [one.id for one in found])
            told = competency_states.states_for(session, [one.id for one in found])
            lines = tuple(
                replace(_line(session, one, scored.get(one.id)), level_states=told.get(one.id, ()))
                for one in found
            )
            return MyWork(lines, _paths(found))


def _participations(session: Session, viewer: Viewer) -> list[Participation]:
    query = (
        select(Participation)
        .join(Activity, Participation.activity_id == Activity.id)
        .where(
            Participation.user_id == viewer.user_id,
            Activity.context_id == viewer.context_id,
            Activity.registration_id == viewer.registration_id,
        )
        .options(
            joinedload(Participation.activity).selectinload(Activity.competencies),
            joinedload(Participation.activity)
            .joinedload(Activity.framework)
            .selectinload(CompetencyFramework.levels),
            selectinload(Participation.ratings),
            selectinload(Participation.confirmed_levels),
            joinedload(Participation.next_step),
        )
        .order_by(Participation.started_at.desc(), Participation.id.desc())
    )
    return list(session.scalars(query).unique())


def _line(session: Session, participation: Participation, score: ScoreState | None) -> WorkLine:
    reflection: Reflection | None = completion.reflection_of(session, participation.id)
    step = participation.next_step
    return WorkLine(
        activity_id=participation.activity_id,
        title=participation.activity.title,
        reflection=reflection.state if reflection else None,
        progress=completion.measure(session, participation),
        dates=clocks.dates_of(participation),
        completed_at=participation.completed_at,
        received=received_responses(session, participation),
        next_step=NextStepView(step.action, step.by_date, step.opportunity, step.committed_at)
        if step
        else None,
        question=question(session, participation.id) if step else None,
        follow_ups=follow_up_views(session, participation.id) if step else (),
        score=score,
    )


def _paths(found: list[Participation]) -> tuple[CompetencyPath, ...]:
    found_paths: dict[uuid.UUID, _Path] = {}
    for participation in found:
        framework = participation.activity.framework
        for competency in participation.activity.competencies:
            if framework is not None:
                path = found_paths.setdefault(competency.id, _Path(competency, framework))
                path.points += _points(participation, competency.id)
    return tuple(
        CompetencyPath(
            key,
            path.competency.code,
            path.competency.statement,
            tuple(level_view(level) for level in path.framework.levels),
            tuple(sorted(path.points, key=lambda point: point.at)),
        )
        for key, path in sorted(found_paths.items(), key=lambda item: item[1].competency.position)
        if path.points
    )


def _points(participation: Participation, competency_id: uuid.UUID) -> list[LevelPoint]:
    title = participation.activity.title
    sources = {Moment.BEFORE: Source.BEFORE, Moment.AFTER: Source.AFTER}
    points = [
        LevelPoint(row.rated_at, sources[row.moment], row.level, row.target, title)
        for row in participation.ratings
        if row.competency_id == competency_id
    ]
    return points + [
        LevelPoint(row.confirmed_at, Source.CONFIRMED, row.level, None, title)
        for row in participation.confirmed_levels
        if row.competency_id == competency_id
    ]
