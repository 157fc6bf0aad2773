"""Copied courses: which activity a new link continues, by what its first launch tells.

An LMS that copies a course makes new ids for the course and its links; what a link is told to send
us survives (custom parameters, its URL). Platforms may also tell the ids that the course and the
link had before: ``Context.id.history`` and ``ResourceLink.id.history`` (LTI Core 1.3, appendix C).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import unquote

from lti_tool.rules.rich_text import storable
from lti_tool.rules.vocabulary import CopySign

MOST_IDS = 50
"""Ids of a history that are looked at, the newest; courses are copied once or twice a year."""
MOST_CHARACTERS = 40_000
"""Characters of a history that are read: Canvas tells up to a thousand ids."""
MAX_ID = 255
TRUNCATED = "truncated"
"""What Canvas puts behind the last id of a history that it has cut."""


class Act(StrEnum):
    """What to do with a link that opens nothing yet."""

    OPEN = "open"
    COPY = "copy"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a new link opens: an activity as it is, a copy of its settings, or nothing yet."""

    act: Act
    activity_id: uuid.UUID | None = None
    sign: CopySign | None = None
    """How a copy's original was recognised."""


ASK = Decision(Act.ASK)


@dataclass(frozen=True, slots=True)
class NewLink:
    """What the first launch of a link tells; ids of courses and links are the platform's."""

    context_id: uuid.UUID
    """Ours, of the course that it stands in."""
    context: str
    title: str = ""
    named_id: uuid.UUID | None = None
    """The activity that the link was made for."""
    is_placed_anew: bool = False
    """Whether an educator placed this very link: no other link of the course came with it."""
    link_history: tuple[str, ...] = ()
    context_history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedActivity:
    """The activity that a link names, of the same registration."""

    id: uuid.UUID
    context_id: uuid.UUID | None
    """Empty while no link has opened it."""
    is_opened: bool
    """Whether another link opens it."""


@dataclass(frozen=True, slots=True)
class KnownLink:
    """A link of the same deployment that opens an activity."""

    lti_id: str
    context: str
    title: str
    activity_id: uuid.UUID
    named_id: uuid.UUID | None = None


def read_history(value: str) -> tuple[str, ...]:
    """Return the ids of a history, newest first: URL-encoded, separated by commas.

    A variable that the platform does not know comes as it is ("$…") and tells nothing; an id that
    cannot be one is passed over. Of long histories the newest ``MOST_IDS`` are read.
    """
    if value.lstrip().startswith("$"):
        return ()
    parts = value[:MOST_CHARACTERS].split(",", MOST_IDS)
    if len(parts) > MOST_IDS or len(value) > MOST_CHARACTERS:
        parts.pop()  # the rest in one piece, or an id cut in two
    ids = (unquote(part.strip()) for part in parts)
    return tuple(dict.fromkeys(one for one in ids if _is_id(one)))


def decide(new: NewLink, named: NamedActivity | None, links: Iterable[KnownLink]) -> Decision:
    """Return what a new link opens.

    ``links`` are those of the same deployment in its own course and in those that this one was
    copied from, and those that its own history names. The activity that a link names proves most;
    its nearest relative has the newest settings: a course copied each year still names the
    activity of the first.
    """
    if named is not None and _is_its_own(new, named):
        return Decision(Act.OPEN, named.id)
    known = list(links)
    ancestor = _ancestor(new, known)
    if ancestor is not None:
        return Decision(Act.COPY, ancestor.activity_id, CopySign.LINK_HISTORY)
    relative = _relative(new, known)
    if named is not None:
        original = relative.activity_id if relative else named.id
        return Decision(Act.COPY, original, CopySign.ACTIVITY_ID)
    found = relative.activity_id if relative else _namesake(new, known)
    return Decision(Act.COPY, found, CopySign.COURSE_HISTORY) if found else ASK


def was_over(dates: Sequence[datetime | None], copied_at: datetime) -> bool:
    """Return whether all the due dates that a copy brought along had passed when it was made."""
    told = [moment for moment in dates if moment is not None]
    return bool(told) and max(told) < copied_at


def awaits_check(
    dates: Sequence[datetime | None], copied_at: datetime | None, checked_at: datetime | None
) -> bool:
    """Return whether it is a copy whose dates were over already, and nobody has seen to it yet."""
    return copied_at is not None and checked_at is None and was_over(dates, copied_at)


def _is_id(text: str) -> bool:
    return 0 < len(text) <= MAX_ID and text != TRUNCATED and storable(text) == text


def _is_its_own(new: NewLink, named: NamedActivity) -> bool:
    """Tell a link that was placed for the activity from one that the LMS duplicated."""
    if named.context_id is None:
        return True
    return named.context_id == new.context_id and (new.is_placed_anew or not named.is_opened)


def _ancestor(new: NewLink, links: Sequence[KnownLink]) -> KnownLink | None:
    """Return the newest link that the link's own history names."""
    for lti_id in new.link_history:
        found = [link for link in links if link.lti_id == lti_id]
        if found:
            return min(found, key=lambda link: _distance(new, link))
    return None


def _relative(new: NewLink, links: Sequence[KnownLink]) -> KnownLink | None:
    """Return the link that was made for the same activity: of the same title, else the nearest."""
    same = [link for link in links if new.named_id is not None and link.named_id == new.named_id]
    near = [link for link in same if _distance(new, link) <= len(new.context_history)]
    if not near:
        return None
    return min(
        near,
        key=lambda link: (
            not _same_title(new, link),
            _distance(new, link),
            link.activity_id != new.named_id,
        ),
    )


def _namesake(new: NewLink, links: Sequence[KnownLink]) -> uuid.UUID | None:
    """Return what the one link of this title opened in the nearest course that has any such."""
    for context in new.context_history:
        there = [link for link in links if link.context == context and _same_title(new, link)]
        if there and context != new.context:
            opened = {link.activity_id for link in there}
            return opened.pop() if len(opened) == 1 else None
    return None


def _distance(new: NewLink, link: KnownLink) -> int:
    """Return how many copies lie between two courses; more than there are if we cannot tell."""
    if link.context == new.context:
        return 0
    if link.context in new.context_history:
        return new.context_history.index(link.context) + 1
    return len(new.context_history) + 1


def _same_title(new: NewLink, link: KnownLink) -> bool:
    title = _plain(new.title)
    return bool(title) and title == _plain(link.title)


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()
