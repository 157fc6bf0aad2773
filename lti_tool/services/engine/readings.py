"""What responses say by criteria: a level and a comment each, as anybody reads it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_tool import i18n
from lti_tool.models.criteria import Criterion, CriterionReading
from lti_tool.rules.criteria import LevelValues
from lti_tool.rules.rich_text import from_text
from lti_tool.services.engine import redacting

KEY = "criterion-"
"""Begins the key of a part that says something by a criterion."""


@dataclass(frozen=True, slots=True)
class CriterionView:
    """A criterion as one reader sees it; ``locale`` is the language that it is in."""

    id: uuid.UUID
    name: str
    asks: str
    levels: tuple[LevelValues, ...]
    """The lowest first; positions count from 1."""
    locale: str
    speaks_to: str = ""
    """Code of the competency that it speaks to, or what that says."""

    def level(self, position: int | None) -> LevelValues | None:
        """Return the level at a position."""
        there = position is not None and 1 <= position <= len(self.levels)
        return self.levels[position - 1] if there and position is not None else None


@dataclass(frozen=True, slots=True)
class ReadingView:
    """What a response says by one criterion; the comment is HTML."""

    criterion: CriterionView
    position: int | None
    comment: str

    @property
    def level(self) -> LevelValues | None:
        """The level that was chosen."""
        return self.criterion.level(self.position)

    @property
    def key(self) -> str:
        """What tells it from the other parts of a response."""
        return f"{KEY}{self.criterion.id}"

    @property
    def html(self) -> str:
        """Level and comment as one text."""
        label = f"<p><strong>{escape(self.level.label)}</strong></p>" if self.level else ""
        return label + self.comment

    @property
    def headed(self) -> str:
        """The same under the criterion's name."""
        return f"<h3>{escape(self.criterion.name)}</h3>{self.html}"


Readings = Mapping[uuid.UUID, tuple[ReadingView, ...]]
"""By the id of a response, in the order of its criteria; only of those that have some."""


def criterion_view(criterion: Criterion, locale: str) -> CriterionView:
    """Return how the reader sees a criterion; ``locale`` is the activity's language."""
    worded = criterion.values.worded()
    about = criterion.competency
    return CriterionView(
        criterion.id,
        worded.name,
        worded.asks,
        worded.levels,
        i18n.current() if criterion.template_key else locale,
        (about.code or i18n.pick(about.statement)) if about else "",
    )


def rows_of(
    session: Session, response_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[CriterionReading]]:
    """Return the stored readings of responses, each with its criterion, in one query."""
    found: dict[uuid.UUID, list[CriterionReading]] = defaultdict(list)
    if response_ids:
        query = (
            select(CriterionReading, Criterion)
            .join(Criterion, CriterionReading.criterion_id == Criterion.id)
            .where(CriterionReading.response_id.in_(response_ids))
            .order_by(Criterion.position)
            .options(joinedload(Criterion.competency))
        )
        for row, _criterion in session.execute(query):
            found[row.response_id].append(row)
    return dict(found)


def readings_of(session: Session, response_ids: Collection[uuid.UUID], locale: str) -> Readings:
    """Return what responses say by criteria; ``locale`` is the activity's language."""
    return {
        key: tuple(_view(session, row, locale) for row in rows)
        for key, rows in rows_of(session, response_ids).items()
    }


def comments_in(session: Session, response_id: uuid.UUID) -> list[str]:
    """Return the comments of one response as HTML."""
    rows = rows_of(session, [response_id]).get(response_id, [])
    return [from_text(row.comment) for row in rows]


def for_peers(readings: Iterable[ReadingView], out: Sequence[str]) -> tuple[ReadingView, ...]:
    """Return readings as peers read them: without the passages that are out."""
    return tuple(replace(one, comment=redacting.for_peers(one.comment, out)) for one in readings)


def for_author(readings: Iterable[ReadingView], out: Sequence[str]) -> tuple[ReadingView, ...]:
    """Return readings as their author reads them: whole, with what is out marked."""
    return tuple(replace(one, comment=redacting.for_author(one.comment, out)) for one in readings)


def _view(session: Session, row: CriterionReading, locale: str) -> ReadingView:
    criterion = session.get_one(Criterion, row.criterion_id)
    return ReadingView(criterion_view(criterion, locale), row.level, from_text(row.comment))
