"""The level that an educator suggests to aim at, for each competency of an activity."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.models.activities import Activity, ActivityCompetency
from lti_tool.models.frameworks import CompetencyLevel
from lti_tool.services.activities.ratings import RatingView

Targets = Mapping[uuid.UUID, int]


def targets_of(session: Session, activity_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Return the suggested levels by competency; most have none."""
    query = select(ActivityCompetency.competency_id, ActivityCompetency.target_level).where(
        ActivityCompetency.activity_id == activity_id, ActivityCompetency.target_level.is_not(None)
    )
    return {competency: level for competency, level in session.execute(query) if level is not None}


def set_targets(session: Session, activity: Activity, targets: Targets) -> None:
    """Write the suggested levels; one that the scale does not have is none."""
    session.flush()
    scale = CompetencyLevel.framework_id == activity.framework_id
    levels = set(session.scalars(select(CompetencyLevel.position).where(scale)))
    for competency in activity.competencies:
        level = targets.get(competency.id)
        session.execute(
            update(ActivityCompetency)
            .where(
                ActivityCompetency.activity_id == activity.id,
                ActivityCompetency.competency_id == competency.id,
            )
            .values(target_level=level if level in levels else None)
        )


def copy_targets(session: Session, original: Activity, made: Activity) -> None:
    """Give a copy the suggestions of its original."""
    targets = targets_of(session, original.id)
    if targets:
        set_targets(session, made, targets)


def with_suggestions(
    session: Session, activity_id: uuid.UUID, ratings: tuple[RatingView, ...]
) -> tuple[RatingView, ...]:
    """Return ratings with what the educator suggests, for the page that asks for a target."""
    targets = targets_of(session, activity_id) if ratings else {}
    return tuple(replace(one, suggested=targets.get(one.competency_id)) for one in ratings)
