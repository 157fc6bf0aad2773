"""Importing competency frameworks: look first, then all of it or nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import NotFound, Stale
from lti_tool.models import Database
from lti_tool.models.frameworks import CompetencyFramework, FrameworkUpload
from lti_tool.rules.frameworks import FrameworkDraft
from lti_tool.rules.viewer import Viewer
from lti_tool.services.frameworks import keeping, writing
from lti_tool.services.frameworks.levels import check_levels
from lti_tool.services.frameworks.plans import (
    ImportPlan,
    compared,
    plan_of,
    seen_of,
)
from lti_tool.services.frameworks.writing import Progress, no_progress
from lti_tool.services.outbox import competency_columns

KEPT = timedelta(hours=24)
"""How long an uploaded file waits for its confirmation."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits for its confirmation."""

    id: uuid.UUID
    name: str
    options: dict[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class FrameworkImports:
    """Use cases of importing; ``registration_id`` None means the whole installation."""

    db: Database

    def plan(self, registration_id: uuid.UUID | None, draft: FrameworkDraft) -> ImportPlan:
        """Return what importing ``draft`` would change; raise InvalidInput if it cannot be."""
        with self.db.read() as session:
            framework = _find(session, registration_id, draft.identifier)
            if framework is not None:
                check_levels(session, framework, draft.levels)
            return plan_of(session, framework, draft, compared(session, framework, draft))

    def apply(
        self,
        registration_id: uuid.UUID | None,
        draft: FrameworkDraft,
        seen: str | None = None,
        progress: Progress = no_progress,
        by: Viewer | None = None,
    ) -> ImportPlan:
        """Import ``draft``, all of it or nothing; return what was done.

        ``by`` an educator, or None for who runs the server. Raises Stale if the framework does not
        stand as ``seen`` any more, Forbidden if it is another's to change, and InvalidInput.
        """
        try:
            with self.db.write() as session:
                return write_framework(session, registration_id, draft, seen, progress, by)
        except IntegrityError as error:  # two imports of the same new framework at once
            raise Stale("framework") from error

    def keep(self, viewer: Viewer, name: str, options: dict[str, str], content: bytes) -> uuid.UUID:
        """Keep a file for its preview; the person's older ones are forgotten."""
        with self.db.write() as session:
            _forget(session, viewer)
            upload = FrameworkUpload(
                registration_id=viewer.registration_id,
                user_id=viewer.user_id,
                name=name,
                options=options,
                content=content,
            )
            session.add(upload)
            session.flush()
            return upload.id

    def kept(self, viewer: Viewer, upload_id: uuid.UUID) -> Upload:
        """Return the person's file; raise NotFound."""
        with self.db.read() as session:
            upload = session.scalar(
                select(FrameworkUpload).where(
                    FrameworkUpload.id == upload_id,
                    FrameworkUpload.registration_id == viewer.registration_id,
                    FrameworkUpload.user_id == viewer.user_id,
                    FrameworkUpload.made_at > clock.now() - KEPT,
                )
            )
            if upload is None:
                raise NotFound("upload")
            return Upload(upload.id, upload.name, dict(upload.options), upload.content)

    def forget(self, viewer: Viewer) -> None:
        """Delete the person's files; nobody needs them after the import."""
        with self.db.write() as session:
            _forget(session, viewer)


def write_framework(
    session: Session,
    registration_id: uuid.UUID | None,
    draft: FrameworkDraft,
    seen: str | None = None,
    progress: Progress = no_progress,
    by: Viewer | None = None,
) -> ImportPlan:
    """Write a draft within the caller's transaction; see ``FrameworkImports.apply``."""
    framework = _find(session, registration_id, draft.identifier, lock=True)
    if seen is not None and seen_of(framework) != seen:
        raise Stale("framework")
    if framework is not None:
        check_levels(session, framework, draft.levels)
    comparison = compared(session, framework, draft)
    plan = plan_of(session, framework, draft, comparison)
    if plan.is_empty and not draft.tells_links:
        return replace(plan, done_id=plan.framework_id)
    if framework is not None and by is not None:
        keeping.check_may_change(session, by, framework)
    if framework is None:
        framework = CompetencyFramework(
            registration_id=registration_id, identifier=draft.identifier, title=draft.title
        )
        session.add(framework)
        session.flush()
    if not plan.is_empty:
        framework.updated_at = clock.now()
        keeping.note(session, framework.id, plan, by)
    writing.write_about(framework, draft)
    writing.write_levels(session, framework, draft)
    writing.write_items(session, framework, draft, comparison, progress)
    writing.write_links(session, framework, draft)
    competency_columns.framework_changed(session, framework.id)
    return replace(plan, done_id=framework.id)


def _find(
    session: Session, registration_id: uuid.UUID | None, identifier: str, lock: bool = False
) -> CompetencyFramework | None:
    query = select(CompetencyFramework).where(
        CompetencyFramework.registration_id == registration_id
        if registration_id
        else CompetencyFramework.registration_id.is_(None),
        CompetencyFramework.identifier == identifier,
    )
    return session.scalar(query.with_for_update() if lock else query)


def _forget(session: Session, viewer: Viewer) -> None:
    """Delete the person's files, and anybody's that waited too long."""
    session.execute(
        delete(FrameworkUpload).where(
            (FrameworkUpload.user_id == viewer.user_id)
            | (FrameworkUpload.made_at <= clock.now() - KEPT)
        )
    )
