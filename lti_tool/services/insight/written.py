"""Figures of an activity as JSON, and back again: the same to the last unit."""

from __future__ import annotations

from enum import Enum
from typing import Any

from lti_tool.rules.interventions import InterventionKind
from lti_tool.rules.spreads import Band
from lti_tool.rules.stages import Stage
from lti_tool.rules.suppression import HIDDEN, Cell, Hidden, Share
from lti_tool.rules.vocabulary import DepthRubric
from lti_tool.services.insight.figures import (
    Glance,
    Insight,
    Named,
    Other,
    Row,
    RowKey,
    Table,
    TableKey,
)

KEYS: dict[str, type[Enum]] = {
    one.__name__: one for one in (Stage, Band, InterventionKind, Glance, Other)
}
"""Vocabularies of rows, by name."""


def written(insight: Insight) -> dict[str, Any]:
    """Return figures as JSON has them; only what may be shown is in them."""
    return {"whole": insight.whole, "tables": [_table(one) for one in insight.tables]}


def read(told: dict[str, Any]) -> Insight:
    """Return the figures that ``written`` wrote."""
    return Insight(told["whole"], tuple(_read_table(one) for one in told["tables"]))


def write_cells(cells: tuple[Cell, ...]) -> list[Any]:
    """Return the numbers of a row."""
    return [_cell(one) for one in cells]


def read_cells(told: list[Any]) -> tuple[Cell, ...]:
    """Return the numbers that ``write_cells`` wrote."""
    return tuple(_read_cell(one) for one in told)


def _table(table: Table) -> dict[str, Any]:
    return {
        "key": table.key.value,
        "rows": [[_key(row.key), write_cells(row.cells)] for row in table.rows],
        "levels": [_key(one) for one in table.levels],
        "rubric": table.rubric.value,
    }


def _read_table(told: dict[str, Any]) -> Table:
    return Table(
        key=TableKey(told["key"]),
        rows=tuple(Row(_read_key(key), read_cells(cells)) for key, cells in told["rows"]),
        levels=tuple(_read_named(one) for one in told["levels"]),
        rubric=DepthRubric(told["rubric"]),
    )


def _key(key: RowKey) -> Any:
    if isinstance(key, Named):
        return {"words": dict(key.words), "code": key.code}
    return [type(key).__name__, key.name] if isinstance(key, Enum) else key


def _read_key(told: Any) -> RowKey:
    if isinstance(told, dict):
        return _read_named(told)
    if isinstance(told, list):
        vocabulary, name = told
        found: RowKey = KEYS[vocabulary][name]  # type: ignore[assignment]  # mypy sees Enum alone
        return found
    return int(told)


def _read_named(told: dict[str, Any]) -> Named:
    return Named(told["words"], told["code"])


def _cell(cell: Cell) -> Any:
    if isinstance(cell, Hidden):
        return cell.value
    return {"share": cell.value} if isinstance(cell, Share) else cell


def _read_cell(told: Any) -> Cell:
    if told == HIDDEN.value:
        return HIDDEN
    value: Cell = Share(told["share"]) if isinstance(told, dict) else told
    return value
