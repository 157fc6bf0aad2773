"""The prompts that an activity starts from; unmodified ones are shown in each reader's language.

The default template is the product's own Now–New–Next; its three stages correspond to What, So
what and Now what. A prompt about feelings is for its author and the tutor unless the educator
decides otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lti_tool import i18n
from lti_tool.i18n import gettext as _
from lti_tool.rules.vocabulary import Audience, Phase

DEFAULT_TEMPLATE = "now_new_next"


@dataclass(frozen=True, slots=True)
class PromptPattern:
    """A prompt of a template; ``text`` and ``help`` give its wording in the language in force."""

    key: str
    text: Callable[[], str]
    help: Callable[[], str]
    min_words: int = 0
    max_words: int | None = None
    required: bool = True
    audience: Audience = Audience.COHORT
    phase: Phase = Phase.NOW


@dataclass(frozen=True, slots=True)
class Wording:
    """A prompt as one reader sees it, and the language that it is in."""

    text: str
    help: str
    locale: str


TEMPLATES: dict[str, tuple[PromptPattern, ...]] = {
    DEFAULT_TEMPLATE: (
        PromptPattern(
            key="now_new_next.practice",
            text=lambda: _("Now: what do you do today?"),
            help=lambda: _(
                "Choose one real situation from your work. What did you do, and why in that way?"
                " Leave out the names of users and colleagues."
            ),
            min_words=40,
        ),
        PromptPattern(
            key="now_new_next.encounter",
            text=lambda: _("New: what have you met that confirms it, shakes it or adds to it?"),
            help=lambda: _(
                "A course, something you read, a colleague's way of working. Whom did it come"
                " from, and how does it differ from what you do?"
            ),
            min_words=40,
        ),
        PromptPattern(
            key="now_new_next.feelings",
            text=lambda: _("How does that make you feel?"),
            help=lambda: _("What encourages you, what worries you, what you would rather not try."),
            required=False,
            audience=Audience.TUTOR,
        ),
        PromptPattern(
            key="now_new_next.change",
            text=lambda: _("Next: what would you like to do differently?"),
            help=lambda: _(
                "Say what stands in the way, and what you would like your peers to think about"
                " with you."
            ),
            min_words=25,
        ),
    ),
}


def find(key: str) -> PromptPattern | None:
    """Return the pattern with this ``key``, or None if no template has it."""
    patterns = (pattern for template in TEMPLATES.values() for pattern in template)
    return next((pattern for pattern in patterns if pattern.key == key), None)


def wording(template_key: str, text: str, help_text: str, locale: str) -> Wording:
    """Return how the reader sees a prompt: the template's words in their language, else as written.

    ``text``, ``help_text`` and ``locale`` are what the educator wrote and in which language.
    """
    pattern = find(template_key)
    if pattern is None:
        return Wording(text, help_text, locale)
    return Wording(pattern.text(), pattern.help(), i18n.current())


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
