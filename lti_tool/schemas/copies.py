"""The form that moves the dates of a copied activity."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields

from lti_tool.i18n import gettext as _
from lti_tool.schemas.fields import YEARS


class Day(fields.Field[date]):
    """A day as a browser's date field sends it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        try:
            day = date.fromisoformat(str(value).strip())
        except ValueError as error:
            raise ValidationError(_("Write a date, like 2030-05-31.")) from error
        if day.year not in YEARS:
            raise ValidationError(_("Write a date, like 2030-05-31."))
        return day


class ShiftForm(Schema):
    """Loads ``day``, the day that was ``shown`` last, and the state ``seen`` with it."""

    day = Day(required=True)
    shown = fields.String(load_default="")
    seen = fields.String(load_default="")
    do = fields.String(load_default="show")
