"""What the tutor's list shows: its rows, its pages, and where a page ends."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from lti_tool.errors import NotFound
from lti_tool.rules.signals import Signal, SignalKind


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the list ends: kind, since when, and whose row it is."""

    kind: int
    at: datetime
    user_id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.kind}~{self.at.isoformat()}~{self.user_id.hex}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Read a place back from a URL; None if there is none, NotFound if it is nonsense."""
        if not text:
            return None
        try:
            kind, at, user_id = text.split("~")
            moment = datetime.fromisoformat(at)
            if moment.tzinfo is None:
                raise NotFound("page")
            return cls(int(kind), moment.astimezone(UTC), uuid.UUID(user_id))
        except (ValueError, OverflowError) as error:
            raise NotFound("page") from error


@dataclass(frozen=True, slots=True)
class TodayRow:
    """One learner on the list, with all the reasons, the most urgent first.

    ``place`` stands for them in addresses. ``reflection_id`` is what a tutor can answer or decide
    on, ``response_id`` the response with the ``words`` to look at.
    """

    place: uuid.UUID
    participation_id: uuid.UUID | None
    name: str
    signals: tuple[Signal, ...]
    last_seen_at: datetime | None
    reflection_id: uuid.UUID | None = None
    response_id: uuid.UUID | None = None
    words: tuple[str, ...] = ()

    @property
    def kinds(self) -> frozenset[SignalKind]:
        """The reasons without their moments."""
        return frozenset(signal.kind for signal in self.signals)


@dataclass(frozen=True, slots=True)
class TodayPage:
    """One page of the list; ``counts`` are of the most urgent reason of each learner."""

    rows: tuple[TodayRow, ...]
    following: Place | None
    counts: dict[SignalKind, int]
    to_decide: int
    """Works that wait for a tutor's decision: held, flagged or appealed against."""

    @property
    def total(self) -> int:
        """How many learners stand on the list."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for staff in an activity: texts to decide on, and learners on the list."""

    texts: int
    learners: int
