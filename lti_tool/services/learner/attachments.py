"""Files that learners add to their answers, and opening the ones that they may read."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import IllegalTransition, InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.i18n import ngettext, number
from lti_tool.models import Database
from lti_tool.models.attachments import Attachment
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation
from lti_tool.rules.files import MAX_ALT, MEGABYTE, FileLimits
from lti_tool.rules.rich_text import storable
from lti_tool.rules.viewer import Viewer
from lti_tool.services.engine import completion
from lti_tool.services.files.opening import OpenFile, opened
from lti_tool.services.files.shown import FileView, file_view
from lti_tool.services.files.store import FileStore
from lti_tool.services.files.taking import Intake, Taken
from lti_tool.services.learner.answers import FIELD_PREFIX, peer_answers
from lti_tool.services.learner.now_pages import EDITABLE
from lti_tool.services.learner.reflections import open_draft
from lti_tool.services.learner.response_pages import may_read
from lti_tool.services.learner.standing import act, own_participation
from lti_tool.services.locking import lock_participation


@dataclass(frozen=True, slots=True)
class Note:
    """What an author says of a picture, for those who do not see it."""

    alt: str
    is_decorative: bool


@dataclass(frozen=True, slots=True)
class Attachments:
    """Use cases of files, as learners have them."""

    db: Database
    intake: Intake

    @property
    def limits(self) -> FileLimits:
        """How much a reflection may hold."""
        return self.intake.limits

    @property
    def store(self) -> FileStore:
        """Where the bytes lie."""
        return self.intake.store

    def add(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        prompt_id: uuid.UUID,
        name: str,
        source: BinaryIO,
    ) -> uuid.UUID:
        """Add a file to an answer of the viewer's working text; return its id.

        The same file sent twice is one: the first answer may have been lost on the way. Raises
        InvalidInput (``file``) with the reason, NotFound, and IllegalTransition where the
        reflection is out of its author's hands or the activity takes no files.
        """
        with self.db.write() as session:
            _editable(session, viewer, activity_id, prompt_id)
        taken = self.intake.take(name, source)
        with self.db.write() as session:
            reflection = _editable(session, viewer, activity_id, prompt_id)
            twin = _twin(session, reflection, prompt_id, taken)
            if twin is not None:
                return twin.id
            position = _room(reflection, session, self.limits, taken.kept.size)
            row = _row(reflection, prompt_id, taken, position)
            session.add(row)
            session.flush()
            return row.id

    def describe(
        self, viewer: Viewer, activity_id: uuid.UUID, notes: Mapping[uuid.UUID, Note]
    ) -> None:
        """Keep what the viewer says of pictures in their working text; others' ids say nothing."""
        if not notes:
            return
        with self.db.write() as session:
            reflection = _reflection(session, viewer, activity_id)
            if reflection.state not in EDITABLE:
                return
            for row in session.scalars(
                select(Attachment).where(
                    Attachment.reflection_id == reflection.id, Attachment.id.in_(list(notes))
                )
            ):
                note = notes[row.id]
                row.alt = " ".join(storable(note.alt).split())[:MAX_ALT]
                row.is_decorative = note.is_decorative and not row.alt

    def remove(self, viewer: Viewer, activity_id: uuid.UUID, file_id: uuid.UUID) -> uuid.UUID:
        """Take a file out of the working text; return whose answer's it was.

        A version that was handed in keeps it.
        """
        with self.db.write() as session:
            row = _own_row(session, viewer, activity_id, file_id)
            row.removed_at = row.removed_at or clock.now()
            return row.prompt_id

    def put_back(self, viewer: Viewer, activity_id: uuid.UUID, file_id: uuid.UUID) -> uuid.UUID:
        """Undo a removal, as ``remove``; raise InvalidInput if there is no room any more."""
        with self.db.write() as session:
            row = _own_row(session, viewer, activity_id, file_id)
            if row.removed_at is not None:
                reflection = session.get_one(Reflection, row.reflection_id)
                _room(reflection, session, self.limits, row.size)
                row.removed_at = None
            return row.prompt_id

    def open(self, viewer: Viewer, activity_id: uuid.UUID, file_id: uuid.UUID) -> OpenFile:
        """Return a file of the viewer's own, or of a reflection that they may read just now.

        Raises NotFound for any other, and where the answer it belongs to is not for peers.
        """
        with self.db.read() as session:
            participation = own_participation(session, viewer, activity_id)
            row = session.get(Attachment, file_id)
            reflection = session.get(Reflection, row.reflection_id) if row else None
            if row is None or reflection is None or reflection.activity_id != activity_id:
                raise NotFound("file")
            if reflection.participation_id == participation.id:
                view = file_view(row, row.name)
            else:
                view = _as_peer(session, participation, reflection, file_id)
            return opened(self.store, view)


def _as_peer(
    session: Session, participation: Participation, reflection: Reflection, file_id: uuid.UUID
) -> FileView:
    """Return a file of a peer's answer that the learner was given to read."""
    allocation = session.scalar(
        select(Allocation).where(
            Allocation.reviewer_id == participation.id, Allocation.reflection_id == reflection.id
        )
    )
    if allocation is not None and may_read(allocation):
        for answer in peer_answers(session, reflection, participation.activity.locale):
            for view in answer.files:
                if view.id == file_id and not view.is_closed:
                    return view
    raise NotFound("file")


def _editable(
    session: Session, viewer: Viewer, activity_id: uuid.UUID, prompt_id: uuid.UUID
) -> Reflection:
    """Return the viewer's draft, begun if need be, locked, if a file may be added to an answer."""
    participation = act(session, viewer, activity_id)
    lock_participation(session, participation.id)
    if not participation.activity.takes_files:
        raise IllegalTransition("activity", "without_files", "add_file")
    reflection = open_draft(session, participation, {f"{FIELD_PREFIX}{prompt_id}": ""})
    if reflection.state not in EDITABLE:
        raise IllegalTransition("reflection", reflection.state, "add_file")
    if prompt_id not in {prompt.id for prompt in reflection.version.prompts}:
        raise NotFound("prompt")
    return reflection


def _reflection(session: Session, viewer: Viewer, activity_id: uuid.UUID) -> Reflection:
    participation = act(session, viewer, activity_id)
    lock_participation(session, participation.id)
    reflection = completion.reflection_of(session, participation.id)
    if reflection is None:
        raise NotFound("reflection")
    return reflection


def _own_row(
    session: Session, viewer: Viewer, activity_id: uuid.UUID, file_id: uuid.UUID
) -> Attachment:
    reflection = _reflection(session, viewer, activity_id)
    row = session.get(Attachment, file_id)
    if row is None or row.reflection_id != reflection.id:
        raise NotFound("file")
    if reflection.state not in EDITABLE:
        raise IllegalTransition("reflection", reflection.state, "change_files")
    return row


def _twin(
    session: Session, reflection: Reflection, prompt_id: uuid.UUID, taken: Taken
) -> Attachment | None:
    """Return the same file of the same answer, if it is there already."""
    return session.scalar(
        select(Attachment).where(
            Attachment.reflection_id == reflection.id,
            Attachment.prompt_id == prompt_id,
            Attachment.sha256 == taken.kept.sha256,
            Attachment.removed_at.is_(None),
        )
    )


def _room(reflection: Reflection, session: Session, limits: FileLimits, size: int) -> int:
    """Return the place of one more file; raise InvalidInput if there is no room for it."""
    rows = session.scalars(
        select(Attachment).where(Attachment.reflection_id == reflection.id)
    ).all()
    used = [row for row in rows if row.removed_at is None]
    if len(used) >= limits.count:
        raise _full(
            ngettext(
                "A reflection holds %(num)s file. Remove it to add another one.",
                "A reflection holds at most %(num)s files. Remove one to add another.",
                limits.count,
            )
        )
    if sum(row.size for row in used) + size > limits.total:
        most = number(limits.total // MEGABYTE)
        raise _full(_("All files of a reflection together hold at most %(most)s MB.", most=most))
    if len(rows) >= limits.kept_count:
        raise _full(_("You added and removed many files today. Please try again tomorrow."))
    return max((row.position for row in rows), default=-1) + 1


def _full(message: str) -> InvalidInput:
    return InvalidInput({"file": [message]})


def _row(reflection: Reflection, prompt_id: uuid.UUID, taken: Taken, position: int) -> Attachment:
    return Attachment(
        reflection_id=reflection.id,
        prompt_id=prompt_id,
        kind=taken.type.kind,
        name=taken.name,
        media_type=taken.type.media_type,
        size=taken.kept.size,
        sha256=taken.kept.sha256,
        width=taken.width,
        height=taken.height,
        position=position,
    )
