"""Figures as programs are told them: the tables of the page, with keys in the place of words."""

from __future__ import annotations

from lti_tool.rules.spreads import Band
from lti_tool.rules.suppression import Cell, Hidden, Share
from lti_tool.services.access.views import FigureRow, Figures, FigureTable
from lti_tool.services.insight.figures import Insight, Named, Row, RowKey, Table


def told(insight: Insight) -> Figures:
    """Return the figures of an activity."""
    return Figures(insight.whole, [_table(one) for one in insight.tables])


def _table(table: Table) -> FigureTable:
    return FigureTable(
        key=table.key.value,
        levels=[one.words for one in table.levels],
        rows=[_row(one) for one in table.rows],
    )


def _row(row: Row) -> FigureRow:
    named = row.key if isinstance(row.key, Named) else None
    return FigureRow(
        key=_key(row.key),
        words=named.words if named else None,
        cells=[_cell(one) for one in row.cells],
    )


def _key(key: RowKey) -> str:
    if isinstance(key, Named):
        return key.code
    return key.name.lower() if isinstance(key, Band) else str(key)


def _cell(cell: Cell) -> float | str | None:
    if isinstance(cell, Hidden):
        return cell.value
    return cell.value if isinstance(cell, Share) else cell
