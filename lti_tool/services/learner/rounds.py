"""Rounds of revision: what changed each time a text was handed in again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lti_tool.rules.differences import Paragraph, changed, counts, difference
from lti_tool.services.files.shown import Files, FileView

MOST = 3
"""Rounds that are compared, the last ones."""


@dataclass(frozen=True, slots=True)
class Text:
    """One answer of a version; ``key`` is the same in every version."""

    key: str
    label: str
    locale: str
    html: str


@dataclass(frozen=True, slots=True)
class PartChange:
    """How one answer changed."""

    label: str
    locale: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """One time that a text was handed in again; ``number`` is the version's, from 2 on."""

    number: int
    at: datetime
    before: datetime
    parts: tuple[PartChange, ...]
    """The answers that changed."""
    inserted: int
    deleted: int
    files_added: tuple[FileView, ...] = ()
    files_removed: tuple[FileView, ...] = ()


def rounds_of(
    versions: Sequence[Sequence[Text]], dates: Sequence[datetime], files: Sequence[Files] = ()
) -> tuple[Round, ...]:
    """Return the differences between each version and the one before it, the last first.

    ``files`` are those of each version, if it can have any.
    """
    numbers = range(len(versions) - 1, max(0, len(versions) - 1 - MOST), -1)
    rounds = (
        _round(number + 1, versions[number - 1], versions[number], dates[number - 1 : number + 1])
        for number in numbers
    )
    if not files:
        return tuple(rounds)
    return tuple(_with_files(one, files[one.number - 2], files[one.number - 1]) for one in rounds)


def _with_files(told: Round, before: Files, after: Files) -> Round:
    """Return a round with the files that came and went."""
    was, now = (
        {one.id: one for group in files.values() for one in group} for files in (before, after)
    )
    came = tuple(one for key, one in now.items() if key not in was)
    went = tuple(one for key, one in was.items() if key not in now)
    return replace(told, files_added=came, files_removed=went)


def _round(
    number: int, before: Sequence[Text], after: Sequence[Text], dates: Sequence[datetime]
) -> Round:
    was = {text.key: text for text in before}
    now = {text.key: text for text in after}
    parts, inserted, deleted = [], 0, 0
    for key in dict.fromkeys([*now, *was]):
        text = now.get(key) or was[key]
        old, new = (side[key].html if key in side else "" for side in (was, now))
        paragraphs = difference(old, new)
        if changed(paragraphs):
            parts.append(PartChange(text.label, text.locale, paragraphs))
            came, went = counts(paragraphs)
            inserted, deleted = inserted + came, deleted + went
    return Round(number, dates[1], dates[0], tuple(parts), inserted, deleted)
