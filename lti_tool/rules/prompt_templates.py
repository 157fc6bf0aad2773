"""Templates of activities: which there are, and how their prompts read in each language.

Unmodified prompts of a template are shown in each reader's language. A prompt about feelings is
for its author and the tutor unless the educator decides otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool import i18n
from lti_tool.i18n import gettext as _
from lti_tool.rules.guidance import length_for
from lti_tool.rules.template_prompts import BLANK, PATTERNS, PromptPattern

DEFAULT_TEMPLATE = "now_new_next"


@dataclass(frozen=True, slots=True)
class Template:
    """A set of prompts to begin with; ``name`` and ``use`` are in the language in force."""

    key: str
    prompts: tuple[PromptPattern, ...]

    @property
    def name(self) -> str:
        """What it is called."""
        return _names()[self.key]

    @property
    def use(self) -> str:
        """What it is good for, in one line."""
        return _uses()[self.key]


@dataclass(frozen=True, slots=True)
class Wording:
    """A prompt as one reader sees it, and the language that it is in."""

    text: str
    help: str
    locale: str


TEMPLATES = {key: Template(key, patterns) for key, patterns in PATTERNS.items()}
"""By key, in the order in which they are offered."""


def find(key: str) -> PromptPattern | None:
    """Return the pattern with this ``key``, or None if no template has it."""
    patterns = (pattern for template in TEMPLATES.values() for pattern in template.prompts)
    return next((pattern for pattern in patterns if pattern.key == key), None)


def template_of(prompt_keys: list[str]) -> Template | None:
    """Return the template whose prompts these keys are, all of them in its order, if any."""
    for template in TEMPLATES.values():
        if prompt_keys and [pattern.key for pattern in template.prompts] == prompt_keys:
            return template
    return None


def wording(
    template_key: str,
    text: str,
    help_text: str,
    locale: str,
    translations: Mapping[str, Mapping[str, str]],
) -> Wording:
    """Return how the reader sees a prompt: in their language if it is there, else as written.

    ``text``, ``help_text`` and ``locale`` are what the educator wrote and in which language;
    ``translations`` the same by other languages, each with ``text`` and ``help``.
    """
    reader = i18n.current()
    pattern = find(template_key)
    if pattern is not None:
        return Wording(pattern.text(), pattern.help(), reader)
    own = translations.get(reader)
    if own and reader != locale:
        return Wording(own["text"], own.get("help", ""), reader)
    return Wording(text, help_text, locale)


def key_if_unmodified(template_key: str, text: str, help_text: str) -> str:
    """Return ``template_key`` if the wording is still the template's in any language, else ""."""
    pattern = find(template_key)
    if pattern is None:
        return ""
    for locale in i18n.LOCALES:
        with i18n.use(locale):
            if (text.strip(), help_text.strip()) == (pattern.text(), pattern.help()):
                return template_key
    return ""


def lengths(pattern: PromptPattern, locale: str) -> tuple[int, int | None]:
    """Return a pattern's least and most words; characters where ``locale`` counts those."""
    most = pattern.max_words and length_for(pattern.max_words, i18n.DEFAULT, locale)
    return length_for(pattern.min_words, i18n.DEFAULT, locale), most


def _names() -> dict[str, str]:
    return {
        DEFAULT_TEMPLATE: _("Now – New – Next"),
        "what": _("What? So what? Now what?"),
        "gibbs": _("Gibbs: the reflective cycle"),
        "kolb": _("Kolb: learning from experience"),
        "deal": _("DEAL: describe, examine, articulate learning"),
        "four_r": _("4R: report and respond, relate, reason, reconstruct"),
        BLANK: _("Blank"),
    }


def _uses() -> dict[str, str]:
    return {
        DEFAULT_TEMPLATE: _(
            "For a course, a webinar or a month of work: what you do, what you met, what changes."
        ),
        "what": _("Short: for one event or one lesson, in three steps."),
        "gibbs": _(
            "For one incident that stays with you: from what happened to what you would do."
        ),
        "kolb": _("For practice over several weeks: try, look back, understand, try again."),
        "deal": _("For placements and projects; goes well with competencies."),
        "four_r": _("For teaching and advising: each step goes deeper than the one before."),
        BLANK: _("Your own questions from the start."),
    }
