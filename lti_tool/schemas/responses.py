"""Forms of the New phase."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load

from lti_tool.i18n import gettext as _
from lti_tool.rules.guidance import MAX_NOTE, RESPONSE_PARTS
from lti_tool.rules.vocabulary import DeclineReason
from lti_tool.schemas.drafts import DraftForm, gathered_texts
from lti_tool.schemas.fields import Choice, Words
from lti_tool.services.learner.criteria_fields import is_field
from lti_tool.services.learner.drafts import Written

HELPFULNESS = range(1, 5)


class ResponseForm(DraftForm):
    """A guided response; loads to ``Written``."""

    @pre_load
    def collect(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Take the parts, their formats, what is said by criteria, and the version."""
        return gathered_texts(data, (*RESPONSE_PARTS, *filter(is_field, data)))


class DeclineForm(Schema):
    """Why a reflection is passed on."""

    reason = Choice(DeclineReason, required=True)


class HelpfulnessForm(Schema):
    """How helpful a response was, a reply, and what its addressee takes from it."""

    helpfulness = fields.String(load_default="")
    reply = fields.String(load_default="")
    takeaway = Words(most=MAX_NOTE, load_default="")

    @post_load
    def make(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Return a number from 1 to 4, and the reply as it was written."""
        chosen = data["helpfulness"]
        if chosen not in {str(level) for level in HELPFULNESS}:
            message = _("Choose how helpful this was.")
            raise ValidationError(message, "helpfulness")
        return {
            "helpfulness": int(chosen),
            "reply": Written({"reply": data["reply"]}),
            "takeaway": data["takeaway"],
        }


class TakeawayForm(Schema):
    """What a learner takes from a response."""

    takeaway = Words(most=MAX_NOTE, load_default="")
