"""The scale of a Moodle framework: labels separated by commas, flags in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lti_tool.exports.moodle_csv import HEADING, short_name
from lti_tool.i18n import gettext as _
from lti_tool.rules.frameworks import MOST_LEVELS, LevelDraft
from lti_tool.schemas.frameworks.problems import Problems

PLACE = HEADING[6]


def levels_of(
    cells: Mapping[str, str], told: Any, language: str, problems: Problems
) -> tuple[LevelDraft, ...]:
    """Return the levels; ``told`` is what an export of ours knew of them in other languages."""
    labels = [label.strip() for label in cells["scale_values"].split(",") if label.strip()]
    if not 2 <= len(labels) <= MOST_LEVELS:
        problems.add(HEADING[5], _("From 2 to %(most)s levels are expected.", most=MOST_LEVELS))
        return ()
    flags = _flags(cells["scale_configuration"], len(labels), problems)
    known = told if isinstance(told, list) and len(told) == len(labels) else [None] * len(labels)
    return tuple(
        _level(label, one, language, flags.get(number, {}))
        for number, (label, one) in enumerate(zip(labels, known, strict=True), start=1)
    )


def _level(label: str, told: Any, language: str, flags: Mapping[str, Any]) -> LevelDraft:
    texts, description = {language: label}, {}
    if isinstance(told, dict) and isinstance(told.get("label"), dict):
        before = {str(tag): str(text) for tag, text in told["label"].items()}
        if short_name(before, language).replace(",", ";") == label:
            texts = before
            more = told.get("description")
            description = dict(more) if isinstance(more, dict) else {}
    is_default, is_proficient = flags.get("scaledefault"), flags.get("proficient")
    return LevelDraft(texts, description, bool(is_default), bool(is_proficient))


def _flags(text: str, count: int, problems: Problems) -> dict[int, dict[str, Any]]:
    """Return the flags by number of level, the lowest being 1."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list):
        problems.add(PLACE, _("It is no scale configuration of Moodle."))
        return {}
    found = {row["id"]: row for row in rows if isinstance(row, dict) and _is_id(row.get("id"))}
    for number in found:
        if number > count:
            problems.add(
                PLACE, _("It names level %(number)s of %(count)s.", number=number, count=count)
            )
    return found


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
