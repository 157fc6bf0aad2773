"""What a person tells about themselves."""

from __future__ import annotations

from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates

from lti_tool.i18n import LOCALES
from lti_tool.i18n import gettext as _
from lti_tool.rules.rich_text import storable

NAME_LENGTH = 80


class NameForm(Schema):
    """The name to be called by, where the LMS shares none."""

    name = fields.String(required=True)

    @pre_load
    def strip(self, data: dict[str, str], **_options: object) -> dict[str, str]:
        """Take off spaces around the name, and what a database refuses."""
        return {**data, "name": storable(str(data.get("name", ""))).strip()}

    @validates("name")
    def check(self, value: str, **_options: object) -> None:
        """Refuse an empty or overlong name."""
        if not value:
            raise ValidationError(_("Please write a name."))
        if len(value) > NAME_LENGTH:
            raise ValidationError(_("At most %(most)s characters, please.", most=NAME_LENGTH))


class TimeZoneForm(Schema):
    """The browser's time zone."""

    zone = fields.String(required=True)

    @validates("zone")
    def check(self, value: str, **_options: object) -> None:
        """Refuse what is no IANA name."""
        if value not in available_timezones():
            raise ValidationError(_("This is not a time zone."))


class LanguageForm(Schema):
    """The language to read in."""

    locale = fields.String(required=True, validate=validate.OneOf(LOCALES))
