"""Writing a draft of a framework into the database, in place and in pieces."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.activities import ActivityCompetency
from lti_tool.models.frameworks import (
    Competency,
    CompetencyFramework,
    CompetencyLevel,
    CompetencyLink,
)
from lti_tool.rules.frameworks import FrameworkDraft, ItemDraft, LevelDraft, merged, unpacked
from lti_tool.rules.scales import scale_levels
from lti_tool.services.frameworks.plans import ABOUT, Comparison

PIECE = 500
"""Rows that are written at once."""
Progress = Callable[[int, int], None]
"""Is told how many of how many competencies are done."""
T = TypeVar("T")


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


def write_about(framework: CompetencyFramework, draft: FrameworkDraft) -> None:
    """Write the texts about the whole framework."""
    for name in ABOUT:
        setattr(framework, name, getattr(draft, name))
    framework.unofficial = list(draft.unofficial)
    if draft.extra:
        framework.extra = {**(framework.extra or {}), **draft.extra}


def write_levels(session: Session, framework: CompetencyFramework, draft: FrameworkDraft) -> None:
    """Write the scale; without one in the draft, that of the framework stays."""
    levels = draft.levels or (() if framework.levels else scale_levels(draft.scale))
    if not levels:
        return
    framework.scale = draft.scale
    known = {level.position: level for level in framework.levels}
    for position, told in enumerate(levels, start=1):
        level = known.pop(position, None)
        if level is None:
            level = CompetencyLevel(framework_id=framework.id, position=position)
            session.add(level)
        _set_level(level, told)
    for level in known.values():
        session.delete(level)
    session.flush()
    session.expire(framework, ["levels"])
    _forget_suggestions(session, framework, len(levels))


def _forget_suggestions(session: Session, framework: CompetencyFramework, highest: int) -> None:
    """Take back what educators suggested to aim at where the scale does not go so far any more."""
    ours = select(Competency.id).where(Competency.framework_id == framework.id)
    session.execute(
        update(ActivityCompetency)
        .where(
            ActivityCompetency.competency_id.in_(ours), ActivityCompetency.target_level > highest
        )
        .values(target_level=None)
    )


def _set_level(level: CompetencyLevel, told: LevelDraft) -> None:
    level.label, level.description = told.label, told.description
    level.is_default, level.is_proficient = told.is_default, told.is_proficient


def write_items(
    session: Session,
    framework: CompetencyFramework,
    draft: FrameworkDraft,
    comparison: Comparison,
    progress: Progress,
) -> None:
    """Write the competencies: each parent before its children, what is missing last."""
    ids = {row.identifier: row.id for row in comparison.known.values()}
    new = {item.identifier for item in comparison.added}
    ids |= {identifier: uuid.uuid4() for identifier in new}
    touched = (*comparison.changed, *comparison.quiet, *comparison.returned)
    differing = {item.identifier for item in touched}
    done = 0
    for piece in _pieces(draft.items):
        added = [item for item in piece if item.identifier in new]
        if added:
            rows = [_row(item, ids, framework) for item in added]
            session.execute(insert(Competency), rows)
        _change(
            session,
            framework,
            (item for item in piece if item.identifier in differing),
            ids,
            comparison,
        )
        _move(session, piece, ids, comparison)
        done += len(piece)
        progress(done, len(draft.items))
    _drop(session, comparison, len(draft.items))


def _row(
    item: ItemDraft, ids: dict[str, uuid.UUID], framework: CompetencyFramework
) -> dict[str, Any]:
    return {
        "id": ids[item.identifier],
        "framework_id": framework.id,
        "identifier": item.identifier,
        "parent_id": ids[item.parent] if item.parent else None,
        "position": item.position,
        "depth": item.depth,
        "retired_at": None,
        "fingerprint": item.fingerprint,
        "extra": item.loaded(),
        "link_identifier": item.link_identifier(framework.identifier),
        **_texts(item),
    }


def _texts(item: ItemDraft) -> dict[str, Any]:
    names = ("code", "statement", "description", "kind", "uri", "words")
    return {name: getattr(item, name) for name in names}


def _change(
    session: Session,
    framework: CompetencyFramework,
    items: Iterable[ItemDraft],
    ids: dict[str, uuid.UUID],
    comparison: Comparison,
) -> None:
    """Write what differs, many at once: a new edition may change every competency there is."""
    plain: list[dict[str, Any]] = []
    with_extra: list[dict[str, Any]] = []
    for item in items:
        before = comparison.known[item.identifier]
        values = {
            "id": before.id,
            **_texts(item),
            "retired_at": None,
            "parent_id": ids[item.parent] if item.parent else None,
            "fingerprint": merged(before.fingerprint, item.fingerprint),
            "link_identifier": item.link_identifier(framework.identifier),
        }
        if item.extra:
            with_extra.append({**values, "extra": item.loaded()})
        else:
            plain.append(values)
    for rows in filter(None, (plain, with_extra)):
        session.execute(update(Competency), rows)


def _move(
    session: Session,
    piece: Sequence[ItemDraft],
    ids: dict[str, uuid.UUID],
    comparison: Comparison,
) -> None:
    """Write places that shifted because something else came or went."""
    moved = [
        {"id": ids[item.identifier], "position": item.position, "depth": item.depth}
        for item in piece
        if (before := comparison.known.get(item.identifier)) is not None
        and (before.position, before.depth) != (item.position, item.depth)
    ]
    if moved:
        session.execute(update(Competency), moved)


def _drop(session: Session, comparison: Comparison, last: int) -> None:
    """Retire what is used, behind all others; delete what is not, children before parents."""
    now = clock.now()
    retired = sorted(comparison.retired, key=lambda row: row.position)
    rows = [
        {"id": row.id, "position": last + number, "retired_at": now}
        for number, row in enumerate(retired, start=1)
    ]
    if rows:
        session.execute(update(Competency), rows)
    removed = sorted(comparison.removed, key=lambda row: -row.position)
    for piece in _pieces(removed):
        session.execute(delete(Competency).where(Competency.id.in_([row.id for row in piece])))


def write_links(session: Session, framework: CompetencyFramework, draft: FrameworkDraft) -> None:
    """Put the draft's links in the place of the framework's, if its file could tell any."""
    if not draft.tells_links:
        return
    session.execute(delete(CompetencyLink).where(CompetencyLink.framework_id == framework.id))
    for piece in _pieces(draft.links):
        rows = [
            {
                "id": uuid.uuid4(),
                "framework_id": framework.id,
                "identifier": link.identifier,
                "kind": link.kind,
                "origin": link.origin,
                "destination": link.destination,
                "extra": unpacked(link.extra),
            }
            for link in piece
        ]
        session.execute(insert(CompetencyLink), rows)


def _pieces(things: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(things)
    while piece := list(islice(iterator, PIECE)):
        yield piece
