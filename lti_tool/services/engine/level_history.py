"""The history of confirmed levels: each change with the words and the evidence of its day."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_tool import clock
from lti_tool.models.frameworks import Competency
from lti_tool.models.levels import LevelDecision
from lti_tool.models.participations import Participation
from lti_tool.rules.evidence import Piece, kept, read
from lti_tool.services.engine.anonymity import unnamed_tutor
from lti_tool.services.engine.wording import shown_name


@dataclass(frozen=True, slots=True)
class LevelChange:
    """That a tutor confirmed, changed or withdrew a level, in the words of that day.

    ``level`` is None where it was withdrawn; texts are per language.
    """

    at: datetime
    competency_id: uuid.UUID
    level: int | None
    scale_size: int
    label: Mapping[str, str]
    code: str
    statement: Mapping[str, str]
    framework: Mapping[str, str]
    note: str
    pieces: tuple[Piece, ...]
    by: str


def note_down(
    session: Session,
    participation: Participation,
    competency: Competency,
    level: int | None,
    note: str,
    evidence: Iterable[Piece],
    actor_id: uuid.UUID,
) -> None:
    """Add a line to the history of a learner's levels."""
    framework = participation.activity.framework
    scale = framework.levels if framework else []
    label = next((one.label for one in scale if one.position == level), {})
    session.add(
        LevelDecision(
            participation_id=participation.id,
            competency_id=competency.id,
            level=level,
            scale_size=len(scale),
            label=label,
            code=competency.code,
            statement=competency.statement,
            framework=framework.title if framework else {},
            note=note,
            evidence=[kept(piece) for piece in evidence],
            actor_id=actor_id,
            at=clock.now(),
        )
    )


def standing_evidence(
    session: Session, participation_id: uuid.UUID
) -> dict[uuid.UUID, tuple[Piece, ...]]:
    """Return on what each confirmed level rests now, by competency."""
    rows = _rows(session, [participation_id])
    return {row.competency_id: _pieces(row) for row in rows}


def changes_of(
    session: Session, participation_ids: Sequence[uuid.UUID], for_staff: bool
) -> dict[uuid.UUID, tuple[LevelChange, ...]]:
    """Return the history of each of these ways through an activity, oldest first.

    Learners are not told which tutor it was where both sides are blind.
    """
    found: dict[uuid.UUID, tuple[LevelChange, ...]] = {}
    for row in _rows(session, participation_ids):
        line = LevelChange(
            at=row.at,
            competency_id=row.competency_id,
            level=row.level,
            scale_size=row.scale_size,
            label=row.label,
            code=row.code,
            statement=row.statement,
            framework=row.framework,
            note=row.note,
            pieces=_pieces(row),
            by=_by(row, for_staff),
        )
        found[row.participation_id] = (*found.get(row.participation_id, ()), line)
    return found


def _rows(session: Session, participation_ids: Sequence[uuid.UUID]) -> Sequence[LevelDecision]:
    query = (
        select(LevelDecision)
        .where(LevelDecision.participation_id.in_(participation_ids))
        .order_by(LevelDecision.at, LevelDecision.id)
        .options(
            joinedload(LevelDecision.actor),
            joinedload(LevelDecision.participation).joinedload(Participation.activity),
        )
    )
    return session.scalars(query).all()


def _pieces(row: LevelDecision) -> tuple[Piece, ...]:
    return tuple(read(one) for one in row.evidence)


def _by(row: LevelDecision, for_staff: bool) -> str:
    hidden = row.participation.activity.anonymity.hides_from_staff
    if hidden and not for_staff:
        return unnamed_tutor()
    return shown_name(row.actor.display_name)
