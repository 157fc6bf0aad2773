"""Two invented peers for rehearsals: what they write is long enough for any question."""

from __future__ import annotations

from lti_tool.i18n import gettext as _
from lti_tool.rules.rich_text import count_words, counts_characters

PEERS = 2


def names() -> tuple[str, str]:
    """Return the peers' names in the language in force."""
    return _("Noor (invented)"), _("Sam (invented)")


def answer(peer: int, question: int, least: int, most: int | None, locale: str) -> str:
    """Return a peer's answer to a question as plain text in the language in force.

    ``least`` and ``most`` are in words, or in characters where ``locale`` counts those.
    """
    voices = (
        (
            _("At the desk I listen first and then ask what the person has tried already."),
            _("Last week that took two minutes and saved an hour of searching at random."),
            _("I am not sure that it works when three people wait behind them."),
        ),
        (
            _("I prepare my courses from the questions that were asked the month before."),
            _("A colleague does it the other way round and lets people bring their own cases."),
            _("I would like to try that once, with a small group and a plan for when it fails."),
        ),
    )
    sentences = voices[peer % PEERS]
    parts = [sentences[question % len(sentences)]]
    while count_words(" ".join(parts), locale) < least:
        parts.append(sentences[(question + len(parts)) % len(sentences)])
    return _cut(" ".join(parts), most, locale)


def response() -> dict[str, str]:
    """Return a peer's response, part by part, as plain text in the language in force."""
    return {
        "resonates": _(
            "I recognise what you say about having too little time, and I had not thought of"
            " looking at it from the other side."
        ),
        "question": _(
            "What happened the first time that you tried it, and who noticed before you did?"
        ),
        "suggestion": _("It helped me to write down one sentence right after each conversation."),
    }


def _cut(text: str, most: int | None, locale: str) -> str:
    if most is None or count_words(text, locale) <= most:
        return text
    if counts_characters(locale):
        return text[:most]
    return " ".join(text.split()[:most])
