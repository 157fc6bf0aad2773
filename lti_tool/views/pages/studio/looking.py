"""The questions as a learner will see them, while they are being written."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request
from werkzeug.datastructures import MultiDict

from lti_tool.rules.rich_text import counts_characters
from lti_tool.rules.vocabulary import Audience
from lti_tool.views.guards import allow, staff
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.pages.studio.prompt_fields import Fields, Form, in_language, take
from lti_tool.views.render import page


@dataclass(frozen=True, slots=True)
class Looked:
    """A question as it stands in the form; what is no number yet counts as none."""

    text: str
    help: str
    locale: str
    required: bool
    audience: str
    min_words: int
    max_words: int
    in_characters: bool


def looked(form: Form) -> list[Looked]:
    """Return the form's questions as a learner sees them in the activity's language."""
    locale = form.get("locale", "")
    rows = take(MultiDict(form), "prompts")
    return [_looked(in_language(row, locale), locale) for row in rows]


def _looked(row: Fields, locale: str) -> Looked:
    audience = row.get("audience", "")
    return Looked(
        row.get("text", "").strip(),
        row.get("help", "").strip(),
        locale,
        bool(row.get("required")),
        audience if audience in list(Audience) else Audience.COHORT.value,
        _whole(row.get("min_words", "")),
        _whole(row.get("max_words", "")),
        counts_characters(locale),
    )


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0


@bp.post("/studio/look")
@allow(*staff)
def look() -> str:
    """Return the piece of the page that shows them, for the script that follows the typing."""
    g.typed = request.form
    return page("studio/look.html", looked=looked(request.form))
