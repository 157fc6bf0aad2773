"""Self-ratings: what learners claim of their competencies, before and after."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.models.activities import Activity
from lti_tool.models.participations import ConfirmedLevel, Participation, SelfRating
from lti_tool.rules.allocation import Rating
from lti_tool.rules.vocabulary import Moment
from lti_tool.services.frameworks.frameworks import LevelView, level_view

LEVEL_PREFIX = "level-"
TARGET_PREFIX = "target-"


@dataclass(frozen=True, slots=True)
class RatingView:
    """A competency with what its learner says of it, and what the tutor confirmed.

    ``before``, ``target``, ``after`` and ``confirmed`` are positions on the scale.
    """

    competency_id: uuid.UUID
    code: str
    statement: Mapping[str, str]
    before: int | None = None
    target: int | None = None
    after: int | None = None
    confirmed: int | None = None
    suggested: int | None = None
    """The level to aim at that the educator suggests."""
    is_retired: bool = False
    """Its publisher has dropped it; here it still counts."""

    @property
    def level_field(self) -> str:
        """Name of the form field for the level."""
        return f"{LEVEL_PREFIX}{self.competency_id}"

    @property
    def target_field(self) -> str:
        """Name of the form field for the target."""
        return f"{TARGET_PREFIX}{self.competency_id}"


def rating_views(session: Session, participation: Participation) -> tuple[RatingView, ...]:
    """Return the activity's competencies with the learner's ratings, in the framework's order."""
    rows = session.scalars(
        select(SelfRating).where(SelfRating.participation_id == participation.id)
    )
    rated = {(row.competency_id, row.moment): row for row in rows}
    confirmed = {
        row.competency_id: row.level
        for row in session.scalars(
            select(ConfirmedLevel).where(ConfirmedLevel.participation_id == participation.id)
        )
    }
    views = []
    for competency in participation.activity.competencies:
        before = rated.get((competency.id, Moment.BEFORE))
        after = rated.get((competency.id, Moment.AFTER))
        views.append(
            RatingView(
                competency.id,
                competency.code,
                competency.statement,
                before.level if before else None,
                before.target if before else None,
                after.level if after else None,
                confirmed.get(competency.id),
                is_retired=competency.retired_at is not None,
            )
        )
    return tuple(views)


def scale_of(activity: Activity) -> tuple[LevelView, ...]:
    """Return the scale of the activity's framework, lowest level first."""
    framework = activity.framework
    return tuple(level_view(level) for level in framework.levels) if framework else ()


def rate(
    session: Session,
    participation: Participation,
    moment: Moment,
    chosen: Mapping[uuid.UUID, Rating],
    problems: Mapping[str, list[str]] | None = None,
) -> None:
    """Keep a self-rating of every competency; an earlier one of the same moment is replaced.

    Raises InvalidInput if a competency was left out or a level is not on the scale, together with
    the ``problems`` that the caller has found.
    """
    activity = participation.activity
    _check(activity, moment, chosen, problems or {})
    query = select(SelfRating).where(
        SelfRating.participation_id == participation.id, SelfRating.moment == moment
    )
    known = {row.competency_id: row for row in session.scalars(query)}
    for competency in activity.competencies:
        rating = chosen[competency.id]
        row = known.get(competency.id)
        if row is None:
            row = SelfRating(
                participation_id=participation.id, competency_id=competency.id, moment=moment
            )
            session.add(row)
        row.level, row.target, row.rated_at = rating.level, rating.target, clock.now()


def _check(
    activity: Activity,
    moment: Moment,
    chosen: Mapping[uuid.UUID, Rating],
    known: Mapping[str, list[str]],
) -> None:
    positions = {level.position for level in scale_of(activity)}
    problems = dict(known)
    for competency in activity.competencies:
        rating = chosen.get(competency.id)
        if rating is None or rating.level not in positions:
            problems[f"{LEVEL_PREFIX}{competency.id}"] = [_("Choose where you stand.")]
        elif moment is Moment.BEFORE and rating.target not in positions:
            problems[f"{TARGET_PREFIX}{competency.id}"] = [_("Choose where you want to be.")]
    if problems:
        raise InvalidInput(problems)
