"""Buttons of the activity form that only rearrange it: no script is needed, nothing is lost.

They send ``do``, with the number of a row and more behind dots: ``up.2``, ``word.0``, ``chat``.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import request
from werkzeug.datastructures import MultiDict

from lti_tool import i18n
from lti_tool.rules.chat_links import MOST_LINKS, read_chat
from lti_tool.rules.prompt_templates import TEMPLATES
from lti_tool.services.activities.prompts import PromptValues, template_prompts
from lti_tool.services.activities.values import LinkValues
from lti_tool.views.pages.studio.competency_picker import wants_search
from lti_tool.views.pages.studio.prompt_fields import (
    Fields,
    Form,
    in_language,
    is_untouched,
    link_fields,
    prompt_fields,
    put,
    take,
)

SAVING = ("", "save", "preview", "more")
"""Buttons that save: the first of them is what Enter presses, also in the field for searching."""
PLAIN = ("look", "connect", "language")
"""Buttons that only show the form again."""


def rearranged() -> tuple[Form, str] | None:
    """Return the form that was sent after what its button asked for, and the section to open.

    None if the button is not one of these.
    """
    act, _dot, number = request.form.get("do", "").partition(".")
    form: Form = MultiDict(request.form)
    if act == "template":
        return with_template(form), "questions"
    if act == "chat":
        return with_chat(form), "session"
    if act in LINK_ACTS:
        return _changed(form, "links", LINK_ACTS[act], number), "session"
    if act in PROMPT_ACTS:
        return _changed(form, "prompts", PROMPT_ACTS[act], number), "questions"
    if act == "find" or (act in SAVING and wants_search(form)):
        return _worded(form), "competencies"
    if act in PLAIN:
        return _worded(form), "" if act == "language" else "questions"
    if form.get("chat", "").strip():
        return with_chat(form), "session"  # looked at before it is saved
    return None


def chosen_template_differs() -> bool:
    """Return whether another template was chosen than that whose questions were shown."""
    return request.form.get("template") != request.form.get("template_shown", "")


def with_template(form: Form) -> Form:
    """Return the form with the questions of the chosen template; own ones stay, after them."""
    key = form.get("template", "")
    if key not in TEMPLATES:
        return form
    own = [row for row in take(form, "prompts") if not is_untouched(row)]
    begun = [prompt_fields(one, _locale(form)) for one in template_prompts(key, _locale(form))]
    put(form, "prompts", [row for row in begun if row["text"] or not own] + own)
    form["template_shown"] = key
    return form


def with_chat(form: Form) -> Form:
    """Return the form with the links of the pasted chat, and without the chat."""
    rows = take(form, "links")
    known = {row.get("url") for row in rows}
    first = 1 + max((int(row["by"]) for row in rows if row.get("by", "").isdecimal()), default=-1)
    rows += [
        link_fields(LinkValues(link.url, link.words, first + link.sharer))
        for link in read_chat(form.pop("chat", ""))
        if link.url not in known
    ]
    put(form, "links", rows[:MOST_LINKS])
    return form


def _changed(
    form: Form, name: str, act: Callable[[list[Fields], int, Form], None], number: str
) -> Form:
    """Return the form with a list changed by ``act``; a row that is not there changes nothing."""
    rows = take(form, name)
    place = int(number) if number.isdecimal() and len(number) < 4 else -1
    if number == "" or 0 <= place < len(rows):
        act(rows, place, form)
    put(form, name, rows)
    return form


def _locale(form: Form) -> str:
    locale = form.get("locale", "")
    return locale if locale in i18n.LOCALES else i18n.current()


def _worded(form: Form) -> Form:
    """Return the form with unmodified questions of templates in the activity's language."""
    put(form, "prompts", [in_language(row, _locale(form)) for row in take(form, "prompts")])
    return form


def _add(rows: list[Fields], _place: int, form: Form) -> None:
    rows.append(prompt_fields(PromptValues(""), _locale(form)))


def _add_link(rows: list[Fields], _place: int, _form: Form) -> None:
    rows.append(link_fields(LinkValues("")))


def _remove(rows: list[Fields], place: int, _form: Form) -> None:
    if place >= 0:
        rows.pop(place)


def _up(rows: list[Fields], place: int, _form: Form) -> None:
    if place > 0:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]


def _down(rows: list[Fields], place: int, _form: Form) -> None:
    if 0 <= place < len(rows) - 1:
        rows[place], rows[place + 1] = rows[place + 1], rows[place]


def _word(rows: list[Fields], place: int, _form: Form) -> None:
    """Open a question's fields in the language that was chosen beside the button."""
    tag = rows[place].pop("language", "") if place >= 0 else ""
    if tag in i18n.LOCALES:
        rows[place].setdefault(f"text_{tag}", "")
        rows[place].setdefault(f"help_{tag}", "")


Act = Callable[[list[Fields], int, Form], None]
PROMPT_ACTS: dict[str, Act] = {
    "add": _add,
    "remove": _remove,
    "up": _up,
    "down": _down,
    "word": _word,
}
LINK_ACTS: dict[str, Act] = {"link": _add_link, "unlink": _remove}
