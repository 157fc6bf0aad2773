"""Taking a passage out of what peers read, and marking it for its author and tutors.

A passage is words in one line, as they stand in the text; it is found across the text's structure
(bold, links, paragraphs), wherever it occurs, whatever the white space and the quotes around it.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable, Collection, Iterable

Write = Callable[[str, bool], str]
"""Writes a run of letters of a passage; the flag says whether it is the first of its place."""
_TOKEN = re.compile(r"<[^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|\w+);|[^<]", re.DOTALL)
_BLOCK = re.compile(r"</?(?:p|div|br|ul|ol|li|blockquote|h2|h3|h4|pre)\b", re.IGNORECASE)
_LINK = re.compile(r"</?a\b", re.IGNORECASE)
_BARE = "<a>"
SHORTEST = 2
"""Letters of a passage at least: a single one would blot out the whole text."""


def in_line(passage: str) -> str:
    """Return a passage in one line, as it is stored and looked for."""
    return " ".join(passage.split())


def finds(html: str, passage: str) -> bool:
    """Return whether the passage stands in a text (sanitised HTML)."""
    return bool(_places(_letters(html)[1], passage))


def hidden(html: str, passages: Iterable[str], instead: str) -> str:
    """Return the text with ``instead`` (plain words) in the place of each passage.

    A link in which a passage stands leads nowhere: its address may say the same.
    """
    note = f'<span class="redacted">{entities.escape(instead, quote=False)}</span>'
    return _rewritten(html, passages, lambda _kept, first: note if first else "", _BARE)


def marked(html: str, passages: Iterable[str], words: str) -> str:
    """Return the text with each passage struck out, and ``words`` for who does not see that."""
    told = f'<span class="visually-hidden">{entities.escape(words, quote=False)} </span>'

    def mark(kept: str, first: bool) -> str:
        return f'<del class="redacted">{told if first else ""}{kept}</del>'

    return _rewritten(html, passages, mark)


def _letters(html: str) -> tuple[list[str], list[tuple[str, int]]]:
    """Return the text's tokens, and its letters with the token that each stands in.

    A tag that begins a block counts as white space.
    """
    tokens = _TOKEN.findall(html)
    letters: list[tuple[str, int]] = []
    for number, token in enumerate(tokens):
        if _is_tag(token):
            if _BLOCK.match(token):
                letters.append((" ", number))
        else:
            letters += [(letter, number) for letter in entities.unescape(token)]
    return tokens, letters


def _places(letters: list[tuple[str, int]], passage: str) -> list[tuple[int, int]]:
    """Return first and last token of each place where the passage stands."""
    words = in_line(passage).split(" ")
    if sum(map(len, words)) < SHORTEST:
        return []
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words), re.IGNORECASE)
    text = "".join(letter for letter, _number in letters)
    return [(letters[m.start()][1], letters[m.end() - 1][1]) for m in pattern.finditer(text)]


def _rewritten(html: str, passages: Iterable[str], write: Write, link: str = "") -> str:
    """Rewrite every run of letters of the passages; the tags within stay.

    ``link`` takes the place of the tags that begin a link around a passage, if it is told.
    """
    tokens, letters = _letters(html)
    begins: dict[int, bool] = {}
    for passage in passages:
        for start, end in _places(letters, passage):
            for number in range(start, end + 1):
                begins[number] = begins.get(number, False) or number == start
    if link:
        around = _links_around(tokens, begins)
        tokens = [link if number in around else one for number, one in enumerate(tokens)]
    parts: list[str] = []
    run, is_first = "", False
    for number, token in enumerate(tokens):
        if number in begins and not _is_tag(token):
            is_first = begins[number] if not run else is_first
            run += token
            continue
        if run:
            parts.append(write(run, is_first))
            run = ""
        parts.append(token)
    return "".join([*parts, write(run, is_first) if run else ""])


def _links_around(tokens: list[str], out: Collection[int]) -> set[int]:
    """Return the tags that begin a link in which one of the tokens ``out`` stands."""
    found: set[int] = set()
    begin: int | None = None
    for number, token in enumerate(tokens):
        if _LINK.match(token):
            begin = None if token.startswith("</") else number
        elif number in out and begin is not None and not _is_tag(token):
            found.add(begin)
    return found


def _is_tag(token: str) -> bool:
    return token.startswith("<") and len(token) > 1
