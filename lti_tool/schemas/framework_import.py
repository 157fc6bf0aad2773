"""The form in which an educator brings a framework: a file or an address."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load

from lti_tool.i18n import gettext as _
from lti_tool.rules.frameworks import LANGUAGE
from lti_tool.rules.scales import KEYS
from lti_tool.schemas.fields import Words


class FrameworkForm(Schema):
    """Address and choices; the file comes beside them."""

    url = Words(most=2000, load_default="")
    scale = fields.String(load_default="")
    language = fields.String(load_default="")

    @post_load
    def check(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Refuse a scale or a language that there is not."""
        if data["scale"] not in ("", *KEYS):
            raise ValidationError(_("Choose one of these."), "scale")
        if data["language"] and not LANGUAGE.fullmatch(data["language"]):
            raise ValidationError(_("Choose one of these."), "language")
        return data
