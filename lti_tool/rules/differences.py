"""What changed between two versions of a text: words that were inserted, words that went.

Compared by paragraphs first, then by words within those that changed, so that a long text costs
little and a moved word does not paint a whole page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from lti_tool.rules.rich_text import to_text

_WORD = re.compile(
    # Scripts that write without spaces are compared letter by letter.
    r"(?:[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
    r"|[^\W_\u3040-\u30ff\u3400-\u9fff]+(?:['’\-][^\W_]+)*|\S)\s*"
)
_BREAK = re.compile(r"\n\n+")
LONG = 2_000
"""Tokens of a changed stretch; beyond, it is shown as taken out and put in as a whole."""
MUCH = 0.2
"""Two stretches that have less than this in common are shown one after the other."""


class Change(StrEnum):
    """What became of a run of words."""

    SAME = "same"
    INSERTED = "inserted"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Run:
    """Words that share a fate; plain text."""

    change: Change
    text: str


Paragraph = tuple[Run, ...]


def difference(before: str, after: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of both versions (sanitised HTML) as one text of runs."""
    old, new = _paragraphs(before), _paragraphs(after)
    found: list[Paragraph] = []
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            found += [(Run(Change.SAME, text),) for text in new[b0:b1]]
        else:
            found += _changed(old[a0:a1], new[b0:b1])
    return tuple(found)


def changed(paragraphs: tuple[Paragraph, ...]) -> bool:
    """Return whether anything differs at all."""
    return any(run.change is not Change.SAME for paragraph in paragraphs for run in paragraph)


def counts(paragraphs: tuple[Paragraph, ...]) -> tuple[int, int]:
    """Return how many words were inserted and how many deleted."""
    found = {Change.INSERTED: 0, Change.DELETED: 0}
    for paragraph in paragraphs:
        for run in paragraph:
            if run.change in found:
                words = _WORD.findall(run.text)
                found[run.change] += sum(word[0].isalnum() for word in words)
    return found[Change.INSERTED], found[Change.DELETED]


def _paragraphs(html: str) -> list[str]:
    return [part for part in _BREAK.split(to_text(html)) if part]


def _changed(old: list[str], new: list[str]) -> Iterator[Paragraph]:
    """Pair changed paragraphs in their order; those that are left over came or went whole."""
    for was, now in zip(old, new, strict=False):
        yield from _words(was, now)
    for was in old[len(new) :]:
        yield (Run(Change.DELETED, was),)
    for now in new[len(old) :]:
        yield (Run(Change.INSERTED, now),)


def _words(was: str, now: str) -> Iterator[Paragraph]:
    old, new = _WORD.findall(was), _WORD.findall(now)
    # Long stretches leave words that come again and again aside (autojunk): else they cost minutes.
    matcher = SequenceMatcher(None, [*map(str.strip, old)], [*map(str.strip, new)])
    too_long = max(len(old), len(new)) > LONG
    if too_long or matcher.quick_ratio() < MUCH or matcher.ratio() < MUCH:
        yield (Run(Change.DELETED, was),)
        yield (Run(Change.INSERTED, now),)
        return
    runs: list[Run] = []
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag == "equal":
            both = zip(old[a0:a1], new[b0:b1], strict=True)
            runs.append(Run(Change.SAME, "".join(max(pair, key=len) for pair in both)))
            continue
        if a1 > a0:
            runs.append(Run(Change.DELETED, "".join(old[a0:a1])))
        if b1 > b0:
            runs.append(Run(Change.INSERTED, "".join(new[b0:b1])))
    yield tuple(runs)
