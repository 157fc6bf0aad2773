"""Files of reflections, as staff open them: those that stand on the page of the text, no others."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from lti_tool.errors import NotFound
from lti_tool.http import Http
from lti_tool.models import Database
from lti_tool.models.attachments import Attachment
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.files import FileSettings
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import scope_of
from lti_tool.services.desk.work import UNSEEN, WorkView
from lti_tool.services.desk.work_views import read_reflection, reflection_view
from lti_tool.services.files.opening import OpenFile, opened
from lti_tool.services.files.shown import FileView
from lti_tool.services.files.store import FileStore
from lti_tool.services.files.taking import Intake
from lti_tool.services.learner.attachments import Attachments
from lti_tool.services.learner.reflections import Reflections
from lti_tool.services.learner.responses import Responses
from lti_tool.services.link_titles import LinkTitles


@dataclass(frozen=True, slots=True)
class StaffFiles:
    """The use case of opening a learner's file."""

    db: Database
    store: FileStore

    def open(self, viewer: Viewer, activity_id: uuid.UUID, file_id: uuid.UUID) -> OpenFile:
        """Return a file that the viewer sees with a reflection, or with a response to it.

        Raises NotFound for any other.
        """
        with self.db.read() as session:
            reflection_id = _within_reach(session, viewer, activity_id, file_id)
            activity = find_activity(session, viewer, activity_id)
            page = reflection_view(session, activity, read_reflection(session, reflection_id))
            view = next((file for file in _on_page(page) if file.id == file_id), None)
            if view is None:
                raise NotFound("file")
            return opened(self.store, view)


def _within_reach(
    session: Session, viewer: Viewer, activity_id: uuid.UUID, file_id: uuid.UUID
) -> uuid.UUID:
    """Return whose file it is, if the reflection or a response to it is within the scope."""
    scope = scope_of(session, viewer)
    through_response = exists().where(
        Response.reflection_id == Reflection.id,
        Response.state.not_in(UNSEEN),
        scope.holds_response(),
    )
    seen = Reflection.state.not_in(UNSEEN) & scope.holds_reflection()
    again = (Reflection.state != WorkState.DRAFT) & through_response
    found = session.scalar(
        select(Reflection.id)
        .join(Attachment, Attachment.reflection_id == Reflection.id)
        .where(Attachment.id == file_id, Reflection.activity_id == activity_id, or_(seen, again))
    )
    if found is None:
        raise NotFound("file")
    return found


def _on_page(page: WorkView) -> Iterator[FileView]:
    for part in page.parts:
        yield from part.files
    for told in page.rounds:
        yield from told.files_added
        yield from told.files_removed


def build_files(db: Database, settings: FileSettings) -> dict[str, Any]:
    """Return the services of files and links, by their names among all services."""
    store = FileStore(db, settings.folder)
    # Pages that people link to are anybody's: only public ones are asked, whatever platforms are.
    titles = LinkTitles(db, Http(allow_local=False), settings.link_titles)
    intake = Intake(store, settings.limits, settings.scan_command)
    return {
        "attachments": Attachments(db, intake),
        "staff_files": StaffFiles(db, store),
        "link_titles": titles,
        "reflections": Reflections(db, titles),
        "responses": Responses(db, titles),
    }
