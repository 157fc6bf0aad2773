"""Words in a response at which a tutor may want to look.

A short list per language, of words that hurt when said to a colleague. It only points: nothing is
held, hidden or counted because of it, and no learner is told. All lists are looked through, since
people quote and mix languages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from lti_tool.rules.rich_text import to_text

WORDS = {
    "en": (
        *("stupid", "idiot", "idiots", "idiotic", "moron", "dumb", "pathetic", "worthless"),
        *("ridiculous", "garbage", "rubbish", "incompetent", "lazy", "loser", "disgusting"),
        *("shut up", "hate you", "shame on you", "waste of time"),
    ),
    "fr": (
        *("stupide", "stupides", "idiot", "idiote", "débile", "imbécile", "crétin", "crétine"),
        *("pathétique", "ridicule", "incompétent", "incompétente", "paresseux", "paresseuse"),
        *("lamentable", "dégoûtant", "ta gueule", "ferme-la", "honte à vous", "perte de temps"),
    ),
    "ar": (
        *("غبي", "غبية", "أغبياء", "أحمق", "حمقاء", "تافه", "تافهة", "سخيف", "سخيفة"),
        *("فاشل", "فاشلة", "كسول", "كسولة", "مقرف", "اخرس", "عار عليك", "مضيعة للوقت"),
    ),
}
_MARKS = re.compile("[\u0640\u064b-\u0652]")
"""Arabic lengthening and vowel signs, which people may or may not write."""


def found_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the listed words that ``texts`` (sanitised HTML) contain, in the lists' order."""
    plain = _folded(" ".join(to_text(html) for html in texts))
    return tuple(dict.fromkeys(word for word, pattern in _PATTERNS if pattern.search(plain)))


def _folded(text: str) -> str:
    """Return ``text`` so that case, vowel signs and typographic apostrophes make no difference."""
    return _MARKS.sub("", unicodedata.normalize("NFC", text).casefold().replace("’", "'"))


_PATTERNS = [
    (word, re.compile(rf"(?<!\w){re.escape(_folded(word))}(?!\w)"))
    for words in WORDS.values()
    for word in words
]
