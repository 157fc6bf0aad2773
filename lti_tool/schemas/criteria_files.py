"""Criteria as a part of an activity's document, and carried along by the form of a new activity."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from lti_tool.i18n import gettext as _
from lti_tool.rules.criteria import (
    DEFAULT_WORDS,
    LEAST_LEVELS,
    MAX_ASKS,
    MAX_DESCRIPTION,
    MAX_LABEL,
    MAX_NAME,
    MOST_CRITERIA,
    MOST_LEVELS,
    MOST_WORDS,
    CriteriaValues,
    CriterionValues,
    LevelValues,
    keyed,
)
from lti_tool.rules.rich_text import storable
from lti_tool.services.activities.exemplars import MOST_EXEMPLARS


class _Line(fields.String):
    """Text that can be stored, stripped, of at most so many characters."""

    def __init__(self, most: int, least: int = 0, **options: Any) -> None:
        super().__init__(validate=validate.Length(least, most), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return storable(super()._deserialize(value, attr, data, **kwargs) or "").strip()


class _Whole(fields.Integer):
    def __init__(self, most: int, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(0, most), **options)


class _LevelDocument(Schema):
    class Meta:
        unknown = RAISE

    label = _Line(MAX_LABEL, 1, required=True)
    description = _Line(MAX_DESCRIPTION, load_default="")


class _CriterionDocument(Schema):
    class Meta:
        unknown = RAISE

    name = _Line(MAX_NAME, 1, required=True)
    asks = _Line(MAX_ASKS, load_default="")
    template_key = _Line(40, load_default="")
    competency = _Line(200, load_default="")
    levels = fields.List(
        fields.Nested(_LevelDocument),
        required=True,
        validate=validate.Length(LEAST_LEVELS, MOST_LEVELS),
    )


class CriteriaDocument(Schema):
    """The criteria of an activity, and how learners practise with them; exemplars stay behind."""

    class Meta:
        """An unknown field is told of."""

        unknown = RAISE

    criteria = fields.List(
        fields.Nested(_CriterionDocument),
        required=True,
        validate=validate.Length(max=MOST_CRITERIA),
    )
    min_words = _Whole(MOST_WORDS, load_default=DEFAULT_WORDS)
    calibration_minimum = _Whole(MOST_EXEMPLARS, load_default=0)
    calibration_skippable = fields.Boolean(load_default=False)


class CriteriaCarried(fields.Field[CriteriaValues | None]):
    """Criteria on their way through the form of a new activity, as ``carried`` wrote them."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> CriteriaValues | None:
        if not str(value):
            return None
        try:
            document = CriteriaDocument().load(json.loads(str(value)))
        except (ValueError, RecursionError, ValidationError) as error:
            raise ValidationError(_("These criteria cannot be used.")) from error
        named = [one["competency"] for one in document["criteria"]]
        return read(document, {name: key for name in named if (key := _id(name))})


def carried(values: CriteriaValues | None) -> str:
    """Return criteria as a hidden field holds them; nothing for none."""
    if values is None or not values.criteria:
        return ""
    ids = {one.competency_id: str(one.competency_id) for one in values.criteria}
    known = {key: name for key, name in ids.items() if key is not None}
    return json.dumps(write(values, known), ensure_ascii=False)


def write(
    values: CriteriaValues | None, identifiers: Mapping[uuid.UUID, str]
) -> dict[str, Any] | None:
    """Return the document's part; ``identifiers`` are those of competencies."""
    if values is None:
        return None
    return {
        "criteria": [_written(one, identifiers) for one in values.criteria],
        "min_words": values.min_words,
        "calibration_minimum": values.calibration_minimum,
        "calibration_skippable": values.calibration_skippable,
    }


def read(document: dict[str, Any] | None, ids: Mapping[str, uuid.UUID]) -> CriteriaValues | None:
    """Return what a document's part says; ``ids`` are those of competencies known here."""
    if document is None:
        return None
    criteria = tuple(_read(one, ids) for one in document["criteria"])
    return CriteriaValues(**{**document, "criteria": criteria})


def _written(one: CriterionValues, identifiers: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    about = identifiers.get(one.competency_id, "") if one.competency_id else ""
    return {
        "name": one.name,
        "asks": one.asks,
        "template_key": one.template_key,
        "competency": about,
        "levels": [
            {"label": level.label, "description": level.description} for level in one.levels
        ],
    }


def _read(one: dict[str, Any], ids: Mapping[str, uuid.UUID]) -> CriterionValues:
    levels = tuple(LevelValues(**level) for level in one["levels"])
    about = ids.get(one["competency"])
    return keyed(CriterionValues(one["name"], one["asks"], levels, one["template_key"], about))


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
