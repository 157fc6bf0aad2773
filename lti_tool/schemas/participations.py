"""Forms on a learner's way: need, self-ratings, next step."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load

from lti_tool import clock, i18n
from lti_tool.i18n import gettext as _
from lti_tool.rules.allocation import Rating
from lti_tool.rules.guidance import MAX_NOTE
from lti_tool.rules.vocabulary import Outcome
from lti_tool.schemas.fields import Choice, Ticked, Whole, Words
from lti_tool.services.activities.ratings import LEVEL_PREFIX, TARGET_PREFIX

FARTHEST = timedelta(days=5 * 366)
"""How far ahead a next step may lie."""


class RatingForm(Schema):
    """Levels and targets by competency; loads to ``chosen``, a mapping of id to ``Rating``."""

    chosen = fields.Dict(load_default=dict)

    @pre_load
    def collect(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Gather the fields of each competency; what is no number counts as not chosen."""
        return {**data, "chosen": _chosen(data)}


class BeforeForm(RatingForm):
    """The first self-rating, with the need that the activity serves.

    That it is said is asked together with the ratings, so that all that is missing is told at once.
    """

    need = Words(most=MAX_NOTE, load_default="")


class DayAhead(fields.Field[date]):
    """A day between today, where the reader is, and five years on."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        return _day(str(value))


class NextStepForm(Schema):
    """What a learner will do, by when, with which opportunity."""

    action = Words(most=MAX_NOTE, required=True)
    by_date = DayAhead(required=True)
    opportunity = Words(most=MAX_NOTE, load_default="")

    @pre_load
    def fill(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Let a missing field read as an empty one."""
        return {"action": "", "by_date": "", **data}


class FollowUpForm(Schema):
    """What became of a next step."""

    after_days = Whole(1, 999, required=True)
    outcome = Choice(Outcome, required=True)
    result = Words(most=MAX_NOTE, load_default="")
    shared = Ticked()

    @pre_load
    def fill(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Let a missing choice read as one that is none."""
        return {"outcome": "", **data}


def _chosen(form: Mapping[str, Any]) -> dict[uuid.UUID, Rating]:
    found = {}
    for name, value in form.items():
        level = _number(value)
        if name.startswith(LEVEL_PREFIX) and level is not None:
            suffix = name.removeprefix(LEVEL_PREFIX)
            try:
                competency_id = uuid.UUID(suffix)
            except ValueError:
                continue
            found[competency_id] = Rating(level, _number(form.get(f"{TARGET_PREFIX}{suffix}")))
    return found


def _number(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if len(text) < 3 and text.isascii() and text.isdigit() else None


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(_("Choose a day, for example in four weeks.")) from error
    today = datetime.astimezone(clock.now(), i18n.zone()).date()
    if not today <= day <= today + FARTHEST:
        raise ValidationError(_("Choose a day that is still to come."))
    return day
