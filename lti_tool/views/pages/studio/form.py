"""The activity form between its pages: what it shows, and its buttons that only rearrange it."""

from __future__ import annotations

from typing import Any

from flask import g, request
from werkzeug.datastructures import MultiDict

from lti_tool import i18n
from lti_tool.rules.rich_text import clean, storable, to_text
from lti_tool.rules.vocabulary import Audience
from lti_tool.schemas.activities import (
    DATES,
    MAX_DESCRIPTION,
    MAX_TITLE,
    MOST_COMPETENCIES,
    MOST_PROMPTS,
    WEIGHTS,
)
from lti_tool.schemas.fields import local_text, numbers_in
from lti_tool.services.activities import ActivityValues
from lti_tool.services.prompts import PromptValues, template_prompts
from lti_tool.views.session import services, viewer

PROMPT_FIELDS = ("template_key", "text", "help", "min_words", "max_words", "required", "audience")
OURSELVES = "miroir"
"""What an LMS proposes as a title where the educator wrote none: the tool's own name."""
Form = MultiDict[str, str]


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
        "chosen": form.getlist("competencies"),
        "frameworks": services().frameworks.available(viewer()),
        "languages": [(locale, i18n.language_name(locale)) for locale in i18n.LOCALES],
        "zone": str(i18n.zone()),
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
            "reflection_moderation": values.reflection_moderation.value,
            "response_moderation": values.response_moderation.value,
            "grace_minutes": str(values.grace_minutes),
            "tutor_confirms": "1" if values.tutor_confirms else "",
        }
    )
    for name in DATES:
        form[name] = local_text(getattr(values.dates, name))
    for name in WEIGHTS:
        form[f"weight_{name}"] = str(getattr(values.weights, name))
    form.setlist("competencies", [str(item) for item in values.competency_ids])
    for number, prompt in enumerate(values.prompts):
        _put_prompt(form, number, _prompt_fields(prompt, values.locale))
    return form


def rearranged() -> Form | None:
    """Return the form that was sent, with a prompt added, removed or moved; None to save it.

    The buttons send ``do``: ``add``, ``remove.2``, ``up.2`` or ``down.2``.
    """
    act, _dot, number = request.form.get("do", "").partition(".")
    if act not in ("add", "remove", "up", "down"):
        return None
    form = Form(request.form)
    prompts = _take_prompts(form)
    places = {str(place): place for place in range(len(prompts))}
    place = places.get(number)
    if act == "add":
        prompts.append(_prompt_fields(PromptValues("", audience=Audience.COHORT), ""))
    elif place is not None and act == "remove":
        prompts.pop(place)
    elif place is not None:
        other = place + (1 if act == "down" else -1)
        if 0 <= other < len(prompts):
            prompts[place], prompts[other] = prompts[other], prompts[place]
    for position, fields in enumerate(prompts):
        _put_prompt(form, position, fields)
    return form


def _short(written: str, most: int) -> str:
    return " ".join(storable(written).split())[:most]


def _prompt_fields(prompt: PromptValues, locale: str) -> dict[str, str]:
    worded = prompt.worded(locale)
    return {
        "template_key": prompt.template_key,
        "text": worded.text,
        "help": worded.help,
        "min_words": str(prompt.min_words or ""),
        "max_words": str(prompt.max_words or ""),
        "required": "1" if prompt.required else "",
        "audience": prompt.audience.value,
    }


def _take_prompts(form: Form) -> list[dict[str, str]]:
    """Take the prompts out of the form, in their order."""
    return [
        {name: form.pop(f"prompts.{number}.{name}", "") for name in PROMPT_FIELDS}
        for number in numbers_in(form, "prompts")
    ]


def _put_prompt(form: Form, number: int, fields: dict[str, str]) -> None:
    for name, value in fields.items():
        form[f"prompts.{number}.{name}"] = value
