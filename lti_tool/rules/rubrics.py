"""Sets of criteria out of CASE documents: a CFRubric, several of them, or a whole CFPackage.

Lenient as with frameworks: what is no criterion of ours (no levels, too many) is left out and
counted, and texts are cut to what a form takes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lti_tool.rules.criteria import (
    LEAST_LEVELS,
    MAX_ASKS,
    MAX_DESCRIPTION,
    MAX_LABEL,
    MAX_NAME,
    MOST_CRITERIA,
    MOST_LEVELS,
    CriterionValues,
    LevelValues,
)
from lti_tool.rules.rich_text import storable

CRITERIA, LEVELS = "CFRubricCriteria", "CFRubricCriterionLevels"
MOST_SETS = 50


@dataclass(frozen=True, slots=True)
class RubricSet:
    """A rubric as a set of criteria; ``left_out`` counts those that cannot be ours."""

    key: str
    title: str
    criteria: tuple[CriterionValues, ...]
    left_out: int


def sets_in(document: Any, competencies: Mapping[str, uuid.UUID]) -> tuple[RubricSet, ...]:
    """Return the sets of criteria in a document; ``competencies`` by their CASE identifiers."""
    found = (_set(one, competencies) for one in _rubrics(document))
    return tuple(one for one in found if one.criteria)[:MOST_SETS]


def _rubrics(document: Any) -> Iterable[Mapping[str, Any]]:
    if isinstance(document, list):
        return [one for one in document if isinstance(one, dict)]
    if not isinstance(document, dict):
        return []
    if CRITERIA in document:
        return [document]
    package = document.get("CFPackage", document)
    return _rubrics(package.get("CFRubrics")) if isinstance(package, dict) else []


def _set(rubric: Mapping[str, Any], competencies: Mapping[str, uuid.UUID]) -> RubricSet:
    told = _rows(rubric.get(CRITERIA))
    read = [_criterion(one, competencies) for one in told]
    kept = [one for one in read if one is not None]
    criteria = tuple(kept[:MOST_CRITERIA])
    title = _text(rubric.get("title"), MAX_NAME) or (criteria[0].name if criteria else "")
    return RubricSet(
        _text(rubric.get("identifier"), MAX_NAME), title, criteria, len(told) - len(criteria)
    )


def _criterion(
    one: Mapping[str, Any], competencies: Mapping[str, uuid.UUID]
) -> CriterionValues | None:
    """Return a criterion; None for one without words, as the criterion of a mere scale is."""
    category, asks = one.get("category"), _text(one.get("description"), MAX_ASKS)
    name = _text(category, MAX_NAME) or asks[:MAX_NAME].strip()
    levels = tuple(level for row in _rows(one.get(LEVELS)) if (level := _level(row)) is not None)
    if not name or not LEAST_LEVELS <= len(levels) <= MOST_LEVELS:
        return None
    item = one.get("CFItemURI")
    identifier = item.get("identifier") if isinstance(item, dict) else ""
    return CriterionValues(
        name,
        "" if asks == name else asks,
        levels,
        competency_id=competencies.get(str(identifier).lower()),
    )


def _level(row: Mapping[str, Any]) -> LevelValues | None:
    label = _text(row.get("quality"), MAX_LABEL)
    text = _text(row.get("description"), MAX_DESCRIPTION)
    if not label and not text:
        return None
    return LevelValues(label or text[:MAX_LABEL].strip(), text)


def _rows(told: Any) -> list[Mapping[str, Any]]:
    rows = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return sorted(rows, key=_place)


def _place(row: Mapping[str, Any]) -> float:
    place = row.get("position")
    return place if isinstance(place, int | float) else 0


def _text(told: Any, most: int) -> str:
    return storable(told).strip()[:most] if isinstance(told, str) else ""
