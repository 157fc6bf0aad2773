"""The form in which an educator makes and changes an activity."""

from __future__ import annotations

from typing import Any

from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validates_schema,
)

from lti_tool.i18n import LOCALES
from lti_tool.i18n import gettext as _
from lti_tool.rules.chat_links import MOST_LINKS, MOST_WORDS, safe_url
from lti_tool.rules.completion import Weights
from lti_tool.rules.giving import AllocationPool
from lti_tool.rules.prompt_templates import DEFAULT_TEMPLATE, TEMPLATES, key_if_unmodified
from lti_tool.rules.rich_text import storable
from lti_tool.rules.template_prompts import BLANK
from lti_tool.rules.vocabulary import Anonymity, Audience, DepthRubric, ModerationMode
from lti_tool.schemas.competency_targets import levels_in
from lti_tool.schemas.criteria_files import CriteriaCarried
from lti_tool.schemas.fields import Choice, LocalMoment, Ticked, Whole, Words, gathered
from lti_tool.services.activities.prompts import PromptValues
from lti_tool.services.activities.values import ActivityDates, ActivityValues, LinkValues

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
    "allocation_pool",
    "reflection_moderation",
    "response_moderation",
    "grace_minutes",
    "anonymity",
    "takes_files",
    "tutor_confirms",
    "offers_credentials",
    "depth_rubric",
    "template",
    "event_at",
)
"""Fields that an ``ActivityValues`` has under the same name."""
WEIGHTS = ("reflection", "responses", "helpfulness", "next_step")


class PromptForm(Schema):
    """One prompt of the form; a template's prompt keeps its key only while it is unmodified.

    Its wording in another language is in ``text_fr`` and ``help_fr``, a competency that it speaks
    to in ``c_<id>``.
    """

    class Meta:
        """Fields of buttons and of languages stand beside those of the prompt."""

        unknown = EXCLUDE

    root = fields.UUID(load_default=None, allow_none=True)
    template_key = Words(most=80, load_default="")
    text = Words(most=500, required=True)
    help = Words(most=1000, load_default="")
    min_words = Whole(0, 5000, load_default=0)
    max_words = Whole(1, 5000, load_default=None)
    required = Ticked()
    audience = Choice(Audience, required=True)
    competencies = fields.List(fields.UUID(), load_default=list)
    translations = fields.Raw(load_default=dict)

    @pre_load
    def gather_parts(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Gather competencies, and the wording in other languages; one that is empty is none."""
        worded = {}
        for locale in LOCALES:
            texts = [str(data.get(f"{name}_{locale}", "")) for name in ("text", "help")]
            text, help_text = (storable(one).strip() for one in texts)
            if text or help_text:
                worded[locale] = {"text": text, "help": help_text}
        ticked = [name.removeprefix("c_") for name in data if name.startswith("c_")]
        apart = {"root": data.get("root") or None, "translations": worded}
        return {**data, **apart, "competencies": ticked}

    @validates_schema
    def check_languages(self, data: dict[str, Any], **_options: object) -> None:
        """Refuse help in a language without a question in it, and texts that are too long."""
        for locale, texts in data["translations"].items():
            if not texts["text"]:
                raise ValidationError(_("Please fill this in."), f"text_{locale}")
            for name, most in (("text", 500), ("help", 1000)):
                if len(texts[name]) > most:
                    message = _("At most %(most)s characters, please.", most=most)
                    raise ValidationError(message, f"{name}_{locale}")

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
        competencies = tuple(data.pop("competencies"))
        return PromptValues(**{**data, "template_key": key, "competency_ids": competencies})


class LinkForm(Schema):
    """A link that was shared in a live session."""

    class Meta:
        """As for prompts."""

        unknown = EXCLUDE

    url = Words(most=2000, required=True)
    words = Words(most=MOST_WORDS, load_default="")
    by = Whole(0, 9999, load_default=0)

    @validates_schema
    def check_address(self, data: dict[str, Any], **_options: object) -> None:
        """Refuse what is no address on the web, or leads into the meeting itself."""
        if data.get("url") and not safe_url(data["url"]):
            raise ValidationError(_("Not an address that can be shared."), "url")

    @post_load
    def make(self, data: dict[str, Any], **_options: object) -> LinkValues:
        """Return the link that was decided."""
        return LinkValues(safe_url(data["url"]), data["words"], data["by"] or 0)


class ActivityForm(Schema):
    """All of an activity; loads as ``ActivityValues``. Fields of prompts are ``prompts.0.text``."""

    title = Words(most=MAX_TITLE, required=True)
    description = Words(most=MAX_DESCRIPTION, load_default="")
    locale = fields.String(required=True)
    prompts = fields.List(fields.Nested(PromptForm), required=True)
    competencies = fields.List(fields.UUID(), load_default=list)
    target_levels = fields.Raw(load_default=dict)
    responses_required = Whole(0, 10, required=True)
    allocation_pool = Choice(AllocationPool, load_default=AllocationPool.CONTEXT)
    reflection_moderation = Choice(ModerationMode, required=True)
    response_moderation = Choice(ModerationMode, required=True)
    grace_minutes = Whole(0, 1440, required=True)
    closes_late = Ticked()
    starts_on_joining = Ticked()
    answer_within_days = Whole(1, 60, load_default=3)
    anonymity = Choice(Anonymity, load_default=Anonymity.OPEN)
    depth_rubric = Choice(DepthRubric, load_default=DepthRubric.NONE)
    takes_files = Ticked()
    tutor_confirms = Ticked()
    offers_credentials = Ticked()
    opens_at = LocalMoment()
    now_due_at = LocalMoment()
    new_due_at = LocalMoment()
    next_due_at = LocalMoment()
    weight_reflection = Whole(0, 100, required=True)
    weight_responses = Whole(0, 100, required=True)
    weight_helpfulness = Whole(0, 100, required=True)
    weight_next_step = Whole(0, 100, required=True)
    template = fields.String(load_default=DEFAULT_TEMPLATE)
    event_at = LocalMoment()
    links = fields.List(fields.Nested(LinkForm), load_default=list)
    criteria = CriteriaCarried(load_default=None)

    @pre_load
    def gather_lists(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Make lists of the fields of prompts and of links, in the order of their numbers."""
        lists: dict[str, Any] = {name: gathered(data, name) for name in ("prompts", "links")}
        lists["target_levels"] = levels_in(data)
        template = data.get("template")
        return {**data, **lists, "template": template if template in TEMPLATES else BLANK}

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
        """Refuse too many competencies or links and a language that we do not have."""
        if len(data.get("links", [])) > MOST_LINKS:
            raise ValidationError(_("At most %(most)s links.", most=MOST_LINKS), "links")
        if len(set(data.get("competencies", []))) > MOST_COMPETENCIES:
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
            target_levels=data["target_levels"],
            weights=Weights(**{name: data[f"weight_{name}"] for name in WEIGHTS}),
            dates=ActivityDates(**{name: data[name] for name in DATES}),
            accepts_late=not data["closes_late"],
            starts_on_joining=data["starts_on_joining"],
            answer_within_days=data["answer_within_days"] or 3,
            shared_links=tuple(data["links"]),
            criteria=data["criteria"],
            **{name: data[name] for name in SAME},
        )
