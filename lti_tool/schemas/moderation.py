"""What a tutor's forms send: decisions, confirmed levels, a response of their own."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load

from lti_tool.i18n import gettext as _
from lti_tool.rules.guidance import MAX_RESPONSE_BYTES, RESPONSE_PARTS, size_of
from lti_tool.rules.rich_text import accept
from lti_tool.rules.vocabulary import Step
from lti_tool.schemas.fields import Choice, Whole, Words, gathered
from lti_tool.services.confirmations import Confirmation


class DecisionForm(Schema):
    """One decision on a reflection or a response."""

    step = Choice(Step, required=True)
    reason = Words(most=2000, load_default="")
    expected = Words(most=100, load_default="")
    following = Words(most=100, load_default="")
    """The work to read next, as ``kind:id``."""


class LevelForm(Schema):
    """The level of one competency; empty takes a confirmation back."""

    competency = fields.UUID(required=True)
    level = Whole(1, 99, load_default=None)
    note = Words(most=2000, load_default="")
    seen = Words(most=100, load_default="")

    @post_load
    def make(self, data: dict[str, Any], **_options: object) -> Confirmation:
        """Return what the tutor says of this competency."""
        return Confirmation(data["competency"], data["level"], data["note"], data["seen"])


class LevelsForm(Schema):
    """The levels of all competencies; fields ``levels.0.competency``, ``levels.0.level`` etc."""

    levels = fields.List(fields.Nested(LevelForm), required=True)

    @pre_load
    def gather(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Make a list of the competencies' fields."""
        return {"levels": gathered(data, "levels")}


class TutorResponseForm(Schema):
    """A tutor's own response: the guided parts, each as HTML of the editor or as plain text."""

    resonates = Words(most=MAX_RESPONSE_BYTES, load_default="")
    question = Words(most=MAX_RESPONSE_BYTES, load_default="")
    suggestion = Words(most=MAX_RESPONSE_BYTES, load_default="")
    resonates_format = Words(most=10, load_default="", data_key="resonates-format")
    question_format = Words(most=10, load_default="", data_key="question-format")
    suggestion_format = Words(most=10, load_default="", data_key="suggestion-format")

    @post_load
    def make(self, data: dict[str, str], **_options: object) -> dict[str, str]:
        """Return sanitised HTML by part; refuse what is too long to be stored."""
        parts = {name: accept(data[name], data[f"{name}_format"]) for name in RESPONSE_PARTS}
        for name, html in parts.items():
            if size_of(html) > MAX_RESPONSE_BYTES:
                raise ValidationError(_("This is too long."), name)
        return parts
