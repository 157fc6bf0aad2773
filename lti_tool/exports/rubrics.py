"""Criteria of an activity as a CFRubric (1EdTech CASE 1.1, CFRubric and what it consists of).

The name of a criterion is its ``category``, what it asks its ``description``; a level's label is
its ``quality``. There are no scores and no weights: criteria are feedback, never a grade.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lti_tool.exports.case import CaseWriter
from lti_tool.exports.case_values import Json, filled
from lti_tool.rules.criteria import CriterionValues
from lti_tool.rules.frameworks import derived


@dataclass(frozen=True, slots=True)
class PublishedCriterion:
    """A criterion in the activity's language, and the competency that it speaks to."""

    identifier: str
    values: CriterionValues
    item: Json | None
    """A link to the CFItem."""


@dataclass(frozen=True, slots=True)
class PublishedCriteria:
    """The criteria of one activity."""

    identifier: str
    title: str
    criteria: tuple[PublishedCriterion, ...]
    changed_at: datetime


def rubric(published: PublishedCriteria, writer: CaseWriter) -> Json:
    """Return a CFRubric; ``writer`` knows our addresses."""
    now = published.changed_at.astimezone(UTC).isoformat(timespec="seconds")
    address = writer.uri("CFRubrics", published.identifier)
    told = now.replace("+00:00", "Z")
    return {
        "identifier": published.identifier,
        "uri": address,
        "title": published.title,
        "lastChangeDateTime": told,
        "CFRubricCriteria": [
            _criterion(one, position, published.identifier, address, told)
            for position, one in enumerate(published.criteria, start=1)
        ],
    }


def _criterion(
    one: PublishedCriterion, position: int, rubric_id: str, address: str, now: str
) -> dict[str, Any]:
    levels = [
        filled(
            {
                "identifier": (key := derived("level", one.identifier, str(number))),
                "uri": f"{address}#{key}",
                "quality": level.label,
                "description": level.description,
                "position": number,
                "rubricCriterionId": one.identifier,
                "lastChangeDateTime": now,
            }
        )
        for number, level in enumerate(one.values.levels, start=1)
    ]
    told = {
        "identifier": one.identifier,
        "uri": f"{address}#{one.identifier}",
        "category": one.values.name,
        "description": one.values.asks or one.values.name,
        "CFItemURI": one.item,
        "position": position,
        "rubricId": rubric_id,
        "lastChangeDateTime": now,
        "CFRubricCriterionLevels": levels,
    }
    return filled(told)
