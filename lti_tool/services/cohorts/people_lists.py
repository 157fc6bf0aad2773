"""Who is meant by a pasted list of people: by e-mail address, LMS id or full name, line by line."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.cohorts import Cohort
from lti_tool.models.people import Membership, User
from lti_tool.rules.name_lists import Line, key


class Problem(StrEnum):
    """Why a line cannot be used."""

    UNREADABLE = "unreadable"
    """Characters did not arrive whole: the file is in an encoding that we do not read."""
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    """Several people of the course have this name."""
    TWICE = "twice"
    """Named on an earlier line, too."""
    STAFF = "staff"
    LEFT = "left"
    """No longer in the course."""
    ALONE = "alone"
    """One person, where two or more are needed."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the course."""

    user_id: uuid.UUID
    name: str
    is_staff: bool
    has_left: bool
    cohort_id: uuid.UUID | None
    cohort: str


@dataclass(frozen=True, slots=True)
class Meant:
    """A line of a list, and who is meant by it."""

    number: int
    text: str
    person: Known | None
    problem: Problem | None = None
    first_line: int = 0
    """Of somebody named twice: where first."""


class Directory:
    """The people of a course, to be found by what lists call them."""

    def __init__(self, session: Session, context_id: uuid.UUID) -> None:
        rows = session.execute(
            select(User, Membership, Cohort.name)
            .join(Membership, Membership.user_id == User.id)
            .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
            .where(Membership.context_id == context_id, User.erased_at.is_(None))
        )
        self._exact: dict[str, list[Known]] = defaultdict(list)
        self._named: dict[str, list[Known]] = defaultdict(list)
        for user, membership, cohort in rows:
            known = Known(
                user.id,
                user.display_name,
                membership.effective_role.moderates,
                membership.left_at is not None,
                membership.cohort_id,
                cohort or "",
            )
            for text in {key(user.email), key(user.sub)} - {""}:
                self._exact[text].append(known)
            for text in {key(user.name), key(user.chosen_name)} - {""}:
                self._named[text].append(known)

    def find(self, cells: tuple[str, ...]) -> list[Known]:
        """Return whom the cells of a line mean; several if it is not clear, none if nobody.

        An address or an LMS id in any cell counts before names; a name may be in two cells, either
        first. A cell that says nothing (a department, a date) does no harm beside one that does.
        """
        keys = [key(cell) for cell in cells]
        pairs = [*pairwise(keys)]
        joined = [" ".join(pair) for pair in pairs] + [" ".join(pair[::-1]) for pair in pairs]
        swapped = [" ".join(reversed(one.split(", ", 1))) for one in keys if ", " in one]
        for table, names in (
            (self._exact, keys),
            (self._named, keys),
            (self._named, [*swapped, *joined]),
        ):
            found = {known.user_id: known for name in names for known in table.get(name, ())}
            if found:
                return list(found.values())
        return []


def read_people(directory: Directory, lines: Iterable[Line]) -> list[Meant]:
    """Return whom each line means; what cannot be used says why."""
    seen: dict[uuid.UUID, int] = {}
    return [_meant(directory, line.number, line, seen) for line in lines]


def one_person(directory: Directory, line: Line, cell: str) -> Meant:
    """Return whom one cell of a line means."""
    return _meant(directory, line.number, Line(line.number, (cell,)), {})


def _meant(directory: Directory, number: int, line: Line, seen: dict[uuid.UUID, int]) -> Meant:
    text = ", ".join(line.cells)
    if not line.is_readable:
        return Meant(number, text, None, Problem.UNREADABLE)
    found = directory.find(line.cells)
    if len(found) != 1:
        return Meant(number, text, None, Problem.AMBIGUOUS if found else Problem.UNKNOWN)
    person = found[0]
    first = seen.setdefault(person.user_id, number)
    if first != number:
        return Meant(number, text, person, Problem.TWICE, first)
    if person.is_staff or person.has_left:
        return Meant(number, text, person, Problem.STAFF if person.is_staff else Problem.LEFT)
    return Meant(number, text, person)
