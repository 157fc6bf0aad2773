"""A tutor marks how deep a reflection goes, changes it, and takes it back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import NotFound, Stale
from lti_tool.models import Database
from lti_tool.models.levels import DepthRating
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import DepthRubric
from lti_tool.services.desk import deciding
from lti_tool.services.desk.work import UNSEEN
from lti_tool.services.engine.confirmations import find_participation


@dataclass(frozen=True, slots=True)
class DepthMark:
    """What a tutor says of a revision; ``level`` None takes it back, ``seen`` as ``DepthView``."""

    revision: int
    level: int | None
    comment: str
    seen: str


@dataclass(frozen=True, slots=True)
class Depths:
    """Use cases of marking depth; nothing of it reaches score or completion."""

    db: Database

    def mark(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        participation_id: uuid.UUID,
        mark: DepthMark,
    ) -> None:
        """Keep, change or take back what is marked on a revision of a learner's reflection.

        Raises NotFound where depth is not marked in this activity or there is nothing to read,
        Stale if the reflection was handed in again or another tutor marked it meanwhile.
        """
        with self.db.write() as session:
            at = deciding.desk(session, viewer, activity_id)
            one = find_participation(session, at.activity, participation_id, at.scope)
            if at.activity.depth_rubric is DepthRubric.NONE:
                raise NotFound("depth")
            reflection = _read(session, one)
            if reflection.revisions[-1].number != mark.revision:
                raise Stale("depth")
            row = session.scalar(
                select(DepthRating).where(
                    DepthRating.reflection_id == reflection.id,
                    DepthRating.revision == mark.revision,
                )
            )
            if (row.at.isoformat() if row else "") != mark.seen:
                raise Stale("depth")
            _write(session, viewer, at.activity.depth_rubric, reflection, row, mark)


def _read(session: Session, participation: Participation) -> Reflection:
    """Return the reflection that staff can read; raise NotFound."""
    reflection = session.scalar(
        select(Reflection).where(Reflection.participation_id == participation.id)
    )
    if reflection is None or reflection.state in UNSEEN or not reflection.revisions:
        raise NotFound("reflection")
    return reflection


def _write(
    session: Session,
    viewer: Viewer,
    rubric: DepthRubric,
    reflection: Reflection,
    row: DepthRating | None,
    mark: DepthMark,
) -> None:
    if mark.level is None:
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = DepthRating(reflection_id=reflection.id, revision=mark.revision)
        session.add(row)
    row.rubric, row.level, row.comment = rubric, mark.level, mark.comment
    row.tutor_id, row.at = viewer.user_id, clock.now()
