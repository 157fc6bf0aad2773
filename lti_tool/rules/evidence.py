"""Evidence of a competency: pieces that a tutor can rest a confirmed level on, and what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

MOST_KEPT = 300
"""Characters of a text that are kept as its beginning."""


class PieceKind(StrEnum):
    """What a piece of evidence is."""

    RATING = "rating"
    ANSWER = "answer"
    RECEIVED = "received"
    GIVEN = "given"
    NEXT_STEP = "next_step"
    FOLLOW_UP = "follow_up"
    LINK = "link"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence beside one competency.

    ``key`` tells it from all others of the learner for ever: what is changed later has another.
    """

    kind: PieceKind
    key: str
    title: str = ""
    """What it is called: a question, the title of a link; empty where the kind says it all."""
    text: str = ""
    """Its beginning as plain text, never what others wrote."""
    url: str = ""
    """Where a link leads."""
    is_gone: bool = False
    """Whether it was there when it was ticked, and has been changed or taken away since."""

    def as_gone(self) -> Piece:
        """Return it as something that is there no more."""
        return replace(self, is_gone=True)


def beginning(text: str, most: int = MOST_KEPT) -> str:
    """Return the beginning of a plain text in one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[:most].rpartition(" ")[0] or line[:most]
    return f"{cut}…"


def kept(piece: Piece) -> dict[str, str]:
    """Return a piece as the history keeps it."""
    values = {"title": piece.title, "text": beginning(piece.text), "url": piece.url}
    told = {name: value for name, value in values.items() if value}
    return {"kind": piece.kind.value, "key": piece.key, **told}


def read(stored: Mapping[str, str]) -> Piece:
    """Return a piece that the history kept."""
    title, text, url = (stored.get(name, "") for name in ("title", "text", "url"))
    return Piece(PieceKind(stored["kind"]), stored["key"], title, text, url)
