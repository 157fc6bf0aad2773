"""What an import would change: added, changed, retired. Looked at before, and told after."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, Table, select, union
from sqlalchemy.orm import Session

from lti_tool.models import Base
from lti_tool.models.frameworks import Competency, CompetencyFramework
from lti_tool.rules.frameworks import FrameworkDraft, ItemDraft, Texts, merged
from lti_tool.rules.licences import Verdict, judge
from lti_tool.rules.scales import scale_levels

MOST_SHOWN = 50
"""Competencies of each kind that a preview lists; the others are counted."""


class Known(NamedTuple):
    """What of a competency in the database an import compares."""

    id: uuid.UUID
    identifier: str
    parent_id: uuid.UUID | None
    position: int
    depth: int
    fingerprint: str
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One competency of a preview; ``was`` is its wording before, if that changes."""

    code: str
    statement: Texts
    was: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """How many competencies something happens to, and the first of them."""

    count: int = 0
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do, or has done.

    ``retired`` competencies are in use and stay where they are used; ``removed`` ones nobody uses.
    ``seen`` is the state of the framework that the plan was made for.
    """

    framework_id: uuid.UUID | None
    identifier: str
    title: Texts
    source: str
    licence: str
    verdict: Verdict
    levels: tuple[Texts, ...]
    levels_before: tuple[Texts, ...]
    total: int
    added: Changes
    changed: Changes
    returned: Changes
    retired: Changes
    removed: Changes
    quiet: int
    """Competencies of which only details change that are kept for exports and never shown."""
    same: int
    about: bool
    """Whether title, licence or another text about the whole framework changes."""
    warnings: tuple[str, ...]
    seen: str
    done_id: uuid.UUID | None = None
    """The framework, once the plan was carried out."""

    @property
    def is_new(self) -> bool:
        """Whether there is no such framework yet."""
        return self.framework_id is None

    @property
    def changes_levels(self) -> bool:
        """Whether the scale becomes another one."""
        return bool(self.levels_before) and self.levels != self.levels_before

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        kinds = (self.added, self.changed, self.returned, self.retired, self.removed)
        moves = self.quiet or any(kind.count for kind in kinds)
        return not (self.is_new or self.about or self.changes_levels or moves)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A draft beside what is in the database."""

    known: dict[str, Known]
    added: list[ItemDraft]
    changed: list[ItemDraft]
    quiet: list[ItemDraft]
    returned: list[ItemDraft]
    retired: list[Known]
    removed: list[Known]


def compared(
    session: Session, framework: CompetencyFramework | None, draft: FrameworkDraft
) -> Comparison:
    """Return what differs between a framework and a draft of it."""
    known = _known(session, framework)
    added = [item for item in draft.items if item.identifier not in known]
    changed: list[ItemDraft] = []
    quiet: list[ItemDraft] = []
    returned: list[ItemDraft] = []
    for item in draft.items:
        before = known.get(item.identifier)
        if before is not None and before.retired_at is not None:
            returned.append(item)
        elif before is not None and before.fingerprint != (
            now := merged(before.fingerprint, item.fingerprint)
        ):
            seen = before.fingerprint.partition(".")[0] == now.partition(".")[0]
            (quiet if seen else changed).append(item)
    told = {item.identifier for item in draft.items}
    missing = [row for row in known.values() if row.identifier not in told]
    kept = _kept(session, framework, missing) if framework and missing else set()
    return Comparison(
        known,
        added,
        changed,
        quiet,
        returned,
        [row for row in missing if row.id in kept and row.retired_at is None],
        [row for row in missing if row.id not in kept],
    )


def plan_of(
    session: Session,
    framework: CompetencyFramework | None,
    draft: FrameworkDraft,
    comparison: Comparison,
) -> ImportPlan:
    """Return what people are shown of a comparison."""
    wordings = _wordings(session, comparison)
    verdict = judge(
        draft.licence, draft.licence_url, *draft.title.values(), draft.creator, draft.uri
    )
    warnings = (*draft.warnings, *((verdict.warning,) if verdict.warning else ()))
    lists = (comparison.added, comparison.changed, comparison.returned, comparison.quiet)
    touched = sum(len(some) for some in lists)
    told = draft.levels or (() if framework else scale_levels(draft.scale))
    levels = tuple(level.label for level in told)
    before = tuple(level.label for level in framework.levels) if framework else ()
    return ImportPlan(
        framework.id if framework else None,
        draft.identifier,
        draft.title,
        draft.source,
        draft.licence,
        verdict,
        levels or before,
        before,
        len(draft.items),
        _drafted(comparison.added, wordings),
        _drafted(comparison.changed, wordings),
        _drafted(comparison.returned, wordings),
        _stored(comparison.retired, wordings),
        _stored(comparison.removed, wordings),
        len(comparison.quiet),
        len(draft.items) - touched,
        framework is not None and about_differs(framework, draft),
        warnings,
        seen_of(framework),
    )


def seen_of(framework: CompetencyFramework | None) -> str:
    """Return which state of a framework somebody looked at; empty if there is none yet."""
    if framework is None:
        return ""
    return (framework.updated_at or framework.created_at).isoformat()


ABOUT = (
    "title",
    "description",
    "uri",
    "creator",
    "version",
    "language",
    "licence",
    "licence_url",
    "source",
)
"""What a draft and a framework have under the same name."""


def about_differs(framework: CompetencyFramework, draft: FrameworkDraft) -> bool:
    """Return whether a text about the whole framework differs."""
    if list(draft.unofficial) != framework.unofficial:
        return True
    return any(getattr(framework, name) != getattr(draft, name) for name in ABOUT)


def _known(session: Session, framework: CompetencyFramework | None) -> dict[str, Known]:
    if framework is None:
        return {}
    columns = [getattr(Competency, name) for name in Known._fields]
    query = select(*columns).where(Competency.framework_id == framework.id)
    return {row.identifier: Known(*row) for row in session.execute(query)}


def _kept(session: Session, framework: CompetencyFramework, missing: list[Known]) -> set[uuid.UUID]:
    """Return the missing competencies that something refers to, and those above them."""
    used = set(session.scalars(union(*(_users(table, framework.id) for table in _user_tables()))))
    by_id = {row.id: row for row in missing}
    kept: set[uuid.UUID] = set()
    for row in missing:
        above: Known | None = row if row.id in used else None
        while above is not None and above.id not in kept:
            kept.add(above.id)
            above = by_id.get(above.parent_id) if above.parent_id else None
    return kept


def _user_tables() -> list[tuple[Table, str]]:
    """Return the columns of other tables that refer to competencies."""
    return [
        (table, column.name)
        for table in Base.metadata.sorted_tables
        if table.name != Competency.__tablename__
        for column in table.columns
        if any(key.column.table.name == Competency.__tablename__ for key in column.foreign_keys)
    ]


def _users(user: tuple[Table, str], framework_id: uuid.UUID) -> Select[uuid.UUID]:
    table, name = user
    return (
        select(table.c[name])
        .join(Competency, Competency.id == table.c[name])
        .where(Competency.framework_id == framework_id)
    )


def _wordings(session: Session, comparison: Comparison) -> Mapping[str, tuple[str, Texts]]:
    """Return code and statement, as they stand, of those that a preview lists."""
    drafted = [*comparison.changed[:MOST_SHOWN], *comparison.returned[:MOST_SHOWN]]
    listed = [comparison.known[item.identifier].id for item in drafted]
    listed += [row.id for row in comparison.retired[:MOST_SHOWN]]
    listed += [row.id for row in comparison.removed[:MOST_SHOWN]]
    query = select(Competency.identifier, Competency.code, Competency.statement)
    rows = session.execute(query.where(Competency.id.in_(listed))) if listed else ()
    return {identifier: (code, statement) for identifier, code, statement in rows}


def _drafted(items: list[ItemDraft], wordings: Mapping[str, tuple[str, Texts]]) -> Changes:
    def was(item: ItemDraft) -> Texts:
        before = wordings.get(item.identifier, ("", {}))[1]
        return before if before != item.statement else {}

    shown = items[:MOST_SHOWN]
    return Changes(len(items), tuple(Line(one.code, one.statement, was(one)) for one in shown))


def _stored(rows: Iterable[Known], wordings: Mapping[str, tuple[str, Texts]]) -> Changes:
    listed = list(rows)
    shown = [wordings[row.identifier] for row in listed[:MOST_SHOWN]]
    return Changes(len(listed), tuple(Line(code, statement) for code, statement in shown))
