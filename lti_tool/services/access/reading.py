"""What programs read of a course, piece by piece; the pages' own services say what there is.

Nothing that anybody wrote is told, and where names are hidden from staff none is told either, not
even of whom staff have asked for: what programs read travels.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, selectinload

from lti_tool.errors import Forbidden, NotFound
from lti_tool.models.activities import Activity
from lti_tool.models.database import Database
from lti_tool.models.frameworks import Competency
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Role
from lti_tool.secrecy import Secrets
from lti_tool.services.access import figures
from lti_tool.services.access.cursors import opened, sealed, unusable
from lti_tool.services.access.days import Days
from lti_tool.services.access.views import (
    ActivityLine,
    CompetencyLine,
    Figures,
    ItemLine,
    LearnerLine,
    LevelLine,
    Listing,
    ScoreLine,
    ShownLine,
)
from lti_tool.services.activities.activities import find_activity, scoped
from lti_tool.services.insight.crowds import Wanted
from lti_tool.services.insight.insights import Insights
from lti_tool.services.insight.lines import Lines, PersonLine


@dataclass(frozen=True, slots=True)
class Reading:
    """Use cases of a program that reads for an educator: activities, learners, scores, figures."""

    db: Database
    secrets: Secrets

    def activities(self, viewer: Viewer, cursor: str, size: int) -> Listing[ActivityLine]:
        """Return activities of the course, the newest first; raise InvalidInput."""
        within = _educator(viewer)
        place = opened(self.secrets, "activities", within, cursor)
        query = scoped(viewer).options(selectinload(Activity.competencies))
        with self.db.read() as session:
            if place:
                last = find_activity(session, viewer, uuid.UUID(place))
                here = (last.created_at, last.id)
                query = query.where(tuple_(Activity.created_at, Activity.id) < here)
            order = (Activity.created_at.desc(), Activity.id.desc())
            found = session.scalars(query.order_by(*order).limit(size + 1)).all()
            following = found[size - 1].id if len(found) > size else None
            lines = _activity_lines(session, found[:size])
        return Listing(lines, sealed(self.secrets, "activities", within, following))

    def activity(self, viewer: Viewer, activity_id: uuid.UUID) -> ActivityLine:
        """Return one activity; raise NotFound."""
        _educator(viewer)
        with self.db.read() as session:
            return _activity_lines(session, [find_activity(session, viewer, activity_id)])[0]

    def learners(
        self, viewer: Viewer, activity_id: uuid.UUID, cursor: str, size: int
    ) -> Listing[LearnerLine]:
        """Return learners in the order of the list that staff have; raise NotFound."""
        days, people, following = self._people(viewer, activity_id, "learners", cursor, size)
        ids = [one.row.participation_id for one in people if one.row.participation_id]
        with self.db.read() as session:
            levels = _levels(session, ids, days)
        return Listing([_learner(one, days, levels) for one in people], following)

    def scores(
        self, viewer: Viewer, activity_id: uuid.UUID, cursor: str, size: int
    ) -> Listing[ScoreLine]:
        """Return how scores fare, of those learners of a piece who have one; raise NotFound."""
        days, people, following = self._people(viewer, activity_id, "scores", cursor, size)
        lines = [_score(one, days) for one in people]
        return Listing([line for line in lines if line is not None], following)

    def figures(self, viewer: Viewer, activity_id: uuid.UUID) -> Figures:
        """Return the figures that staff see on the page of that name; raise NotFound."""
        _educator(viewer)
        return figures.told(Insights(self.db).activity(viewer, activity_id, Wanted()))

    def _people(
        self, viewer: Viewer, activity_id: uuid.UUID, of: str, cursor: str, size: int
    ) -> tuple[Days, list[PersonLine], str | None]:
        _educator(viewer)
        with self.db.read() as session:
            days = Days.of(find_activity(session, viewer, activity_id))
        place = opened(self.secrets, of, activity_id, cursor)
        after = uuid.UUID(place) if place else None
        try:
            people, following = Lines(self.db).some_people(viewer, activity_id, after, size)
        except NotFound as error:  # who stood at that place stands elsewhere by now
            raise unusable() from error
        return days, people, sealed(self.secrets, of, activity_id, following)


def _educator(viewer: Viewer) -> uuid.UUID:
    """Return the course that an educator reads; raise Forbidden for anybody else."""
    if viewer.role is not Role.EDUCATOR or viewer.context_id is None:
        raise Forbidden("access")
    return viewer.context_id


def _activity_lines(session: Session, activities: Collection[Activity]) -> list[ActivityLine]:
    query = (
        select(Participation.activity_id, func.count())
        .where(Participation.activity_id.in_([one.id for one in activities]))
        .group_by(Participation.activity_id)
    )
    begun: dict[uuid.UUID, int] = dict(session.execute(query).all())
    return [_activity(one, begun.get(one.id, 0)) for one in activities]


def _activity(one: Activity, begun: int) -> ActivityLine:
    return ActivityLine(
        id=one.id,
        title=one.title,
        language=one.locale,
        state=one.state,
        anonymity=one.anonymity,
        days_only=one.anonymity.hides_from_staff,
        created_at=one.created_at,
        opens_at=one.opens_at,
        now_due_at=one.now_due_at,
        new_due_at=one.new_due_at,
        next_due_at=one.next_due_at,
        closed_at=one.closed_at,
        responses_required=one.responses_required,
        learners_begun=begun,
        competencies=[
            CompetencyLine(each.id, each.identifier, each.code, each.statement)
            for each in one.competencies
        ],
    )


Levels = dict[uuid.UUID, list[LevelLine]]


def _levels(session: Session, ids: Collection[uuid.UUID], days: Days) -> Levels:
    """Return the confirmed levels of learners by participation, in the framework's order."""
    row = ConfirmedLevel
    query = (
        select(
            row.participation_id, row.competency_id, Competency.code, row.level, row.confirmed_at
        )
        .join(Competency, Competency.id == row.competency_id)
        .where(row.participation_id.in_(ids))
        .order_by(Competency.position, Competency.id)
    )
    found: Levels = defaultdict(list)
    for key, competency_id, code, level, at in session.execute(query):
        found[key].append(LevelLine(competency_id, code, level, days.told(at)))
    return found


def _learner(line: PersonLine, days: Days, levels: Levels) -> LearnerLine:
    row, progress = line.row, line.row.progress
    return LearnerLine(
        id=row.participation_id,
        user_id=None if days.only else row.user_id,
        name=line.name,
        cohort=line.cohort,
        reflection=row.reflection,
        progress=[ItemLine(one.key, one.state, one.done, one.of) for one in progress.items]
        if progress
        else [],
        score=progress.score if progress else None,
        is_overridden=progress is not None and progress.override is not None,
        completed_at=days.maybe(row.completed_at),
        levels=levels.get(row.participation_id, []) if row.participation_id else [],
        last_seen_at=days.maybe(row.last_seen_at),
        left_at=days.maybe(row.left_at),
    )


def _score(line: PersonLine, days: Days) -> ScoreLine | None:
    score, key = line.row.score, line.row.participation_id
    if score is None or key is None:
        return None
    shown = score.shown
    return ScoreLine(
        learner_id=key,
        name=line.name,
        state=score.state,
        points=score.points,
        of=score.of,
        attempts=score.attempts,
        reason=score.reason,
        who_can_fix=score.who_can_fix,
        http_status=score.http_status,
        promised_at=days.told(score.promised_at),
        next_attempt_at=days.maybe(score.next_attempt_at),
        sent_at=days.maybe(score.sent_at),
        shown=ShownLine(shown.points, shown.of, shown.drift, days.told(shown.read_at))
        if shown
        else None,
    )
