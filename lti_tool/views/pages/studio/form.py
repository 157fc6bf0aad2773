"""The activity form between its pages: what it shows, and its buttons that only rearrange it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g

from lti_tool import i18n
from lti_tool.rules.chat_links import sharer_name
from lti_tool.rules.prompt_templates import TEMPLATES, Template, template_of
from lti_tool.rules.rich_text import clean, counts_characters, storable, to_text
from lti_tool.schemas import criteria_files
from lti_tool.schemas.activities import (
    DATES,
    MAX_DESCRIPTION,
    MAX_TITLE,
    MOST_COMPETENCIES,
    MOST_PROMPTS,
    WEIGHTS,
)
from lti_tool.schemas.competency_targets import target_field
from lti_tool.schemas.fields import local_text, numbers_in
from lti_tool.services.activities.prompts import template_prompts
from lti_tool.services.activities.values import ActivityValues
from lti_tool.views.pages.studio.competency_picker import picker
from lti_tool.views.pages.studio.looking import looked
from lti_tool.views.pages.studio.prompt_fields import Form, link_fields, prompt_fields, put
from lti_tool.views.session import services, viewer

OURSELVES = "miroir"
"""What an LMS proposes as a title where the educator wrote none: the tool's own name."""


def new_activity(title: str = "", text: str = "") -> ActivityValues:
    """Return the form's start: Now–New–Next in the reader's language, everything decided.

    ``title`` and ``text`` are what the LMS proposes; its editor may have written HTML.
    """
    return ActivityValues(
        title="" if title.strip().casefold() == OURSELVES else _short(title, MAX_TITLE),
        description=_short(to_text(clean(text)), MAX_DESCRIPTION),
        locale=i18n.current(),
        prompts=template_prompts(),
    )


def context(values: ActivityValues) -> dict[str, Any]:
    """Return what the form's template needs: what was typed if there is any, else ``values``."""
    form: Form = g.get("typed") or as_form(values)
    return {
        "form": form,
        "prompt_numbers": numbers_in(form, "prompts"),
        "link_numbers": numbers_in(form, "links"),
        **picker(form),
        "templates": list(TEMPLATES.values()),
        "template_used": _template_used(form),
        "in_characters": counts_characters(form.get("locale", "")),
        "looked": looked(form),
        "pseudonym_of": _pseudonym_of(form),
        "languages": [(locale, i18n.language_name(locale)) for locale in i18n.LOCALES],
        "zone": str(i18n.zone()),
        "file_limits": services().attachments.limits,
        "learners": services().masks.learners(viewer()),
        "most_competencies": MOST_COMPETENCIES,
        "most_prompts": MOST_PROMPTS,
    }


def as_form(values: ActivityValues) -> Form:
    """Return ``values`` as a browser would send them."""
    form = Form(
        {
            "title": values.title,
            "description": values.description,
            "locale": values.locale,
            "responses_required": str(values.responses_required),
            "allocation_pool": values.allocation_pool.value,
            "reflection_moderation": values.reflection_moderation.value,
            "response_moderation": values.response_moderation.value,
            "grace_minutes": str(values.grace_minutes),
            "closes_late": "" if values.accepts_late else "1",
            "starts_on_joining": "1" if values.starts_on_joining else "",
            "answer_within_days": str(values.answer_within_days),
            "anonymity": values.anonymity.value,
            "depth_rubric": values.depth_rubric.value,
            "takes_files": "1" if values.takes_files else "",
            "tutor_confirms": "1" if values.tutor_confirms else "",
            "offers_credentials": "1" if values.offers_credentials else "",
        }
    )
    for name in DATES:
        form[name] = local_text(getattr(values.dates, name))
    for name in WEIGHTS:
        form[f"weight_{name}"] = str(getattr(values.weights, name))
    form.setlist("competencies", [str(item) for item in values.competency_ids])
    for competency_id, level in (values.target_levels or {}).items():
        form[target_field(competency_id)] = str(level)
    form["template"] = form["template_shown"] = values.template
    form["event_at"] = local_text(values.event_at)
    form["criteria"] = criteria_files.carried(values.criteria)
    put(form, "prompts", [prompt_fields(prompt, values.locale) for prompt in values.prompts])
    put(form, "links", [link_fields(link) for link in values.shared_links])
    return form


def _template_used(form: Form) -> Template | None:
    """Return the template whose questions the form shows, none of them changed."""
    rows = [
        form.get(f"prompts.{number}.template_key", "") for number in numbers_in(form, "prompts")
    ]
    return template_of(rows)


def _pseudonym_of(form: Form) -> Callable[[str], str]:
    """Return a function from the number of who shared a link to their pseudonym."""
    locale = form.get("locale", "")
    return lambda by: sharer_name(int(by) if by.isdecimal() else 0, locale)


def _short(written: str, most: int) -> str:
    return " ".join(storable(written).split())[:most]
