"""The form in which an educator makes and changes an activity."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validates_schema

from lti_tool.i18n import LOCALES
from lti_tool.i18n import gettext as _
from lti_tool.rules.completion import Weights
from lti_tool.rules.prompt_templates import key_if_unmodified
from lti_tool.rules.vocabulary import Audience, ModerationMode
from lti_tool.schemas.fields import Choice, LocalMoment, Ticked, Whole, Words, gathered
from lti_tool.services.activities import ActivityDates, ActivityValues
from lti_tool.services.prompts import PromptValues

MOST_COMPETENCIES = 5
MOST_PROMPTS = 10
MAX_TITLE = 200
MAX_DESCRIPTION = 500
DATES = ("opens_at", "now_due_at", "new_due_at", "next_due_at")
"""The dates of an activity in the order in which they must come."""
SAME = (
    "title",
    "description",
    "locale",
    "responses_required",
    "reflection_moderation",
    "response_moderation",
    "grace_minutes",
    "tutor_confirms",
)
"""Fields that an ``ActivityValues`` has under the same name."""
WEIGHTS = ("reflection", "responses", "helpfulness", "next_step")


class PromptForm(Schema):
    """One prompt of the form; a template's prompt keeps its key only while it is unmodified."""

    template_key = Words(most=80, load_default="")
    text = Words(most=500, required=True)
    help = Words(most=1000, load_default="")
    min_words = Whole(0, 5000, load_default=0)
    max_words = Whole(1, 5000, load_default=None)
    required = Ticked()
    audience = Choice(Audience, required=True)

    @validates_schema
    def check_length(self, data: dict[str, Any], **_options: object) -> None:
        """Refuse a maximum below the minimum."""
        if data.get("max_words") and data["max_words"] < (data.get("min_words") or 0):
            raise ValidationError(_("At least as many as the minimum."), "max_words")

    @post_load
    def make(self, data: dict[str, Any], **_options: object) -> PromptValues:
        """Return the prompt that was decided."""
        data["min_words"] = data["min_words"] or 0
        key = key_if_unmodified(data["template_key"], data["text"], data["help"])
        return PromptValues(**{**data, "template_key": key})


class ActivityForm(Schema):
    """All of an activity; loads as ``ActivityValues``. Fields of prompts are ``prompts.0.text``."""

    title = Words(most=MAX_TITLE, required=True)
    description = Words(most=MAX_DESCRIPTION, load_default="")
    locale = fields.String(required=True)
    prompts = fields.List(fields.Nested(PromptForm), required=True)
    competencies = fields.List(fields.UUID(), load_default=list)
    responses_required = Whole(0, 10, required=True)
    reflection_moderation = Choice(ModerationMode, required=True)
    response_moderation = Choice(ModerationMode, required=True)
    grace_minutes = Whole(0, 1440, required=True)
    tutor_confirms = Ticked()
    opens_at = LocalMoment()
    now_due_at = LocalMoment()
    new_due_at = LocalMoment()
    next_due_at = LocalMoment()
    weight_reflection = Whole(0, 100, required=True)
    weight_responses = Whole(0, 100, required=True)
    weight_helpfulness = Whole(0, 100, required=True)
    weight_next_step = Whole(0, 100, required=True)

    @pre_load
    def gather_prompts(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Make a list of the prompts' fields, in the order of their numbers."""
        return {**data, "prompts": gathered(data, "prompts")}

    @validates_schema(skip_on_field_errors=False)
    def check_prompts(self, data: dict[str, Any], **_options: object) -> None:
        """Refuse an activity that asks nothing, or too much."""
        count = len(data.get("prompts", [None]))
        if not count:
            raise ValidationError(_("Ask at least one question."), "prompts")
        if count > MOST_PROMPTS:
            raise ValidationError(_("At most %(most)s questions.", most=MOST_PROMPTS), "prompts")

    @validates_schema(skip_on_field_errors=False)
    def check_choices(self, data: dict[str, Any], **_options: object) -> None:
        """Refuse too many competencies and a language that we do not have."""
        if len(data.get("competencies", [])) > MOST_COMPETENCIES:
            raise ValidationError(
                _("Choose at most %(most)s competencies.", most=MOST_COMPETENCIES), "competencies"
            )
        if data.get("locale") not in LOCALES:
            raise ValidationError(_("Choose one of these."), "locale")

    @validates_schema(skip_on_field_errors=False)
    def check_dates(self, data: dict[str, Any], **_options: object) -> None:
        """Refuse dates that are not in their order."""
        before = None
        for name in DATES:
            moment = data.get(name)
            if moment is not None and before is not None and moment <= before:
                raise ValidationError(_("This has to be after the date before it."), name)
            before = moment or before

    @validates_schema
    def check_weights(self, data: dict[str, Any], **_options: object) -> None:
        """Refuse weights that do not add up."""
        total = sum(data[f"weight_{name}"] for name in WEIGHTS)
        if total != 100:
            raise ValidationError(
                _("The four add up to %(total)s; they must make 100.", total=total),
                "weight_reflection",
            )

    @post_load
    def make(self, data: dict[str, Any], **_options: object) -> ActivityValues:
        """Return what was decided."""
        return ActivityValues(
            prompts=tuple(data["prompts"]),
            competency_ids=tuple(data["competencies"]),
            weights=Weights(**{name: data[f"weight_{name}"] for name in WEIGHTS}),
            dates=ActivityDates(**{name: data[name] for name in DATES}),
            **{name: data[name] for name in SAME},
        )
