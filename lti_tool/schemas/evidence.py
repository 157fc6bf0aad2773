"""Forms about what shows a competency, and who may see levels."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validates_schema

from lti_tool.i18n import gettext as _
from lti_tool.rules.web_addresses import MOST_ADDRESS, web_address
from lti_tool.schemas.fields import Ticked, Words


class EvidenceForm(Schema):
    """A link with a title and a sentence, to one competency."""

    competency_id = fields.UUID(required=True)
    title = Words(most=200, required=True)
    url = Words(most=MOST_ADDRESS, required=True)
    sentence = Words(most=500, required=True)

    @pre_load
    def fill(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Let a missing field read as an empty one."""
        return {"title": "", "url": "", "sentence": "", **data}

    @validates_schema
    def check_address(self, data: dict[str, Any], **_options: object) -> None:
        """Refuse what is no address on the web."""
        if not web_address(data["url"]):
            message = _("An address that begins with https://, without a password in it, please.")
            raise ValidationError(message, "url")


class RemovalForm(Schema):
    """The link to take away."""

    link = fields.UUID(required=True)


class ShareForm(Schema):
    """A course, and whether its staff may see the levels of the others."""

    course = fields.UUID(required=True)
    shared = Ticked()
