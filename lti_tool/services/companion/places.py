"""Where a competency of ours is in a Moodle: found by id numbers, remembered for a few minutes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.exports.moodle_csv import framework_number, numbered
from lti_tool.models.frameworks import Competency, CompetencyFramework
from lti_tool.remote.moodle_competencies import (
    Framework,
    MoodleCompetencies,
    MoodleCompetency,
)

REMEMBERED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A competency as Moodle may know it: id numbers to try, in their order."""

    framework_numbers: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A competency in Moodle with the names of its scale's items."""

    framework: Framework
    competency: MoodleCompetency
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """What Moodle lacks: ``moodle_framework_missing`` or ``moodle_competency_missing``."""

    reason: str
    number: str
    """The id number that was looked for first."""


@dataclass(slots=True)
class Memory:
    """Places and people that were found lately; ``dict`` is safe between threads."""

    places: dict[tuple[str, Wanted], tuple[datetime, Place]] = field(default_factory=dict)
    people: dict[tuple[str, int], datetime] = field(default_factory=dict)

    def place(self, root: str, wanted: Wanted) -> Place | None:
        """Return what is remembered of a competency of a site."""
        found = self.places.get((root, wanted))
        return found[1] if found and found[0] > clock.now() - REMEMBERED else None

    def knows(self, root: str, user_id: int) -> bool:
        """Return whether a person of a site was looked at lately."""
        found = self.people.get((root, user_id))
        return found is not None and found > clock.now() - REMEMBERED

    def forget(self, root: str, wanted: Wanted) -> None:
        """Look for a competency anew the next time."""
        self.places.pop((root, wanted), None)


def wanted_of(session: Session, competencies: list[Competency]) -> Mapping[uuid.UUID, Wanted]:
    """Return by which id numbers competencies are looked for; two selects per framework.

    First the numbers that our export for Moodle writes, then the plain code and the identifier,
    for a framework that the school made by hand.
    """
    found: dict[uuid.UUID, Wanted] = {}
    for framework_id in {one.framework_id for one in competencies}:
        framework = session.get_one(CompetencyFramework, framework_id)
        pairs = session.execute(
            select(Competency.identifier, Competency.code).where(
                Competency.framework_id == framework_id, Competency.retired_at.is_(None)
            )
        )
        numbers = numbered((identifier, code) for identifier, code in pairs)
        of_framework = _distinct(
            framework_number(framework.identifier, framework.extra or {}), framework.identifier
        )
        for one in competencies:
            if one.framework_id == framework_id:
                mine = _distinct(numbers.get(one.identifier, ""), one.code, one.identifier)
                found[one.id] = Wanted(of_framework, mine)
    return found


def find(moodle: MoodleCompetencies, wanted: Wanted, memory: Memory) -> Place | Missing:
    """Find a competency by its id numbers; raises PlatformError."""
    root = moodle.site.root
    known = memory.place(root, wanted)
    if known is not None:
        return known
    by_number = {one.id_number: one for one in moodle.frameworks()}
    framework = next((by_number[n] for n in wanted.framework_numbers if n in by_number), None)
    if framework is None:
        return Missing("moodle_framework_missing", wanted.framework_numbers[0])
    for number in wanted.numbers:
        competency = moodle.competency(framework, number)
        if competency is not None:
            place = Place(framework, competency, moodle.scale(competency.scale_id))
            memory.places[root, wanted] = (clock.now(), place)
            return place
    return Missing("moodle_competency_missing", wanted.numbers[0])


def _distinct(*numbers: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, numbers)))
