"""The forms in which an educator decides about criteria and exemplars."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load
from marshmallow import validates_schema as checks

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
from lti_tool.rules.guidance import MAX_ANSWER_LENGTH
from lti_tool.rules.rich_text import accept
from lti_tool.rules.vocabulary import ExemplarOrigin
from lti_tool.schemas.drafts import FORMAT
from lti_tool.schemas.fields import Choice, Ticked, Whole, Words, gathered
from lti_tool.services.activities.exemplars import (
    MAX_REASON,
    MAX_TITLE,
    MOST_EXEMPLARS,
    TutorsReading,
)
from lti_tool.services.studio.criteria import ExemplarValues

PLACES = range(1, MOST_LEVELS + 1)
"""Positions of levels, in the names of their fields: ``label_1``, ``description_1``."""


class CriterionForm(Schema):
    """One criterion; loads to ``CriterionValues``. A level without words is none."""

    class Meta:
        """Fields of buttons stand beside those of the criterion."""

        unknown = EXCLUDE

    root = fields.UUID(load_default=None, allow_none=True)
    template_key = Words(most=40, load_default="")
    competency = fields.UUID(load_default=None, allow_none=True)
    name = Words(most=MAX_NAME, required=True)
    asks = Words(most=MAX_ASKS, load_default="")
    levels = fields.Raw(load_default=dict)

    @pre_load
    def gather_levels(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Gather the levels that have words, by their place."""
        levels = {
            place: (
                str(data.get(f"label_{place}", "")).strip(),
                str(data.get(f"description_{place}", "")).strip(),
            )
            for place in PLACES
        }
        told = {place: words for place, words in levels.items() if any(words)}
        apart = {name: data.get(name) or None for name in ("root", "competency")}
        return {**data, **apart, "levels": told}

    @checks(skip_on_field_errors=False)
    def check_levels(self, data: dict[str, Any], **_options: object) -> None:
        """Refuse a level without a label, texts that are too long, and too few levels."""
        for place, (label, text) in data["levels"].items():
            if not label:
                raise ValidationError(_("Please fill this in."), f"label_{place}")
            for name, told, most in (
                ("label", label, MAX_LABEL),
                ("description", text, MAX_DESCRIPTION),
            ):
                if len(told) > most:
                    message = _("At most %(most)s characters, please.", most=most)
                    raise ValidationError(message, f"{name}_{place}")
        if len(data["levels"]) < LEAST_LEVELS:
            first = next(place for place in PLACES if place not in data["levels"])
            message = _("At least %(least)s levels, please.", least=LEAST_LEVELS)
            raise ValidationError(message, f"label_{first}")

    @post_load
    def make(self, data: dict[str, Any], **_options: object) -> CriterionValues:
        """Return the criterion that was decided."""
        levels = tuple(LevelValues(*data["levels"][place]) for place in sorted(data["levels"]))
        return keyed(
            CriterionValues(
                data["name"],
                data["asks"],
                levels,
                data["template_key"],
                data["competency"],
                data["root"],
            )
        )


class CriteriaForm(Schema):
    """All criteria of an activity; loads to ``CriteriaValues``, ``published`` and ``typo``."""

    criteria = fields.List(fields.Nested(CriterionForm), required=True)
    min_words = Whole(0, MOST_WORDS, load_default=DEFAULT_WORDS)
    calibration_minimum = Whole(0, MOST_EXEMPLARS, load_default=0)
    calibration_skippable = Ticked()
    published = Ticked()

    @pre_load
    def gather_rows(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Make a list of the fields of criteria."""
        return {**data, "criteria": gathered(data, "criteria")}

    @checks(skip_on_field_errors=False)
    def check_count(self, data: dict[str, Any], **_options: object) -> None:
        """Refuse more criteria than anybody reads by."""
        if len(data.get("criteria", [])) > MOST_CRITERIA:
            message = _("At most %(most)s criteria.", most=MOST_CRITERIA)
            raise ValidationError(message, "criteria")

    @post_load
    def make(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Return what was decided."""
        values = CriteriaValues(
            tuple(data["criteria"]),
            data["min_words"] or 0,
            data["calibration_minimum"] or 0,
            data["calibration_skippable"],
        )
        return {"values": values, "published": data["published"]}


class ExemplarForm(Schema):
    """An exemplar with the tutor's readings; loads to ``ExemplarValues``.

    A reading stands in ``level-<criterion>`` and ``reason-<criterion>``; all are asked for, and for
    somebody's own text their consent.
    """

    title = Words(most=MAX_TITLE, required=True)
    text = fields.String(required=True)
    origin = Choice(ExemplarOrigin, required=True)
    consent = Ticked()
    readings = fields.Raw(load_default=dict)

    @pre_load
    def gather_readings(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Gather the tutor's readings, and the text in its format."""
        told = {
            key: (str(data[name]), str(data.get(f"reason-{key}", "")).strip())
            for name in data
            if name.startswith("level-") and _is_id(key := name.removeprefix("level-"))
        }
        text = accept(str(data.get("text", "")), str(data.get(f"text{FORMAT}", "")))
        return {**data, "readings": told, "text": text}

    @checks(skip_on_field_errors=False)
    def check_text(self, data: dict[str, Any], **_options: object) -> None:
        """Refuse a text that is empty or too long, and somebody's own without their consent."""
        if not data.get("text"):
            raise ValidationError(_("Please write something here."), "text")
        if len(data["text"]) > MAX_ANSWER_LENGTH:
            raise ValidationError(_("This text is too long."), "text")
        if data.get("origin") is ExemplarOrigin.GIVEN and not data.get("consent"):
            message = _("Use somebody’s own text only with their consent.")
            raise ValidationError(message, "consent")

    @checks(skip_on_field_errors=False)
    def check_readings(self, data: dict[str, Any], **_options: object) -> None:
        """Refuse a reading without its reason: learners learn from that."""
        problems: dict[str, list[str]] = {}
        for key, (_level, reason) in data.get("readings", {}).items():
            if not reason:
                problems[f"reason-{key}"] = [_("Please say why, in a few words.")]
            elif len(reason) > MAX_REASON:
                message = _("At most %(most)s characters, please.", most=MAX_REASON)
                problems[f"reason-{key}"] = [message]
        if problems:
            raise ValidationError(problems)

    @post_load
    def make(self, data: dict[str, Any], **_options: object) -> ExemplarValues:
        """Return the exemplar that was decided."""
        return ExemplarValues(
            data["title"], data["text"], data["origin"], _readings(data["readings"])
        )


def _readings(told: Mapping[str, tuple[str, str]]) -> dict[uuid.UUID, TutorsReading]:
    return {
        uuid.UUID(key): TutorsReading(int(level), reason)
        for key, (level, reason) in told.items()
        if level in map(str, PLACES)
    }


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
