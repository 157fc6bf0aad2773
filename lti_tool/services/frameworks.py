"""Competency frameworks: the built-in one, and what forms and pages show of them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from lti_tool.errors import NotFound
from lti_tool.models import Database
from lti_tool.models.frameworks import Competency, CompetencyFramework, CompetencyLevel
from lti_tool.rules.viewer import Viewer

BUILTIN = Path(__file__).parent / "builtin" / "library_development.json"


@dataclass(frozen=True, slots=True)
class LevelView:
    """One level of a scale; texts per language."""

    position: int
    label: Mapping[str, str]
    description: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CompetencyView:
    """One competency; ``statement`` per language."""

    id: uuid.UUID
    identifier: str
    code: str
    statement: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GroupView:
    """A branch of a framework with the competencies directly under it."""

    code: str
    statement: Mapping[str, str]
    competencies: tuple[CompetencyView, ...]


@dataclass(frozen=True, slots=True)
class FrameworkView:
    """A framework with its scale, lowest level first, and its groups in order."""

    id: uuid.UUID
    title: Mapping[str, str]
    source: str
    levels: tuple[LevelView, ...]
    groups: tuple[GroupView, ...]


@dataclass(frozen=True, slots=True)
class Frameworks:
    """Use cases on competency frameworks."""

    db: Database

    def install_builtin(self) -> uuid.UUID:
        """Install the built-in framework or bring its texts up to date; return its id.

        Identifiers never change and nothing is deleted, so that ratings and grades keep their
        meaning.
        """
        data = json.loads(BUILTIN.read_text(encoding="utf-8"))
        with self.db.write() as session:
            return _install(session, data)

    def available(self, viewer: Viewer) -> list[FrameworkView]:
        """Return the frameworks this person may choose from: built-in, and their platform's."""
        query = (
            select(CompetencyFramework)
            .where(
                or_(
                    CompetencyFramework.registration_id.is_(None),
                    CompetencyFramework.registration_id == viewer.registration_id,
                )
            )
            .order_by(CompetencyFramework.created_at, CompetencyFramework.id)
            .options(
                selectinload(CompetencyFramework.levels),
                selectinload(CompetencyFramework.competencies),
            )
        )
        with self.db.read() as session:
            return [framework_view(framework) for framework in session.scalars(query)]


def competencies_for(
    session: Session, viewer: Viewer, ids: tuple[uuid.UUID, ...]
) -> list[Competency]:
    """Return the competencies of one framework that ``ids`` name, in the framework's order.

    Raises NotFound if one does not exist for this person, is a group, or is of another framework.
    """
    if not ids:
        return []
    query = (
        select(Competency)
        .join(CompetencyFramework, Competency.framework_id == CompetencyFramework.id)
        .where(
            Competency.id.in_(ids),
            Competency.id.not_in(_parents()),
            or_(
                CompetencyFramework.registration_id.is_(None),
                CompetencyFramework.registration_id == viewer.registration_id,
            ),
        )
        .order_by(Competency.position)
    )
    found = list(session.scalars(query))
    if len(found) != len(set(ids)) or len({item.framework_id for item in found}) != 1:
        raise NotFound("competency")
    return found


def framework_view(framework: CompetencyFramework) -> FrameworkView:
    """Return what pages show of ``framework``; a top competency without children is a group."""
    children: dict[uuid.UUID, list[Competency]] = {}
    for competency in framework.competencies:
        if competency.parent_id is not None:
            children.setdefault(competency.parent_id, []).append(competency)
    tops = [item for item in framework.competencies if item.parent_id is None]
    return FrameworkView(
        framework.id,
        framework.title,
        framework.source,
        tuple(level_view(level) for level in framework.levels),
        tuple(
            GroupView(
                top.code,
                top.statement,
                tuple(competency_view(item) for item in children.get(top.id, [top])),
            )
            for top in tops
        ),
    )


def level_view(level: CompetencyLevel) -> LevelView:
    """Return what pages show of a level."""
    return LevelView(level.position, level.label, level.description)


def competency_view(competency: Competency) -> CompetencyView:
    """Return what pages show of a competency."""
    return CompetencyView(
        competency.id, competency.identifier, competency.code, competency.statement
    )


def _parents() -> Any:
    return select(Competency.parent_id).where(Competency.parent_id.is_not(None))


def _install(session: Session, data: dict[str, Any]) -> uuid.UUID:
    framework = session.scalar(
        select(CompetencyFramework).where(
            CompetencyFramework.registration_id.is_(None),
            CompetencyFramework.identifier == data["identifier"],
        )
    )
    if framework is None:
        framework = CompetencyFramework(identifier=data["identifier"])
        session.add(framework)
    framework.title, framework.source = data["title"], data["source"]
    session.flush()
    _install_levels(session, framework, data["levels"])
    _install_competencies(session, framework, data["competencies"])
    return framework.id


def _install_levels(
    session: Session, framework: CompetencyFramework, levels: list[dict[str, Any]]
) -> None:
    known = {level.position: level for level in framework.levels}
    for position, texts in enumerate(levels, start=1):
        level = known.get(position)
        if level is None:
            level = CompetencyLevel(framework_id=framework.id, position=position)
            session.add(level)
        level.label, level.description = texts["label"], texts["description"]


def _install_competencies(
    session: Session, framework: CompetencyFramework, groups: list[dict[str, Any]]
) -> None:
    known = {item.identifier: item for item in framework.competencies}
    position = 0
    for group in groups:
        position += 1
        parent = _install_one(session, framework, known, group, position, None)
        for child in group["children"]:
            position += 1
            _install_one(session, framework, known, child, position, parent.id)


def _install_one(
    session: Session,
    framework: CompetencyFramework,
    known: Mapping[str, Competency],
    data: dict[str, Any],
    position: int,
    parent_id: uuid.UUID | None,
) -> Competency:
    item = known.get(data["identifier"])
    if item is None:
        item = Competency(framework_id=framework.id, identifier=data["identifier"])
        session.add(item)
    item.parent_id, item.position = parent_id, position
    item.code, item.statement = data["code"], data["statement"]
    session.flush()
    return item
