"""What differs between two wordings, word by word: shown before a typing error is put right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_PARTS = re.compile(r"\s+|[^\W\d_]+|\d+|.", re.UNICODE)


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text that was kept, removed or added."""

    change: Change
    text: str


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Return both wordings as one: what stayed, what went, what came, in reading order."""
    old, new = _PARTS.findall(before), _PARTS.findall(after)
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece(Change.SAME, "".join(old[a:b])))
            continue
        found += [
            Piece(change, text)
            for change, text in (
                (Change.REMOVED, "".join(old[a:b])),
                (Change.ADDED, "".join(new[c:d])),
            )
            if text
        ]
    return tuple(found)
