"""Who is never given whose work: pairs that an educator sets, by hand or from a list."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select
from sqlalchemy.orm import Session, aliased

from lti_tool.errors import NotFound
from lti_tool.models import Database
from lti_tool.models.cohorts import Exclusion
from lti_tool.models.people import User
from lti_tool.rules.giving import ExclusionReason
from lti_tool.rules.name_lists import Line, lines_of
from lti_tool.rules.viewer import Viewer
from lti_tool.services.cohorts.cohorts import educators_context
from lti_tool.services.cohorts.people_lists import Directory, Meant, Problem, one_person
from lti_tool.services.locking import lock_context

MOST_SHOWN = 500
"""Pairs that the page lists."""
MOST_IN_LINE = 100
"""People on one line."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who are never given each other's work."""

    one_id: uuid.UUID
    one: str
    other_id: uuid.UUID
    other: str
    reason: ExclusionReason


@dataclass(frozen=True, slots=True)
class ExclusionsPage:
    """The pairs of a course, up to ``MOST_SHOWN`` of ``total``."""

    pairs: tuple[Pair, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Excluded:
    """What a list of exclusions did: nothing while a line has a problem."""

    problems: tuple[Meant, ...]
    made: int


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Use cases on the pairs of the viewer's course; educators only."""

    db: Database

    def page(self, viewer: Viewer) -> ExclusionsPage:
        """Return the pairs by name."""
        context_id = educators_context(viewer)
        one, other = aliased(User), aliased(User)
        # Of the two rows of a pair, the one that begins with the smaller id.
        once = and_(Exclusion.context_id == context_id, Exclusion.user_id < Exclusion.other_id)
        with self.db.read() as session:
            rows = session.execute(
                select(one, other, Exclusion.reason)
                .join(Exclusion, Exclusion.user_id == one.id)
                .join(other, other.id == Exclusion.other_id)
                .where(once)
                .order_by(func.lower(one.name), func.lower(other.name), one.id, other.id)
                .limit(MOST_SHOWN)
            )
            pairs = sorted((_pair(a, b, reason) for a, b, reason in rows), key=_by_name)
            total = session.scalar(select(func.count()).select_from(Exclusion).where(once)) or 0
            return ExclusionsPage(tuple(pairs), total)

    def add(self, viewer: Viewer, text: str, reason: ExclusionReason) -> Excluded:
        """Keep apart the people of each line, all of them from one another; or nothing at all.

        A pair that is there already stays as it is.
        """
        context_id = educators_context(viewer)
        with self.db.write() as session:
            lock_context(session, context_id)
            directory = Directory(session, context_id)
            problems, pairs = _read(directory, lines_of(text))
            if problems:
                return Excluded(tuple(problems), 0)
            found = session.execute(
                select(Exclusion.user_id, Exclusion.other_id).where(
                    Exclusion.context_id == context_id
                )
            )
            new = sorted(pairs - {(row[0], row[1]) for row in found})
            if new:
                common = {"context_id": context_id, "reason": reason}
                rows = [{**common, "user_id": one, "other_id": other} for one, other in new]
                session.execute(insert(Exclusion), rows)
            return Excluded((), len(new) // 2)

    def remove(self, viewer: Viewer, one_id: uuid.UUID, other_id: uuid.UUID) -> None:
        """Let two people be given each other's work again; raise NotFound."""
        with self.db.write() as session:
            here = Exclusion.context_id == educators_context(viewer)
            gone = session.execute(
                delete(Exclusion)
                .where(here, or_(_is(one_id, other_id), _is(other_id, one_id)))
                .returning(Exclusion.user_id)
            )
            if not gone.all():
                raise NotFound("exclusion")


def _pair(one: User, other: User, reason: ExclusionReason) -> Pair:
    """Return the two by name."""
    first, second = sorted((one, other), key=lambda user: (user.display_name, user.id))
    return Pair(first.id, first.display_name, second.id, second.display_name, reason)


def _by_name(pair: Pair) -> tuple[str, str]:
    return pair.one.casefold(), pair.other.casefold()


def _is(one_id: uuid.UUID, other_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Exclusion.user_id == one_id, Exclusion.other_id == other_id)


def _read(
    directory: Directory, lines: Iterable[Line]
) -> tuple[list[Meant], set[tuple[uuid.UUID, uuid.UUID]]]:
    """Return what cannot be used, and the pairs in both directions."""
    problems: list[Meant] = []
    pairs: set[tuple[uuid.UUID, uuid.UUID]] = set()
    for line in lines:
        read = [one_person(directory, line, cell) for cell in line.cells[:MOST_IN_LINE]]
        # Staff and who has left do no harm here: they are given nothing anyway.
        wrong = [one for one in read if one.person is None]
        people = {one.person.user_id for one in read if one.person is not None}
        if not wrong and len(people) < 2:
            wrong = [Meant(line.number, ", ".join(line.cells), None, Problem.ALONE)]
        problems += wrong
        pairs |= set(permutations(people, 2))
    return problems, pairs


def excluded_with(
    session: Session, context_id: uuid.UUID | None, user_id: uuid.UUID
) -> list[uuid.UUID]:
    """Return the people who are kept apart from somebody."""
    return list(
        session.scalars(
            select(Exclusion.other_id).where(
                Exclusion.context_id == context_id, Exclusion.user_id == user_id
            )
        )
    )
