"""The tutor's desk: lists, decisions, undoing them, passages, appeals, one's own response."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lti_tool.errors import Forbidden, InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.rules.guidance import RESPONSE_PARTS
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Step
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import scope_of
from lti_tool.services.desk import bulk, deciding, queue, tutor_responses, work, work_views
from lti_tool.services.desk.bulk import BulkDone, BulkLine, Picked
from lti_tool.services.desk.deciding import Decision, staff
from lti_tool.services.desk.queue import Cursor, QueueList, QueuePage, WorkKind
from lti_tool.services.desk.work import WorkView
from lti_tool.services.engine import appealing, settling

__all__ = ["Decision", "Moderation"]


@dataclass(frozen=True, slots=True)
class Moderation:
    """Use cases of the tutor's desk on reflections and responses."""

    db: Database

    def queue(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        which: QueueList = QueueList.WAITING,
        after: Cursor | None = None,
        cohort_id: uuid.UUID | None = None,
    ) -> QueuePage:
        """Return one page of a list of the desk, of all whom the viewer sees or of one cohort.

        Work in its grace window is in none. Raises NotFound.
        """
        settling.settle_now(self.db, activity_id)
        with self.db.read() as session:
            find_activity(session, staff(viewer), activity_id)
            scope = scope_of(session, viewer, cohort_id)
            return queue.read_page(session, activity_id, which, after, scope)

    def open(
        self, viewer: Viewer, activity_id: uuid.UUID, kind: WorkKind, work_id: uuid.UUID
    ) -> WorkView:
        """Return a reflection or response with its history; raise NotFound."""
        with self.db.read() as session:
            activity = find_activity(session, staff(viewer), activity_id)
            return work_views.open_work(session, viewer, activity, kind, work_id)

    def decide(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        kind: WorkKind,
        work_id: uuid.UUID,
        step: Step,
        reason: str,
        expected: str,
    ) -> Decision:
        """Decide on the work that stood as ``expected`` when it was read.

        Raises Stale if it changed since (another tutor was faster, its author handed it in again),
        InvalidInput where a reason is needed, NotFound.
        """
        with self.db.write() as session:
            at = deciding.desk(session, viewer, activity_id)
            subject = at.load(session, kind, work_id, expected)
            return deciding.decide(session, at, subject, step, reason.strip())

    def redact(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        kind: WorkKind,
        work_id: uuid.UUID,
        passage: str,
        reason: str,
        expected: str,
    ) -> Decision:
        """Take a passage out of what peers read; the original stays with author and tutors.

        Raises InvalidInput for a passage that is not in the text, and otherwise as ``decide``.
        """
        with self.db.write() as session:
            at = deciding.desk(session, viewer, activity_id)
            subject = at.load(session, kind, work_id, expected)
            return deciding.redact(session, at, subject, passage, reason.strip())

    def withhold_file(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        reflection_id: uuid.UUID,
        file: str,
        reason: str,
        expected: str,
    ) -> Decision:
        """Keep one file of a reflection, given by its id, from peers; the original stays.

        Raises InvalidInput for another file, and otherwise as ``decide``.
        """
        with self.db.write() as session:
            at = deciding.desk(session, viewer, activity_id)
            subject = at.load(session, WorkKind.REFLECTION, reflection_id, expected)
            page = work_views.open_work(
                session, viewer, at.activity, WorkKind.REFLECTION, reflection_id
            )
            chosen = next((one for one in page.files if str(one.id) == file), None)
            return deciding.withhold_file(session, at, subject, chosen, reason.strip())

    def rule(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        kind: WorkKind,
        work_id: uuid.UUID,
        step: Step,
        reason: str,
        expected: str,
    ) -> None:
        """Uphold or reject the appeal that waits on a work.

        Raises Forbidden for who decided before while somebody else could, and as ``decide``.
        """
        if step not in (Step.UPHOLD, Step.REJECT):
            raise Forbidden("appeal")
        if not reason.strip():
            raise InvalidInput({"reason": [_("Say why; the author reads it.")]})
        with self.db.write() as session:
            at = deciding.desk(session, viewer, activity_id)
            subject = at.load(session, kind, work_id, expected)
            appealing.decide(session, viewer, subject, step, reason.strip())

    def taken(
        self, viewer: Viewer, activity_id: uuid.UUID, decision_id: uuid.UUID
    ) -> Decision | None:
        """Return a tutor's decision of this activity while it can still be taken back."""
        with self.db.read() as session:
            at = deciding.desk(session, viewer, activity_id, writes=False)
            try:
                decision, subject = deciding.find(session, at, decision_id)
            except NotFound:
                return None
            if deciding.is_overtaken(session, subject, decision):
                return None
            kind, name = WorkKind(subject.SUBJECT), work.author_name(at.activity, subject)
            return Decision(decision.id, decision.step, kind, subject.id, subject.state, name)

    def undo(self, viewer: Viewer, activity_id: uuid.UUID, decision_id: uuid.UUID) -> Decision:
        """Take back a decision, if it is still the last one of its work.

        Raises Stale if something else was decided or handed in since, NotFound.
        """
        with self.db.write() as session:
            at = deciding.desk(session, viewer, activity_id)
            return deciding.undo(session, at, decision_id)

    def preview_many(
        self, viewer: Viewer, activity_id: uuid.UUID, picked: Sequence[Picked], step: Step
    ) -> list[BulkLine]:
        """Return what one decision on several works would do."""
        with self.db.read() as session:
            at = deciding.desk(session, viewer, activity_id, writes=False)
            return bulk.preview(session, at, picked, step)

    def decide_many(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        picked: Sequence[tuple[Picked, str]],
        step: Step,
        reason: str,
    ) -> BulkDone:
        """Decide on several works that stand as ``expected``, the second of each pair.

        Those that changed meanwhile are left alone and named. Raises InvalidInput where a reason is
        needed; then nothing was decided.
        """
        with self.db.write() as session:
            at = deciding.desk(session, viewer, activity_id)
            return bulk.decide(session, at, picked, step, reason.strip())

    def taken_many(
        self, viewer: Viewer, activity_id: uuid.UUID, batch_id: uuid.UUID
    ) -> BulkDone | None:
        """Return what a decision on several works did; None if there is none such."""
        with self.db.read() as session:
            at = deciding.desk(session, viewer, activity_id, writes=False)
            return bulk.taken(session, at, batch_id)

    def undo_many(
        self, viewer: Viewer, activity_id: uuid.UUID, batch_id: uuid.UUID
    ) -> tuple[int, int]:
        """Take back what was decided together; return how many were and how many were not."""
        with self.db.write() as session:
            at = deciding.desk(session, viewer, activity_id)
            return bulk.undo(session, at, batch_id)

    def respond(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        reflection_id: uuid.UUID,
        parts: Mapping[str, str],
    ) -> uuid.UUID:
        """Give the tutor's own response to a released reflection; it is released at once.

        ``parts`` are sanitised HTML by part. A response can be rewritten until its addressee has
        said how helpful it is or has answered it; then Stale is raised. Raises InvalidInput for an
        empty response, IllegalTransition for a reflection that is not released, NotFound.
        """
        if not any(parts.get(name) for name in RESPONSE_PARTS):
            raise InvalidInput({"resonates": [_("Write something in at least one of the parts.")]})
        with self.db.write() as session:
            at = deciding.desk(session, viewer, activity_id)
            return tutor_responses.give(session, at, reflection_id, parts)
