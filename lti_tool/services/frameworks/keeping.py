"""Who may change a framework that is here already, and who did.

An import changes a framework in place, for every activity that uses it. So it is its importer's,
and that of who runs the server; anybody else's only as long as no other course uses it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.errors import Forbidden
from lti_tool.models.activities import Activity
from lti_tool.models.database import Database
from lti_tool.models.frameworks import CompetencyFramework, FrameworkChange
from lti_tool.models.people import User
from lti_tool.rules.viewer import Viewer
from lti_tool.services.frameworks.plans import ImportPlan

MOST_TOLD = 20
"""Changes that a framework's page tells, the newest."""


@dataclass(frozen=True, slots=True)
class Use:
    """Where a framework is used on the viewer's platform, and whether they may change it."""

    activities: int
    courses: int
    importer: str
    """Who brought it; empty if that was who runs the server, or is not known any more."""
    may_change: bool


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One import that changed a framework; ``who`` as of ``Use.importer``."""

    at: datetime
    who: str
    added: int
    changed: int
    retired: int


@dataclass(frozen=True, slots=True)
class FrameworkKeeping:
    """Use cases of educators who look at who keeps a framework."""

    db: Database

    def use(self, viewer: Viewer, framework_id: uuid.UUID | None) -> Use | None:
        """Return where a framework of the viewer's platform is used; None if it is not theirs."""
        with self.db.read() as session:
            framework = session.get(CompetencyFramework, framework_id) if framework_id else None
            if framework is None or framework.registration_id != viewer.registration_id:
                return None
            return _use(session, viewer, framework)

    def changes(self, viewer: Viewer, framework_id: uuid.UUID) -> list[ToldChange]:
        """Return the imports that changed a framework of the viewer's platform, newest first."""
        query = (
            select(FrameworkChange, User)
            .join(CompetencyFramework, CompetencyFramework.id == FrameworkChange.framework_id)
            .outerjoin(User, User.id == FrameworkChange.by_id)
            .where(
                FrameworkChange.framework_id == framework_id,
                CompetencyFramework.registration_id == viewer.registration_id,
            )
            .order_by(FrameworkChange.at.desc(), FrameworkChange.id.desc())
            .limit(MOST_TOLD)
        )
        with self.db.read() as session:
            return [
                ToldChange(one.at, _name(user), one.added, one.changed, one.retired)
                for one, user in session.execute(query)
            ]


def check_may_change(session: Session, viewer: Viewer, framework: CompetencyFramework) -> None:
    """Raise Forbidden if a framework is somebody else's to change."""
    if not _use(session, viewer, framework).may_change:
        raise Forbidden("change_framework")


def note(session: Session, framework_id: uuid.UUID, plan: ImportPlan, by: Viewer | None) -> None:
    """Write down an import that changed a framework."""
    session.add(
        FrameworkChange(
            framework_id=framework_id,
            by_id=by.user_id if by else None,
            added=plan.added.count + plan.returned.count,
            changed=plan.changed.count,
            retired=plan.retired.count + plan.removed.count,
        )
    )


def _use(session: Session, viewer: Viewer, framework: CompetencyFramework) -> Use:
    used = session.execute(
        select(
            func.count(),
            func.count(Activity.context_id.distinct()),
            func.count().filter(Activity.context_id != viewer.context_id),
        ).where(Activity.framework_id == framework.id)
    ).one()
    first = (
        select(User)
        .select_from(FrameworkChange)
        .outerjoin(User, FrameworkChange.by_id == User.id)
        .where(FrameworkChange.framework_id == framework.id)
        .order_by(FrameworkChange.at, FrameworkChange.id)
        .limit(1)
    )
    importer = session.scalar(first)
    is_theirs = importer is not None and importer.id == viewer.user_id
    return Use(used[0], used[1], _name(importer), is_theirs or not used[2])


def _name(user: User | None) -> str:
    return user.display_name if user is not None else ""
