"""The second step of erasing somebody."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from lti_tool.i18n import gettext as _


class EraseForm(Schema):
    """The box that must be ticked: erasing cannot be undone."""

    sure = fields.String(load_default="")

    @validates_schema
    def check_sure(self, data: dict[str, Any], **_options: object) -> None:
        """Refuse the form without the tick."""
        if not data["sure"]:
            raise ValidationError(_("Tick this box first: erasing cannot be undone."), "sure")
