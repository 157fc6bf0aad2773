"""What learners claim of their competencies, what tutors confirmed, how deep reflections go."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence

from lti_tool.models.frameworks import Competency, CompetencyLevel
from lti_tool.rules.depths import DEEPEST
from lti_tool.rules.suppression import Cell, mean, parts, some_of
from lti_tool.rules.vocabulary import DepthRubric
from lti_tool.services.insight.claims import Rated
from lti_tool.services.insight.figures import Named, Other, Row, Table, TableKey


def ratings_table(
    competencies: Sequence[Competency], found: Mapping[uuid.UUID, Rated], whole: int
) -> Table:
    """How learners rate themselves before and after: how many, mean level, mean change."""
    rows = []
    for competency in competencies:
        rated = found.get(competency.id, Rated())
        cells = (
            *_claim(rated.before_sum, rated.before, whole),
            *_claim(rated.after_sum, rated.after, whole),
            *_claim(rated.change_sum, rated.both, whole),
        )
        rows.append(Row(_named(competency), cells))
    return Table(TableKey.RATINGS, tuple(rows))


def levels_table(
    competencies: Sequence[Competency],
    levels: Sequence[CompetencyLevel],
    found: Mapping[uuid.UUID, Counter[int]],
    whole: int,
) -> Table:
    """How many learners have which level confirmed, and how many none, by competency."""
    rows = []
    for competency in competencies:
        confirmed = found.get(competency.id, Counter[int]())
        counts = [confirmed[level.position] for level in levels]
        rows.append(Row(_named(competency), parts([*counts, whole - sum(counts)])))
    columns = tuple(Named(level.label) for level in levels)
    return Table(TableKey.LEVELS, tuple(rows), columns)


def depth_table(rubric: DepthRubric, found: Counter[int], whole: int) -> Table:
    """How deep tutors found reflections, by the activity's rubric."""
    counts = [found[level] for level in range(1, DEEPEST + 1)]
    cells = parts([*counts, whole - sum(counts)])
    keys = (*range(1, DEEPEST + 1), Other.OPEN)
    rows = tuple(Row(key, (cell,)) for key, cell in zip(keys, cells, strict=True))
    return Table(TableKey.DEPTH, rows, rubric=rubric)


def _claim(total: int, number: int, whole: int) -> tuple[Cell, Cell]:
    return some_of(number, whole), mean(total, number, number)


def _named(competency: Competency) -> Named:
    return Named(competency.statement, competency.code)
