"""Competency frameworks: those that are built in, and what forms and pages show of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from lti_tool.errors import InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.frameworks import Competency, CompetencyFramework, CompetencyLevel
from lti_tool.models.platforms import Registration
from lti_tool.rules.viewer import Viewer
from lti_tool.services.frameworks.builtin_frameworks import builtin_drafts
from lti_tool.services.frameworks.imports import write_framework


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
    is_retired: bool = False
    """Its publisher has dropped it; where it is used it still counts."""


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
class FrameworkListing:
    """A framework as its operator lists it; ``registration`` is empty for the installation's."""

    id: uuid.UUID
    identifier: str
    title: Mapping[str, str]
    registration: str
    licence: str
    scale: str
    levels: int
    competencies: int
    retired: int
    is_public: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Frameworks:
    """Use cases on competency frameworks."""

    db: Database

    def install_builtin(self) -> list[uuid.UUID]:
        """Install the built-in frameworks or bring their texts up to date; return their ids.

        Identifiers never change and nothing that is in use is deleted, so that ratings and grades
        keep their meaning.
        """
        with self.db.write() as session:
            plans = [write_framework(session, None, draft) for draft in builtin_drafts()]
            return [plan.done_id for plan in plans if plan.done_id]

    def listing(self) -> list[FrameworkListing]:
        """Return all frameworks of the installation, for its operator."""
        counted = (
            select(
                Competency.framework_id,
                func.count(case((Competency.retired_at.is_(None), 1))).label("current"),
                func.count(Competency.retired_at).label("retired"),
            )
            .group_by(Competency.framework_id)
            .subquery()
        )
        query = (
            select(CompetencyFramework, Registration.name, counted.c.current, counted.c.retired)
            .outerjoin(Registration, Registration.id == CompetencyFramework.registration_id)
            .outerjoin(counted, counted.c.framework_id == CompetencyFramework.id)
            .order_by(CompetencyFramework.created_at, CompetencyFramework.id)
        )
        with self.db.read() as session:
            return [_listing(*row) for row in session.execute(query)]

    def publish(self, framework_id: uuid.UUID, is_public: bool) -> None:
        """Let everybody read a registration's framework, or nobody any more; raise NotFound."""
        with self.db.write() as session:
            framework = session.get(CompetencyFramework, framework_id)
            if framework is None:
                raise NotFound("framework")
            framework.is_public = is_public

    def available(self, viewer: Viewer) -> list[FrameworkView]:
        """Return the frameworks this person may choose from: built-in, and their platform's."""
        query = (
            select(CompetencyFramework)
            .where(open_to(viewer))
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

    Raises NotFound if one does not exist for this person or is a group, InvalidInput if they are of
    several frameworks.
    """
    if not ids:
        return []
    query = (
        select(Competency)
        .join(CompetencyFramework, Competency.framework_id == CompetencyFramework.id)
        .where(
            Competency.id.in_(ids),
            ~has_children(),
            open_to(viewer),
        )
        .order_by(Competency.position, Competency.id)
    )
    found = list(session.scalars(query))
    if len(found) != len(set(ids)):
        raise NotFound("competency")
    if len({item.framework_id for item in found}) != 1:
        message = _("Choose from one framework only: each has levels of its own.")
        raise InvalidInput({"competencies": [message]})
    return found


def open_to(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition for frameworks that a person may choose from."""
    return or_(
        CompetencyFramework.registration_id.is_(None),
        CompetencyFramework.registration_id == viewer.registration_id,
    )


def has_children() -> ColumnElement[bool]:
    """Return the condition for competencies that are groups of others: those are not rated."""
    child = aliased(Competency)
    return exists().where(child.parent_id == Competency.id, child.retired_at.is_(None))


def framework_view(framework: CompetencyFramework) -> FrameworkView:
    """Return what pages show of ``framework``; a top competency without children is a group."""
    children: dict[uuid.UUID, list[Competency]] = {}
    current = [item for item in framework.competencies if item.retired_at is None]
    for competency in current:
        if competency.parent_id is not None:
            children.setdefault(competency.parent_id, []).append(competency)
    tops = [item for item in current if item.parent_id is None]
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
        competency.id,
        competency.identifier,
        competency.code,
        competency.statement,
        competency.retired_at is not None,
    )


def _listing(
    framework: CompetencyFramework, registration: str | None, items: int | None, retired: int | None
) -> FrameworkListing:
    return FrameworkListing(
        framework.id,
        framework.identifier,
        framework.title,
        registration or "",
        framework.licence,
        framework.scale,
        len(framework.levels),
        items or 0,
        retired or 0,
        framework.is_public,
        framework.updated_at or framework.created_at,
    )
