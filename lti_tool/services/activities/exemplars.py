"""Exemplars: reflections to practise reading with, and how the tutor reads them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from lti_tool.errors import NotFound
from lti_tool.models.activities import Activity
from lti_tool.models.criteria import CalibrationReading, Exemplar, ExemplarReading
from lti_tool.rules.vocabulary import ExemplarOrigin
from lti_tool.services.activities import criteria

MOST_EXEMPLARS = 3
MAX_TITLE, MAX_REASON = 120, 600
"""Characters."""


@dataclass(frozen=True, slots=True)
class TutorsReading:
    """How the tutor reads an exemplar by one criterion: a level's position, and why."""

    level: int
    reason: str


@dataclass(frozen=True, slots=True)
class ExemplarView:
    """An exemplar with the tutor's readings by the criteria in force."""

    id: uuid.UUID
    title: str
    text: str
    """Sanitised HTML."""
    origin: ExemplarOrigin
    readings: Mapping[uuid.UUID, TutorsReading]
    """By the criterion's id."""
    lacking: int
    """For how many criteria a reading lacks; until there is none, no learner is given it."""

    @property
    def is_ready(self) -> bool:
        """Whether learners can practise with it."""
        return not self.lacking


def exemplars_of(
    session: Session, activity_id: uuid.UUID, criterion_ids: Iterable[uuid.UUID]
) -> list[ExemplarView]:
    """Return the exemplars in use, in order, with readings by these criteria."""
    query = (
        select(Exemplar)
        .where(Exemplar.activity_id == activity_id, Exemplar.retired_at.is_(None))
        .order_by(Exemplar.position, Exemplar.id)
    )
    wanted = set(criterion_ids)
    return [_view(session, one, wanted) for one in session.scalars(query).all()]


def ready(session: Session, activity_id: uuid.UUID) -> list[ExemplarView]:
    """Return the exemplars that learners can practise with."""
    ids = [one.id for one in criteria.current(session, activity_id)]
    return [one for one in exemplars_of(session, activity_id, ids) if one.is_ready] if ids else []


def find(session: Session, activity_id: uuid.UUID, exemplar_id: uuid.UUID) -> Exemplar:
    """Return an exemplar of an activity, also one that is not given any more; raise NotFound."""
    exemplar = session.get(Exemplar, exemplar_id)
    if exemplar is None or exemplar.activity_id != activity_id:
        raise NotFound("exemplar")
    return exemplar


def readings_of(session: Session, exemplar_id: uuid.UUID) -> dict[uuid.UUID, TutorsReading]:
    """Return how the tutor reads an exemplar, by criterion, of all versions."""
    rows = select(ExemplarReading).where(ExemplarReading.exemplar_id == exemplar_id)
    return {row.criterion_id: TutorsReading(row.level, row.reason) for row in session.scalars(rows)}


def is_used(session: Session, exemplar_id: uuid.UUID) -> bool:
    """Return whether learners have practised with an exemplar."""
    used = exists().where(CalibrationReading.exemplar_id == exemplar_id)
    return bool(session.scalar(select(used)))


def next_position(session: Session, activity_id: uuid.UUID) -> int:
    """Return where a new exemplar stands: after the others."""
    last = select(func.max(Exemplar.position)).where(Exemplar.activity_id == activity_id)
    return 1 + (session.scalar(last) or 0)


def write_readings(
    session: Session, exemplar_id: uuid.UUID, told: Mapping[uuid.UUID, TutorsReading]
) -> None:
    """Put these readings in the place of those by the same criteria."""
    session.execute(
        delete(ExemplarReading).where(
            ExemplarReading.exemplar_id == exemplar_id, ExemplarReading.criterion_id.in_(told)
        )
    )
    for criterion_id, one in told.items():
        session.add(
            ExemplarReading(
                exemplar_id=exemplar_id,
                criterion_id=criterion_id,
                level=one.level,
                reason=one.reason,
            )
        )
    session.flush()


def copy(
    session: Session, original: Activity, made: Activity, ids: Mapping[uuid.UUID, uuid.UUID]
) -> None:
    """Copy the exemplars in use; ``ids`` are those of the copied criteria by the original's."""
    if not ids:
        return
    for one in exemplars_of(session, original.id, ids):
        stored = session.get_one(Exemplar, one.id)
        exemplar = Exemplar(
            activity_id=made.id,
            position=stored.position,
            title=one.title,
            text=one.text,
            origin=one.origin,
            created_by_id=stored.created_by_id,
        )
        session.add(exemplar)
        session.flush()
        write_readings(session, exemplar.id, {ids[key]: told for key, told in one.readings.items()})


def _view(session: Session, exemplar: Exemplar, wanted: set[uuid.UUID]) -> ExemplarView:
    told = readings_of(session, exemplar.id)
    mine = {key: reading for key, reading in told.items() if key in wanted}
    return ExemplarView(
        exemplar.id,
        exemplar.title,
        exemplar.text,
        exemplar.origin,
        mine,
        len(wanted) - len(mine),
    )
