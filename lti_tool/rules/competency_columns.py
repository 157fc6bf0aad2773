"""Gradebook columns of competencies: what they are called, what they are out of, how found again.

A column stands for one competency in one activity. People read its name in a narrow heading among
many others, so that name says both, short, and no two of an activity are the same.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

MOST = 100
"""Characters of a name: the least that any platform takes (Open edX)."""
TAG_PREFIX = "case:"
LEAST_TITLE = 30
"""Characters that an activity's title keeps, however long the competency is."""
SEPARATOR = " – "
JOINERS = "\u200c\u200d\ufe0e\ufe0f"
"""Zero width (non-)joiner and variation selectors: they belong to the sign before them."""
MODIFIERS = range(0x1F3FB, 0x1F400)
"""Skin tones, which belong to the sign before them as well."""
FLAGS = range(0x1F1E6, 0x1F200)
"""Regional indicators: two of them are one flag."""


@dataclass(frozen=True, slots=True)
class Named:
    """A competency as the activity's educators read it."""

    code: str
    statement: str


def tag(identifier: str) -> str:
    """Return a column's AGS tag: the CASE identifier of its competency, at most 50 characters."""
    return f"{TAG_PREFIX}{identifier}"


def resource_id(activity_id: object) -> str:
    """Return our name for an activity in a gradebook (AGS ``resourceId``)."""
    return f"act:{activity_id}"


def maximum(levels: int) -> int:
    """Return what a column is out of: the highest level; 1 where there are two, no and yes."""
    return 1 if levels <= 2 else levels


def points(level: int, levels: int) -> int:
    """Return the points of a level (1 the lowest) on a scale of so many ``levels``.

    Of two levels the lower is 0 and the higher 1. A level above a scale that was shortened counts
    as its highest.
    """
    return max(0, level - 1 if levels == 2 else level) if level <= levels else maximum(levels)


def labels(title: str, competencies: Sequence[Named], most: int = MOST) -> list[str]:
    """Return the names of an activity's columns, in the order of its competencies, all different.

    Two that would read the same, for want of codes or room, get a number.
    """
    found: list[str] = []
    for one in competencies:
        name, number = label(title, one, most), 1
        while name in found:
            number += 1
            mark = f" ({number})"
            name = label(title, one, most - len(mark)) + mark
        found.append(name)
    return found


def label(title: str, competency: Named, most: int = MOST) -> str:
    """Return "activity – code statement" in at most ``most`` characters.

    The code stays whole, since it tells competencies apart; what is too long is cut between words
    where that costs little, and never within a sign that is made of several characters.
    """
    title = in_line(title)
    code, statement = in_line(competency.code), in_line(competency.statement).rstrip(".。")
    room = most - len(SEPARATOR)
    about = " ".join(part for part in (code, statement) if part)
    kept = min(len(title), max(LEAST_TITLE, room - len(about)))
    about = clipped(about, room - kept)
    return f"{clipped(title, room - len(about))}{SEPARATOR}{about}"


def in_line(text: str) -> str:
    """Return a text on one line, without signs that nobody sees.

    Directional marks go as well: cut in half they would turn the rest of a gradebook's heading.
    """
    kept = (
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign
        for sign in text
        if sign in JOINERS or unicodedata.category(sign) != "Cf"
    )
    return " ".join("".join(kept).split())


def clipped(text: str, most: int) -> str:
    """Return ``text``, or its beginning with an ellipsis, in at most ``most`` characters."""
    if len(text) <= most:
        return text
    end = max(0, most - 1)
    while end > 0 and _belongs_before(text, end):
        end -= 1
    space = text.rfind(" ", 0, end + 1)
    if space > 0 and end - space <= max(12, end // 4):
        end = space
    return f"{text[:end].rstrip(' –-,;:(')}…"


def _belongs_before(text: str, place: int) -> bool:
    """Tell whether a cut before ``place`` would go through a sign of several characters."""
    sign = text[place]
    if sign in JOINERS or unicodedata.combining(sign) or unicodedata.category(sign) == "Me":
        return True
    if ord(sign) in MODIFIERS or text[place - 1] == "\u200d":
        return True
    if ord(sign) not in FLAGS:
        return False
    before = place
    while before > 0 and ord(text[before - 1]) in FLAGS:
        before -= 1
    return (place - before) % 2 == 1
