"""Forms of a learner who shows something to somebody outside."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load

from lti_tool.i18n import gettext as _
from lti_tool.rules.sharing import LENGTHS, USUAL
from lti_tool.schemas.fields import Words

MOST_WORDS = 120
MOST_THINGS = 1000


class Days(fields.Field[int]):
    """One of the lengths that a link may have."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        found = next((days for days in LENGTHS if str(days) == str(value)), None)
        if found is None:
            raise ValidationError(_("Choose one of these."))
        return found


class ShareForm(Schema):
    """For whom, under which name, and what."""

    recipient = Words(most=MOST_WORDS, required=True)
    name = Words(most=MOST_WORDS, required=True)
    things = fields.List(fields.String(), load_default=list)

    @pre_load
    def fill(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Let a missing field read as an empty one; what is too much was not ticked by hand."""
        return {"recipient": "", "name": "", **data, "things": data.get("things", [])[:MOST_THINGS]}


class NewShareForm(ShareForm):
    """The same, for how long, and the id that makes sending it twice harmless."""

    days = Days(load_default=USUAL)
    share_id = fields.UUID(required=True)


class RenewalForm(Schema):
    """For how long from now."""

    days = Days(load_default=USUAL)
