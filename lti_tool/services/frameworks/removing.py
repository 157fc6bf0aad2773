"""Taking a framework out that nobody uses; one that is used stays, and it is said for what."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, delete, exists, func, literal, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.errors import IllegalTransition, NotFound, Stale
from lti_tool.models import Base, Database
from lti_tool.models.activities import Activity
from lti_tool.models.frameworks import (
    Competency,
    CompetencyFramework,
    CompetencyLevel,
    CompetencyLink,
    FrameworkChange,
)
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Role
from lti_tool.services.frameworks.plans import seen_of

OWN = frozenset(
    {"competencies", "competency_levels", "competency_links", FrameworkChange.__tablename__}
)
"""Tables whose rows go with their framework."""


@dataclass(frozen=True, slots=True)
class Removal:
    """Whether a framework can be removed; ``activities`` of the platform use it."""

    activities: int
    is_used: bool
    """By activities, or by ratings, levels, prompts and what else refers to its competencies."""
    seen: str


@dataclass(frozen=True, slots=True)
class FrameworkRemoval:
    """Use cases of educators on the frameworks that their platform has brought."""

    db: Database

    def look(self, viewer: Viewer, framework_id: uuid.UUID) -> Removal | None:
        """Return what stands in the way; None for the installation's own, which are everybody's.

        Raises NotFound for another platform's.
        """
        with self.db.read() as session:
            framework = session.get(CompetencyFramework, framework_id)
            if framework is None or framework.registration_id not in (None, viewer.registration_id):
                raise NotFound("framework")
            if framework.registration_id is None:
                return None
            return _removal(session, framework)

    def remove(self, viewer: Viewer, framework_id: uuid.UUID, seen: str) -> None:
        """Remove a framework of the viewer's platform.

        Raises NotFound, Stale if it does not stand as ``seen``, IllegalTransition if it is used.
        """
        if viewer.role is not Role.EDUCATOR:
            raise NotFound("framework")
        try:
            self._remove(viewer, framework_id, seen)
        except IntegrityError as error:  # somebody began to use it meanwhile
            raise IllegalTransition("framework", "used", "remove") from error

    def _remove(self, viewer: Viewer, framework_id: uuid.UUID, seen: str) -> None:
        with self.db.write() as session:
            framework = session.scalar(
                select(CompetencyFramework)
                .where(
                    CompetencyFramework.id == framework_id,
                    CompetencyFramework.registration_id == viewer.registration_id,
                )
                .with_for_update()
            )
            if framework is None:
                raise NotFound("framework")
            removal = _removal(session, framework)
            if removal.seen != seen:
                raise Stale("framework")
            if removal.is_used:
                raise IllegalTransition("framework", "used", "remove")
            _delete(session, framework_id)


def _removal(session: Session, framework: CompetencyFramework) -> Removal:
    activities = session.scalar(select(func.count()).where(Activity.framework_id == framework.id))
    used = [exists(select(literal(1)).where(_is_of(one, framework.id))) for one in _references()]
    return Removal(
        activities=activities or 0,
        is_used=bool(session.scalar(select(or_(*used)))),
        seen=seen_of(framework),
    )


def _references() -> list[tuple[Column[uuid.UUID], str]]:
    """Return the columns that refer to frameworks or to their parts, but those of the parts."""
    return [
        (column, key.column.table.name)
        for table in Base.metadata.sorted_tables
        if table.name not in OWN
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in {*OWN, CompetencyFramework.__tablename__}
    ]


def _is_of(
    reference: tuple[Column[uuid.UUID], str], framework_id: uuid.UUID
) -> ColumnElement[bool]:
    """Tell that a row refers to a framework, or to something of it."""
    column, target = reference
    if target == CompetencyFramework.__tablename__:
        return column == framework_id
    table = Base.metadata.tables[target]
    return column.in_(select(table.c.id).where(table.c.framework_id == framework_id))


def _delete(session: Session, framework_id: uuid.UUID) -> None:
    """Delete a framework: competencies from the deepest up, then all else that is its own."""
    mine = Competency.framework_id == framework_id
    deepest = session.scalar(select(func.max(Competency.depth)).where(mine)) or 0
    for depth in range(deepest, -1, -1):
        session.execute(delete(Competency).where(mine, Competency.depth == depth))
    for model in (FrameworkChange, CompetencyLink, CompetencyLevel):
        session.execute(delete(model).where(model.framework_id == framework_id))
    session.execute(delete(CompetencyFramework).where(CompetencyFramework.id == framework_id))
