"""The lists inside the activity form, its questions and its links, as a browser sends them."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from lti_tool import i18n
from lti_tool.rules.prompt_templates import find, key_if_unmodified
from lti_tool.schemas.fields import numbers_in
from lti_tool.services.activities.prompts import PromptValues
from lti_tool.services.activities.values import LinkValues

Form = MultiDict[str, str]
Fields = dict[str, str]


def prompt_fields(prompt: PromptValues, locale: str) -> Fields:
    """Return one prompt as fields, worded in the activity's language."""
    worded = prompt.written(locale)
    fields = {
        "root": str(prompt.root or ""),
        "template_key": prompt.template_key,
        "text": worded.text,
        "help": worded.help,
        "min_words": str(prompt.min_words or ""),
        "max_words": str(prompt.max_words or ""),
        "required": "1" if prompt.required else "",
        "audience": prompt.audience.value,
    }
    for tag, texts in prompt.translations.items():
        fields |= {f"text_{tag}": texts["text"], f"help_{tag}": texts.get("help", "")}
    return fields | {f"c_{item.hex}": "1" for item in prompt.competency_ids}


def link_fields(link: LinkValues) -> Fields:
    """Return one shared link as fields."""
    return {"url": link.url, "words": link.words, "by": str(link.by)}


def take(form: Form, name: str) -> list[Fields]:
    """Take the rows of a list out of the form, in their order."""
    rows = []
    for number in numbers_in(form, name):
        start = f"{name}.{number}."
        keys = [key for key in form if key.startswith(start)]
        rows.append({key.removeprefix(start): form.pop(key) for key in keys})
    return rows


def put(form: Form, name: str, rows: list[Fields]) -> None:
    """Put the rows of a list into the form."""
    for number, row in enumerate(rows):
        for key, value in row.items():
            form[f"{name}.{number}.{key}"] = value


def is_untouched(row: Fields) -> bool:
    """Return whether a question is a template's, in its words, or has none yet."""
    text, help_text = row.get("text", ""), row.get("help", "")
    if not text.strip() and not help_text.strip():
        return True
    return bool(key_if_unmodified(row.get("template_key", ""), text, help_text))


def in_language(row: Fields, locale: str) -> Fields:
    """Return a question with a template's own words in the activity's language."""
    pattern = find(row.get("template_key", ""))
    if pattern is None or not is_untouched(row) or locale not in i18n.LOCALES:
        return row
    with i18n.use(locale):
        return {**row, "text": pattern.text(), "help": pattern.help()}
