"""What a tutor's forms send: decisions, confirmed levels, a response of their own."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load

from lti_tool.i18n import LOCALES
from lti_tool.i18n import gettext as _
from lti_tool.rules.depths import DEEPEST
from lti_tool.rules.guidance import MAX_RESPONSE_LENGTH, RESPONSE_PARTS
from lti_tool.rules.rich_text import accept
from lti_tool.rules.vocabulary import Step
from lti_tool.schemas.fields import Choice, Ticked, Whole, Words, gathered
from lti_tool.services.desk.depths import DepthMark
from lti_tool.services.desk.replies import ReplyValues
from lti_tool.services.engine.confirmations import Confirmation


class DecisionForm(Schema):
    """One decision on a reflection or a response."""

    step = Choice(Step, required=True)
    reason = Words(most=2000, load_default="")
    expected = Words(most=200, load_default="")
    following = Words(most=100, load_default="")
    """The work to read next, as ``kind:id``."""


class UnmaskForm(Schema):
    """Why a tutor needs to know who a learner is."""

    unmask_reason = Words(most=500, required=True)

    @pre_load
    def fill(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Let a missing field read as an empty one."""
        return {"unmask_reason": "", **data}


class LevelForm(Schema):
    """The level of one competency; empty takes a confirmation back.

    What it rests on is ticked in fields ``e_0``, ``e_1``…, whose values are the pieces' keys.
    """

    competency = fields.UUID(required=True)
    level = Whole(1, 99, load_default=None)
    note = Words(most=2000, load_default="")
    seen = Words(most=100, load_default="")
    evidence = fields.List(Words(most=200), load_default=list)

    @pre_load
    def gather(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Make a list of what is ticked."""
        ticked = [value for name, value in data.items() if name.startswith("e_")]
        plain = {name: value for name, value in data.items() if not name.startswith("e_")}
        return {**plain, "evidence": ticked}

    @post_load
    def make(self, data: dict[str, Any], **_options: object) -> Confirmation:
        """Return what the tutor says of this competency."""
        ticked = tuple(data["evidence"])
        return Confirmation(data["competency"], data["level"], data["note"], data["seen"], ticked)


class LevelsForm(Schema):
    """The levels of all competencies; fields ``levels.0.competency``, ``levels.0.level`` etc."""

    levels = fields.List(fields.Nested(LevelForm), required=True)

    @pre_load
    def gather(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Make a list of the competencies' fields."""
        return {"levels": gathered(data, "levels")}


class DepthForm(Schema):
    """How deep a reflection goes; an empty level takes the mark back."""

    depth = Whole(1, DEEPEST, load_default=None)
    depth_comment = Words(most=2000, load_default="")
    depth_seen = Words(most=100, load_default="")
    revision = Whole(1, 100_000, load_default=0)

    @post_load
    def make(self, data: dict[str, Any], **_options: object) -> dict[str, DepthMark]:
        """Return what the tutor marks."""
        mark = DepthMark(
            data["revision"] or 0, data["depth"], data["depth_comment"], data["depth_seen"]
        )
        return {"mark": mark}


class TutorResponseForm(Schema):
    """A tutor's own response: the guided parts, each as HTML of the editor or as plain text."""

    resonates = Words(most=MAX_RESPONSE_LENGTH, load_default="")
    question = Words(most=MAX_RESPONSE_LENGTH, load_default="")
    suggestion = Words(most=MAX_RESPONSE_LENGTH, load_default="")
    resonates_format = Words(most=10, load_default="", data_key="resonates-format")
    question_format = Words(most=10, load_default="", data_key="question-format")
    suggestion_format = Words(most=10, load_default="", data_key="suggestion-format")

    @post_load
    def make(self, data: dict[str, str], **_options: object) -> dict[str, str]:
        """Return sanitised HTML by part; refuse what is too long to be stored."""
        parts = {name: accept(data[name], data[f"{name}_format"]) for name in RESPONSE_PARTS}
        for name, html in parts.items():
            if len(html) > MAX_RESPONSE_LENGTH:
                raise ValidationError(_("This is too long."), name)
        return parts


class RedactionForm(Schema):
    """A passage that is taken out."""

    passage = Words(most=2000, required=True)
    redact_reason = Words(most=2000, load_default="")
    expected = Words(most=200, load_default="")


class FileForm(Schema):
    """A file that is withheld."""

    file = Words(most=40, load_default="")
    file_reason = Words(most=2000, load_default="")
    expected = Words(most=200, load_default="")


class RulingForm(Schema):
    """What becomes of an appeal."""

    step = Choice(Step, required=True)
    reason = Words(most=2000, load_default="")
    expected = Words(most=200, load_default="")


class CommentForm(Schema):
    """A tutor's comment on a response: HTML of the editor or plain text."""

    comment = Words(most=MAX_RESPONSE_LENGTH, load_default="")
    comment_format = Words(most=10, load_default="", data_key="comment-format")
    to_addressee = Ticked()


class ReplyForm(Schema):
    """A saved reply."""

    title = Words(most=100, required=True)
    body = Words(most=2000, required=True)
    locale = Words(most=20, required=True)
    is_shared = Ticked()

    @post_load
    def make(self, data: dict[str, Any], **_options: object) -> ReplyValues:
        """Return what the tutor says of the reply; refuse a language that we do not speak."""
        if data["locale"] not in LOCALES:
            raise ValidationError(_("Choose one of these."), "locale")
        return ReplyValues(data["title"], data["body"], data["locale"], data["is_shared"])


class BulkForm(Schema):
    """One decision on several works; ``picked`` are ``kind:id``, or ``kind:id:expected``."""

    step = Choice(Step, required=True)
    reason = Words(most=2000, load_default="")
    picked = fields.List(fields.String(), load_default=list)
