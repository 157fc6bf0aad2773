"""The tutor's decisions: release, return, withhold, undo; and the tutor's own response."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import Forbidden, IllegalTransition, InvalidInput, NotFound, Stale
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.moderation import ModerationDecision
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.guidance import RESPONSE_PARTS
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Step, WorkState
from lti_tool.services import completion, queue, settling, work
from lti_tool.services.activities import find_activity
from lti_tool.services.history import TUTOR_STEPS
from lti_tool.services.locking import lock_activity
from lti_tool.services.queue import Cursor, QueueList, QueuePage, WorkKind
from lti_tool.services.work import WorkView


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that was taken: its id undoes it."""

    id: uuid.UUID
    step: Step
    kind: WorkKind
    work_id: uuid.UUID
    state: WorkState
    author: str = ""


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
    ) -> QueuePage:
        """Return one page of a list of the desk; work in its grace window is in none."""
        settling.settle_now(self.db, activity_id)
        with self.db.read() as session:
            find_activity(session, _staff(viewer), activity_id)
            return queue.read_page(session, activity_id, which, after)

    def open(
        self, viewer: Viewer, activity_id: uuid.UUID, kind: WorkKind, work_id: uuid.UUID
    ) -> WorkView:
        """Return a reflection or response with its history; raise NotFound."""
        with self.db.read() as session:
            activity = find_activity(session, _staff(viewer), activity_id)
            return work.open_work(session, activity, kind, work_id)

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
        """Release, return or withhold the work that stood as ``expected`` when it was read.

        Raises Stale if it changed since (another tutor was faster, its author handed it in again),
        InvalidInput without a reason for returning or withholding, NotFound.
        """
        reason = reason.strip()
        if step is not Step.RELEASE and not reason:
            raise InvalidInput({"reason": [_("Say why; the author reads it.")]})
        with self.db.write() as session:
            lock_activity(session, activity_id)
            activity = find_activity(session, _staff(viewer), activity_id)
            subject = work.load(session, activity, kind, work_id)
            if work.expected_of(subject) != expected:
                raise Stale(kind.value, {"state": subject.state.value})
            decision = _take(subject, step, viewer.user_id, reason)
            session.add(decision)
            session.flush()
            refresh_concerned(session, subject)
            return Decision(decision.id, step, kind, work_id, subject.state)

    def taken(
        self, viewer: Viewer, activity_id: uuid.UUID, decision_id: uuid.UUID
    ) -> Decision | None:
        """Return a tutor's decision of this activity while it can still be taken back."""
        with self.db.read() as session:
            activity = find_activity(session, _staff(viewer), activity_id)
            try:
                decision = _tutor_decision(session, activity, decision_id)
                kind, work_id = _subject_of(decision)
                subject = work.load(session, activity, kind, work_id)
            except NotFound:
                return None
            if subject.state is not decision.to_state or _something_later(session, decision):
                return None
            name = work.author_of(subject).display_name
            return Decision(decision.id, decision.step, kind, work_id, subject.state, name)

    def undo(self, viewer: Viewer, activity_id: uuid.UUID, decision_id: uuid.UUID) -> Decision:
        """Take back a decision, if it is still the last one of its work.

        Raises Stale if something else was decided or handed in since, NotFound.
        """
        with self.db.write() as session:
            lock_activity(session, activity_id)
            activity = find_activity(session, _staff(viewer), activity_id)
            decision = _tutor_decision(session, activity, decision_id)
            kind, work_id = _subject_of(decision)
            subject = work.load(session, activity, kind, work_id)
            overtaken = subject.state is not decision.to_state or _is_rewritten(subject, decision)
            if overtaken or _something_later(session, decision):
                raise Stale(kind.value, {"state": subject.state.value})
            undone = subject.undo(decision, viewer.user_id)
            session.add(undone)
            session.flush()
            refresh_concerned(session, subject)
            return Decision(undone.id, Step.UNDO, kind, work_id, subject.state)

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
            lock_activity(session, activity_id)
            activity = find_activity(session, _staff(viewer), activity_id)
            reflection = work.load(session, activity, WorkKind.REFLECTION, reflection_id)
            if reflection.state is not WorkState.RELEASED:
                raise IllegalTransition("reflection", reflection.state, "respond")
            response = _own_response(session, viewer, activity, reflection_id)
            for name in RESPONSE_PARTS:
                setattr(response, name, parts.get(name, ""))
            response.saved_at = clock.now()
            _hand_over(session, response, viewer.user_id)
            refresh_concerned(session, response)
            return response.id


def refresh_concerned(session: Session, subject: Reflection | Response) -> None:
    """Measure anew the learners whose completion depends on ``subject``.

    Of a reflection its author; of a response its author and the one whose reflection it answers.
    """
    addressee = subject if isinstance(subject, Reflection) else subject.reflection
    participations = {addressee.participation_id: addressee.participation}
    if isinstance(subject, Response):
        author = session.scalar(
            select(Participation).where(
                Participation.activity_id == subject.activity_id,
                Participation.user_id == subject.author_id,
            )
        )
        if author is not None:
            participations[author.id] = author
    for participation in participations.values():
        completion.refresh(session, participation)


def _staff(viewer: Viewer) -> Viewer:
    if not viewer.role.moderates:
        raise Forbidden("desk")
    return viewer


def _take(
    subject: Reflection | Response, step: Step, actor_id: uuid.UUID, reason: str
) -> ModerationDecision:
    if step is Step.RELEASE:
        return subject.release(actor_id, reason)
    if step is Step.RETURN:
        return subject.send_back(actor_id, reason)
    if step is Step.WITHHOLD:
        return subject.withhold(actor_id, reason)
    raise IllegalTransition(subject.SUBJECT, subject.state, step)


def _tutor_decision(
    session: Session, activity: Activity, decision_id: uuid.UUID
) -> ModerationDecision:
    decision = session.scalar(
        select(ModerationDecision).where(
            ModerationDecision.id == decision_id,
            ModerationDecision.activity_id == activity.id,
            ModerationDecision.actor_id.is_not(None),
            ModerationDecision.step.in_(TUTOR_STEPS),
            ModerationDecision.from_state != WorkState.SUBMITTED,
        )
    )
    if decision is None:
        raise NotFound("decision")
    return decision


def _subject_of(decision: ModerationDecision) -> tuple[WorkKind, uuid.UUID]:
    if decision.reflection_id is not None:
        return WorkKind.REFLECTION, decision.reflection_id
    if decision.response_id is not None:
        return WorkKind.RESPONSE, decision.response_id
    raise NotFound("decision")


def _something_later(session: Session, decision: ModerationDecision) -> bool:
    query = exists().where(
        ModerationDecision.at > decision.at,
        ModerationDecision.reflection_id == decision.reflection_id
        if decision.reflection_id
        else ModerationDecision.response_id == decision.response_id,
    )
    return bool(session.scalar(select(query)))


def _is_rewritten(subject: Reflection | Response, decision: ModerationDecision) -> bool:
    """Return whether a response's text has changed since: what is not sent is not published."""
    if isinstance(subject, Reflection) or subject.saved_at is None:
        return False
    return subject.state is WorkState.RETURNED and subject.saved_at > decision.at


def _own_response(
    session: Session, viewer: Viewer, activity: Activity, reflection_id: uuid.UUID
) -> Response:
    """Return the tutor's response to the reflection, a new one if there is none yet."""
    response = session.scalar(
        select(Response).where(
            Response.reflection_id == reflection_id, Response.author_id == viewer.user_id
        )
    )
    if response is None:
        response = Response(
            activity_id=activity.id,
            reflection_id=reflection_id,
            author_id=viewer.user_id,
            state=WorkState.DRAFT,
        )
        session.add(response)
        session.flush()
    if response.helpfulness is not None or response.reply or response.allocation_id:
        raise Stale("response", {"state": response.state.value})
    return response


def _hand_over(session: Session, response: Response, tutor_id: uuid.UUID) -> None:
    """Release the tutor's response; nobody moderates the moderator, and there is no grace."""
    if response.state in (WorkState.DRAFT, WorkState.RETURNED):
        session.add(response.submit(tutor_id, timedelta(0)))
    if response.state is not WorkState.RELEASED:
        session.add(response.release(tutor_id))
    session.flush()
