"""The guided response: its three parts, how long it has to be, how big anything may be."""

from __future__ import annotations

from collections.abc import Mapping

from lti_tool.rules.rich_text import count_words, counts_characters

RESPONSE_PARTS = ("resonates", "question", "suggestion")
"""What resonates; a question; a suggestion or resource. The field names of a response."""
REQUIRED_PARTS = ("resonates", "question")
RESPONSE_MIN_WORDS = 20
"""Words of the whole response."""
RESPONSE_MIN_CHARACTERS = 40
"""The same for Chinese and Japanese."""

MAX_ANSWER_LENGTH = 100_000
"""Characters of one answer's HTML in a reflection, whatever its script."""
MAX_RESPONSE_LENGTH = 20_000
"""The same of one part of a response, and of a reply."""
MAX_NOTE = 1_000
"""Characters of a need, an action or an opportunity."""


def response_minimum(locale: str) -> int:
    """Return how many words (or characters) a response has at least."""
    return RESPONSE_MIN_CHARACTERS if counts_characters(locale) else RESPONSE_MIN_WORDS


def response_length(parts: Mapping[str, str], locale: str) -> int:
    """Count the words (or characters) of all parts together."""
    return sum(count_words(parts.get(name, ""), locale) for name in RESPONSE_PARTS)


def length_for(length: int, written_for: str, reader: str) -> int:
    """Return a length that was set in the unit of one language in that of another.

    A character of Chinese or Japanese counts as half a word, as in the minima above.
    """
    if counts_characters(written_for) == counts_characters(reader):
        return length
    per_word = RESPONSE_MIN_CHARACTERS // RESPONSE_MIN_WORDS
    return length * per_word if counts_characters(reader) else length // per_word
