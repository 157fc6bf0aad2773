"""Depth of a reflection as a tutor marked it: for its author to learn from, part of no score."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_tool.models.activities import Activity
from lti_tool.models.levels import DepthRating
from lti_tool.rules.depths import Depth, depth_of, following
from lti_tool.services.engine.anonymity import unnamed_tutor
from lti_tool.services.engine.wording import shown_name


@dataclass(frozen=True, slots=True)
class DepthView:
    """What a tutor marked on one revision of a reflection."""

    revision: int
    depth: Depth
    next_depth: Depth | None
    """The next step of the same rubric; None after the last."""
    comment: str
    by: str
    at: datetime

    @property
    def seen(self) -> str:
        """What changes whenever the mark does."""
        return self.at.isoformat()


def depths_marked(
    session: Session, activity: Activity, reflection_id: uuid.UUID, for_staff: bool
) -> tuple[DepthView, ...]:
    """Return what was marked on a reflection, the newest revision first.

    Learners are not told which tutor it was where both sides are blind.
    """
    query = (
        select(DepthRating)
        .where(DepthRating.reflection_id == reflection_id)
        .order_by(DepthRating.revision.desc())
        .options(joinedload(DepthRating.tutor))
    )
    hidden = activity.anonymity.hides_from_staff and not for_staff
    return tuple(
        DepthView(
            row.revision,
            depth_of(row.rubric, row.level),
            following(row.rubric, row.level),
            row.comment,
            unnamed_tutor() if hidden else shown_name(row.tutor.display_name),
            row.at,
        )
        for row in session.scalars(query)
    )
