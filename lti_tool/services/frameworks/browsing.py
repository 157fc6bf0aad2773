"""Finding competencies: searching all frameworks, walking down trees, what was used lately."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, aliased, selectinload

from lti_tool import i18n
from lti_tool.errors import NotFound
from lti_tool.models import Database
from lti_tool.models.activities import Activity, ActivityCompetency
from lti_tool.models.frameworks import Competency, CompetencyFramework
from lti_tool.rules.frameworks import Texts, folded
from lti_tool.rules.viewer import Viewer
from lti_tool.services.frameworks.frameworks import has_children, open_to

WHOLE_TREE = 300
"""Competencies up to which a framework is shown at once; larger ones branch by branch."""
MOST_FOUND = 30
MOST_RECENT = 6
MOST_WORDS = 8
MOST_BELOW = 500


@dataclass(frozen=True, slots=True)
class Node:
    """One competency of a tree; ``below`` counts what is under it, ``children`` are shown."""

    id: uuid.UUID
    code: str
    statement: Texts
    description: Texts
    below: int
    children: tuple[Node, ...] = ()

    @property
    def is_group(self) -> bool:
        """Whether it only gathers others: those are rated, it is not."""
        return self.below > 0


@dataclass(frozen=True, slots=True)
class Card:
    """A framework in a list; ``is_ours`` if it was imported for this learning platform."""

    id: uuid.UUID
    title: Texts
    source: str
    language: str
    unofficial: tuple[str, ...]
    levels: tuple[Texts, ...]
    competencies: int
    is_ours: bool

    @property
    def is_own_translation(self) -> bool:
        """Whether the reader sees words that the publisher has not approved."""
        return i18n.current() in self.unofficial and i18n.current() in self.title


@dataclass(frozen=True, slots=True)
class Tree:
    """A framework, or a branch of it; ``way`` leads from the top to the branch."""

    card: Card
    description: Texts
    licence: str
    licence_url: str
    level_descriptions: tuple[Texts, ...]
    way: tuple[Node, ...]
    nodes: tuple[Node, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A competency outside its tree; ``above`` is what it stands under."""

    id: uuid.UUID
    framework_id: uuid.UUID
    code: str
    statement: Texts
    framework: Texts
    above: Texts
    is_retired: bool
    """Its publisher has dropped it since it was chosen; it can be taken out, not chosen anew."""


@dataclass(frozen=True, slots=True)
class FrameworkBrowsing:
    """Use cases of looking for competencies; a person sees those open to their platform."""

    db: Database

    def cards(self, viewer: Viewer) -> list[Card]:
        """Return all frameworks that a person may choose from."""
        with self.db.read() as session:
            return _cards(session, viewer)

    def tree(self, viewer: Viewer, framework_id: uuid.UUID, under: uuid.UUID | None = None) -> Tree:
        """Return a framework whole, or if it is large, the branch ``under``; raise NotFound."""
        with self.db.read() as session:
            card = next((one for one in _cards(session, viewer) if one.id == framework_id), None)
            if card is None:
                raise NotFound("framework")
            return _tree(session, card, under)

    def trees(self, viewer: Viewer) -> list[Tree]:
        """Return all frameworks; of large ones only the top, whose groups cannot be opened."""
        with self.db.read() as session:
            return [_tree(session, card) for card in _cards(session, viewer)]

    def search(self, viewer: Viewer, words: str) -> list[Found]:
        """Return the competencies that have all ``words`` in their code or text, in any language.

        Those whose code is just that come first.
        """
        wanted = folded(words).split()[:MOST_WORDS]
        if not wanted:
            return []
        exact = case((func.lower(Competency.code) == " ".join(wanted), 0), else_=1)
        query = _found(viewer).where(
            *(Competency.words.contains(word, autoescape=True) for word in wanted)
        )
        ordered = query.order_by(
            exact, CompetencyFramework.created_at, Competency.position, Competency.id
        )
        with self.db.read() as session:
            return [Found(*row) for row in session.execute(ordered.limit(MOST_FOUND))]

    def recent(self, viewer: Viewer) -> list[Found]:
        """Return the competencies that this educator has used last in their activities."""
        used = (
            select(
                ActivityCompetency.competency_id.label("id"),
                func.max(Activity.created_at).label("at"),
            )
            .join(Activity, Activity.id == ActivityCompetency.activity_id)
            .where(
                Activity.registration_id == viewer.registration_id,
                Activity.created_by_id == viewer.user_id,
            )
            .group_by(ActivityCompetency.competency_id)
            .subquery()
        )
        query = _found(viewer).join(used, used.c.id == Competency.id)
        with self.db.read() as session:
            rows = session.execute(
                query.order_by(used.c.at.desc(), Competency.position, Competency.id).limit(
                    MOST_RECENT
                )
            )
            return [Found(*row) for row in rows]

    def named(self, viewer: Viewer, ids: Sequence[uuid.UUID]) -> list[Found]:
        """Return these competencies, in the order of their framework, retired ones too."""
        query = _found(viewer, with_retired=True).where(Competency.id.in_(ids))
        with self.db.read() as session:
            return [
                Found(*row)
                for row in session.execute(query.order_by(Competency.position, Competency.id))
            ]


def _tree(session: Session, card: Card, under: uuid.UUID | None = None) -> Tree:
    framework = session.get_one(CompetencyFramework, card.id)
    is_whole = card.competencies <= WHOLE_TREE
    return Tree(
        card,
        framework.description,
        framework.licence,
        framework.licence_url,
        tuple(level.description for level in framework.levels),
        _way(session, card.id, under) if under and not is_whole else (),
        _whole(session, card.id) if is_whole else _below(session, card.id, under),
        is_whole,
    )


def _found(
    viewer: Viewer, with_retired: bool = False
) -> Select[uuid.UUID, uuid.UUID, str, dict[str, str], dict[str, str], dict[str, str], bool]:
    """Select what ``Found`` takes."""
    parent = aliased(Competency)
    query = (
        select(
            Competency.id,
            Competency.framework_id,
            Competency.code,
            Competency.statement,
            CompetencyFramework.title,
            func.coalesce(parent.statement, CompetencyFramework.title),
            Competency.retired_at.is_not(None),
        )
        .join(CompetencyFramework, CompetencyFramework.id == Competency.framework_id)
        .outerjoin(parent, parent.id == Competency.parent_id)
        .where(open_to(viewer), ~has_children())
    )
    return query if with_retired else query.where(Competency.retired_at.is_(None))


def _cards(session: Session, viewer: Viewer) -> list[Card]:
    counted = (
        select(Competency.framework_id, func.count().label("number"))
        .where(Competency.retired_at.is_(None))
        .group_by(Competency.framework_id)
        .subquery()
    )
    query = (
        select(CompetencyFramework, counted.c.number)
        .outerjoin(counted, counted.c.framework_id == CompetencyFramework.id)
        .where(open_to(viewer))
        .order_by(CompetencyFramework.created_at, CompetencyFramework.id)
        .options(selectinload(CompetencyFramework.levels))
    )
    return [
        Card(
            one.id,
            one.title,
            one.source,
            one.language,
            tuple(one.unofficial),
            tuple(level.label for level in one.levels),
            number or 0,
            one.registration_id is not None,
        )
        for one, number in session.execute(query)
    ]


Row = tuple[uuid.UUID, uuid.UUID | None, str, Mapping[str, str], Mapping[str, str]]


def _rows(session: Session, *conditions: ColumnElement[bool], most: int = WHOLE_TREE) -> list[Row]:
    query = (
        select(
            Competency.id,
            Competency.parent_id,
            Competency.code,
            Competency.statement,
            Competency.description,
        )
        .where(Competency.retired_at.is_(None), *conditions)
        .order_by(Competency.position, Competency.id)
        .limit(most)
    )
    return [
        (one, parent, code, statement, told)
        for one, parent, code, statement, told in session.execute(query)
    ]


def _whole(session: Session, framework_id: uuid.UUID) -> tuple[Node, ...]:
    """Return the nodes at the top, each with all below it."""
    below: dict[uuid.UUID | None, list[Row]] = {}
    for row in _rows(session, Competency.framework_id == framework_id):
        below.setdefault(row[1], []).append(row)

    def nodes(parent: uuid.UUID | None) -> tuple[Node, ...]:
        found = []
        for row in below.get(parent, []):
            children = nodes(row[0])
            found.append(Node(row[0], *row[2:], len(children), children))
        return tuple(found)

    return nodes(None)


def _below(session: Session, framework_id: uuid.UUID, under: uuid.UUID | None) -> tuple[Node, ...]:
    """Return the nodes right below one, or at the top, with the number of those below each."""
    place = Competency.parent_id == under if under else Competency.parent_id.is_(None)
    rows = _rows(session, Competency.framework_id == framework_id, place, most=MOST_BELOW)
    counts = dict(
        session.execute(
            select(Competency.parent_id, func.count())
            .where(
                Competency.parent_id.in_([row[0] for row in rows]), Competency.retired_at.is_(None)
            )
            .group_by(Competency.parent_id)
        ).all()
    )
    return tuple(Node(row[0], *row[2:], counts.get(row[0], 0)) for row in rows)


def _way(session: Session, framework_id: uuid.UUID, under: uuid.UUID) -> tuple[Node, ...]:
    """Return the competencies from the top down to ``under``; raise NotFound."""
    way: list[Node] = []
    above: uuid.UUID | None = under
    while above is not None:
        found = session.get(Competency, above)
        if found is None or found.framework_id != framework_id:
            raise NotFound("competency")
        way.append(Node(found.id, found.code, found.statement, found.description, 1))
        above = found.parent_id
    return tuple(reversed(way))
