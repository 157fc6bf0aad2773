"""Measuring many learners at once, for lists: what is counted is counted by two statements."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import fields

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.completion import Progress
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.engine.completion import IN_HAND, Counts, counts_of, measured

GIVEN = ("given", "handed_in")
"""Counted apart: looked up for each learner, the database may read all of an activity's."""
_NAMES = [field.name for field in fields(Counts)]
_ALL = dict(
    zip(
        _NAMES,
        counts_of(
            Participation.id, Participation.user_id, Participation.activity_id, Reflection.id
        ),
        strict=True,
    )
)
_OTHERS = [name for name in _NAMES if name not in GIVEN]
_COUNTED = select(Participation.id, Reflection, *(_ALL[name] for name in _OTHERS)).outerjoin(
    Reflection, Reflection.participation_id == Participation.id
)
_GIVEN = (
    select(
        Response.activity_id,
        Response.author_id,
        func.count(case((Response.state.in_(IN_HAND), 1))),
        func.count(Response.submitted_at),
    )
    .where(Response.allocation_id.is_not(None))
    .group_by(Response.activity_id, Response.author_id)
)


def measure_all(
    session: Session, participations: Collection[Participation]
) -> dict[uuid.UUID, tuple[WorkState | None, Progress]]:
    """Return by participation the reflection's state, and what ``completion.measure`` says."""
    by_id = {one.id: one for one in participations}
    given = _given(session, participations)
    found = {}
    for key, reflection, *others in session.execute(_COUNTED.where(Participation.id.in_(by_id))):
        one = by_id[key]
        gave = given.get((one.activity_id, one.user_id), (0, 0))
        told = dict(zip((*_OTHERS, *GIVEN), (*others, *gave), strict=True))
        progress = measured(session, one, reflection, Counts(**told))
        found[key] = (reflection.state if reflection else None, progress)
    return found


def _given(
    session: Session, participations: Collection[Participation]
) -> dict[tuple[uuid.UUID, uuid.UUID], tuple[int, int]]:
    """Count responses that count, and all that were handed in, by activity and author."""
    query = _GIVEN.where(
        Response.activity_id.in_({one.activity_id for one in participations}),
        Response.author_id.in_([one.user_id for one in participations]),
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in session.execute(query)}
