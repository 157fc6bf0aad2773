"""Paging, sorting, filtering and selecting of CASE lists (CASE 1.1, 3.4 and 3.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LIMIT, MOST = 100, 1000
_CLAUSE = re.compile(r"\s*([A-Za-z]\w*)\s*(!=|>=|<=|=|>|<|~)\s*'([^']*)'\s*")
_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "=": lambda told, wanted: told == wanted,
    "!=": lambda told, wanted: told != wanted,
    ">": lambda told, wanted: told > wanted,
    "<": lambda told, wanted: told < wanted,
    ">=": lambda told, wanted: told >= wanted,
    "<=": lambda told, wanted: told <= wanted,
    "~": lambda told, wanted: wanted.casefold() in told.casefold(),
}
Json = dict[str, Any]


class BadQuery(Exception):
    """A parameter that cannot be answered; ``code`` is CASE's imsx_codeMinorFieldValue."""

    def __init__(self, parameter: str, code: str) -> None:
        super().__init__(parameter)
        self.parameter, self.code = parameter, code


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a list; ``total`` counts all that the filter lets through."""

    rows: list[Json]
    total: int
    limit: int
    offset: int


def page_of(rows: Sequence[Json], asked: Mapping[str, str]) -> Page:
    """Return what the parameters ask for; raise BadQuery."""
    limit = min(_number(asked, "limit", LIMIT), MOST)
    offset = _number(asked, "offset", 0)
    found = [row for row in rows if _passes(row, asked.get("filter", ""))]
    by, order = asked.get("sort", ""), asked.get("orderBy", "asc")
    if order not in ("asc", "desc"):
        raise BadQuery("orderBy", "invalid_sort_field")
    if by:
        if not any(by in row for row in rows):
            raise BadQuery("sort", "invalid_sort_field")
        found.sort(key=lambda row: str(row.get(by, "")), reverse=order == "desc")
    shown = found[offset : offset + limit]
    return Page([selected(row, asked) for row in shown], len(found), limit, offset)


def selected(row: Json, asked: Mapping[str, str]) -> Json:
    """Return only the fields that ``fields`` names; raise BadQuery for one that nothing has."""
    names = [name.strip() for name in asked.get("fields", "").split(",") if name.strip()]
    if not names:
        return row
    found = {name: row[name] for name in names if name in row}
    if not found:
        raise BadQuery("fields", "invalid_selection_field")
    return found


def _number(asked: Mapping[str, str], name: str, usual: int) -> int:
    text = asked.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise BadQuery(name, "invalid_selection_field")
    return int(text)


def _passes(row: Json, text: str) -> bool:
    """Return whether a row passes a filter: clauses with AND or OR between them, not both."""
    if not text:
        return True
    word = " OR " if " OR " in text else " AND "
    results = [_clause(row, clause) for clause in text.split(word)]
    return any(results) if word == " OR " else all(results)


def _clause(row: Json, text: str) -> bool:
    found = _CLAUSE.fullmatch(text)
    if not found:
        raise BadQuery("filter", "invalid_selection_field")
    name, sign, wanted = found.groups()
    return _COMPARE[sign](str(row.get(name, "")), wanted)
