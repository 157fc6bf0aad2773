"""The fields of a response by criteria: begun with it, saved with it, checked with it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.i18n import ngettext
from lti_tool.models.activities import Activity
from lti_tool.models.criteria import CriterionReading
from lti_tool.models.responses import Response
from lti_tool.rules.guidance import MAX_NOTE, length_for
from lti_tool.rules.rich_text import count_words, counts_characters, from_text, storable
from lti_tool.services.activities import criteria
from lti_tool.services.engine import readings
from lti_tool.services.engine.readings import CriterionView, criterion_view
from lti_tool.services.learner.drafts import Written

LEVEL, COMMENT = "level-", "comment-"
"""Begin the names of the fields; a criterion's id follows."""


@dataclass(frozen=True, slots=True)
class CriterionField:
    """A criterion to answer, with what was chosen and written so far."""

    criterion: CriterionView
    level: str = ""
    """Position of the chosen level, as forms have it; empty for none."""
    comment: str = ""

    @property
    def level_name(self) -> str:
        """Name of the form field for the level."""
        return f"{LEVEL}{self.criterion.id}"

    @property
    def comment_name(self) -> str:
        """Name of the form field for the comment."""
        return f"{COMMENT}{self.criterion.id}"


def is_field(name: str) -> bool:
    """Tell whether a form field belongs to a criterion."""
    return name.startswith((LEVEL, COMMENT))


def begin(session: Session, response: Response) -> None:
    """Tie a response that is begun to the criteria in force."""
    for one in criteria.current(session, response.activity_id):
        session.add(CriterionReading(response_id=response.id, criterion_id=one.id))
    session.flush()


def fields_of(
    session: Session, activity: Activity, response: Response | None
) -> tuple[CriterionField, ...]:
    """Return the criteria that a response answers, or would answer if it were begun now."""
    if response is None:
        found = criteria.current(session, activity.id)
        return tuple(CriterionField(criterion_view(one, activity.locale)) for one in found)
    stored = {row.criterion_id: row for row in _rows(session, response)}
    told = readings.readings_of(session, [response.id], activity.locale).get(response.id, ())
    return tuple(
        CriterionField(
            one.criterion,
            str(one.position or ""),
            stored[one.criterion.id].comment,
        )
        for one in told
    )


def sent_in(session: Session, response: Response, written: Written) -> dict[str, str]:
    """Return what was sent of the response's own fields, as it would be stored.

    Raises InvalidInput for a level that is none, or a comment that is too long.
    """
    found: dict[str, str] = {}
    problems: dict[str, list[str]] = {}
    levels = {
        one.criterion.id: len(one.criterion.levels)
        for one in readings.readings_of(session, [response.id], "").get(response.id, ())
    }
    for key, most in levels.items():
        chosen = written.fields.get(f"{LEVEL}{key}")
        if chosen is not None:
            if chosen and chosen not in map(str, range(1, most + 1)):
                problems[f"{LEVEL}{key}"] = [_("Choose one of these.")]
            found[f"{LEVEL}{key}"] = chosen
        said = written.fields.get(f"{COMMENT}{key}")
        if said is not None:
            found[f"{COMMENT}{key}"] = storable(said).strip()
            if len(said) > MAX_NOTE:
                problems[f"{COMMENT}{key}"] = [
                    _("At most %(most)s characters, please.", most=MAX_NOTE)
                ]
    if problems:
        raise InvalidInput(problems)
    return found


def stored_in(session: Session, response: Response) -> dict[str, str]:
    """Return the response's fields as they are stored."""
    told: dict[str, str] = {}
    for row in _rows(session, response):
        told[f"{LEVEL}{row.criterion_id}"] = str(row.level or "")
        told[f"{COMMENT}{row.criterion_id}"] = row.comment
    return told


def store(session: Session, response: Response, sent: Mapping[str, str]) -> None:
    """Write what ``sent_in`` returned."""
    for row in _rows(session, response):
        level = sent.get(f"{LEVEL}{row.criterion_id}")
        if level is not None:
            row.level = int(level) if level else None
        row.comment = sent.get(f"{COMMENT}{row.criterion_id}", row.comment)
    session.flush()


def problems_of(
    session: Session, response: Response, least: int, locale: str
) -> dict[str, list[str]]:
    """Say, field by field, what keeps a response from being handed in."""
    problems: dict[str, list[str]] = {}
    for row in _rows(session, response):
        if row.level is None:
            problems[f"{LEVEL}{row.criterion_id}"] = [_("Choose a level.")]
        short = too_short(row.comment, least, locale)
        if short:
            problems[f"{COMMENT}{row.criterion_id}"] = [short]
    return problems


def too_short(comment: str, least: int, locale: str) -> str:
    """Return what to say of a comment that is too short; nothing of one that is not."""
    if not comment.strip():
        return _("Please say why, in a few words.")
    wanted = least_words(least, locale)
    if count_words(from_text(comment), locale) >= wanted:
        return ""
    if counts_characters(locale):
        return ngettext(
            "Please write at least %(num)s character.",
            "Please write at least %(num)s characters.",
            wanted,
        )
    return ngettext(
        "Please write at least %(num)s word.", "Please write at least %(num)s words.", wanted
    )


def least_words(least: int, locale: str) -> int:
    """Return the shortest comment in the unit of a language, given in words."""
    return length_for(least, "en", locale)


def in_words(session: Session, response: Response, locale: str) -> dict[str, str]:
    """Return what a response says by criteria as texts, for its revision."""
    told = readings.readings_of(session, [response.id], locale).get(response.id, ())
    return {one.key: one.html for one in told}


def typed_over(
    fields: Iterable[CriterionField], typed: Mapping[str, Any]
) -> tuple[CriterionField, ...]:
    """Return fields with what was just typed, where a form came back."""
    return tuple(
        CriterionField(
            one.criterion,
            str(typed.get(one.level_name, "" if one.comment_name in typed else one.level)),
            str(typed.get(one.comment_name, one.comment)),
        )
        for one in fields
    )


def names_of(fields: Iterable[CriterionField]) -> list[str]:
    """Return the names of all fields."""
    return [name for one in fields for name in (one.level_name, one.comment_name)]


def criterion_ids(fields: Iterable[CriterionField]) -> list[uuid.UUID]:
    """Return the ids of the criteria, in order."""
    return [one.criterion.id for one in fields]


def _rows(session: Session, response: Response) -> list[CriterionReading]:
    return readings.rows_of(session, [response.id]).get(response.id, [])
