"""Taking a tutor's decision and taking it back, inside somebody else's transaction."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lti_tool.errors import Forbidden, IllegalTransition, InvalidInput, NotFound, Stale
from lti_tool.i18n import gettext as _
from lti_tool.models.activities import Activity
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.reflections import Reflection
from lti_tool.rules.redaction import finds, in_line
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Step, WorkState
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import Scope, scope_of
from lti_tool.services.desk import work
from lti_tool.services.desk.queue import WorkKind
from lti_tool.services.engine import appealing, flagging, redacting
from lti_tool.services.engine.concerned import Work, refresh_concerned
from lti_tool.services.engine.history import BESIDE, UNDOABLE
from lti_tool.services.files.shown import FileView
from lti_tool.services.locking import lock_activity


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
class Desk:
    """Where a decision is taken: by whom, in which activity, on whose work."""

    viewer: Viewer
    activity: Activity
    scope: Scope

    def load(self, session: Session, kind: WorkKind, work_id: uuid.UUID, expected: str) -> Work:
        """Return a work that stands as ``expected``; raise Stale if it changed, and NotFound."""
        subject = work.load(session, self.activity, kind, work_id, self.scope)
        if work.expected_of(subject) != expected:
            raise Stale(kind.value, {"state": subject.state.value})
        return subject


def staff(viewer: Viewer) -> Viewer:
    """Return a viewer who moderates; raise Forbidden for anybody else."""
    if not viewer.role.moderates:
        raise Forbidden("desk")
    return viewer


def desk(session: Session, viewer: Viewer, activity_id: uuid.UUID, writes: bool = True) -> Desk:
    """Return the viewer's desk, locked for a change; raise NotFound and Forbidden."""
    staff(viewer)
    if writes:
        lock_activity(session, activity_id)
    return Desk(viewer, find_activity(session, viewer, activity_id), scope_of(session, viewer))


def decide(
    session: Session,
    at: Desk,
    subject: Work,
    step: Step,
    reason: str,
    batch_id: uuid.UUID | None = None,
) -> Decision:
    """Release, return, withhold, or leave flagged work; it answers the flags on it.

    Raises InvalidInput without a reason where somebody needs one: who wrote it, or who flagged it.
    """
    flagged = subject.flagged_at is not None
    if not reason and (step is not Step.RELEASE or flagged):
        raise InvalidInput({"reason": [_why_needed(step)]})
    decision = _take(subject, step, at.viewer.user_id, reason)
    decision.batch_id = batch_id
    session.add(decision)
    session.flush()
    flagging.answer(session, subject, decision)
    refresh_concerned(session, subject)
    return Decision(decision.id, step, WorkKind(subject.SUBJECT), subject.id, subject.state)


def redact(session: Session, at: Desk, subject: Work, passage: str, reason: str) -> Decision:
    """Take a passage out of what peers read.

    Raises InvalidInput for a passage that does not stand in the text, or without a reason.
    """
    problems: dict[str, list[str]] = {}
    if not reason:
        problems["redact_reason"] = [_("Say why; the author reads it.")]
    if not any(finds(html, passage) for html in work.texts_of(session, subject)):
        problems["passage"] = [_("These words do not stand in the text like this. Copy them.")]
    if problems:
        raise InvalidInput(problems)
    decision = subject.redact(at.viewer.user_id, reason)
    session.add(decision)
    session.flush()
    redacting.take_out(session, subject, decision, in_line(passage))
    if subject.state is WorkState.RELEASED:
        flagging.answer(session, subject, decision)
    return Decision(decision.id, Step.REDACT, WorkKind(subject.SUBJECT), subject.id, subject.state)


def withhold_file(
    session: Session, at: Desk, subject: Work, file: FileView | None, reason: str
) -> Decision:
    """Keep one file of a reflection from peers; its author and tutors go on seeing it.

    Raises InvalidInput for a file that is withheld already or not among those handed in last, or
    without a reason.
    """
    problems: dict[str, list[str]] = {}
    if not reason:
        problems["file_reason"] = [_("Say why; the author reads it.")]
    if file is None or file.is_withheld:
        problems["file"] = [_("Choose one of the files.")]
    if problems or file is None:
        raise InvalidInput(problems)
    decision = subject.redact(at.viewer.user_id, reason)
    decision.detail = file.name
    session.add(decision)
    session.flush()
    redacting.take_out(session, subject, decision, file.name, file.id)
    if subject.state is WorkState.RELEASED:
        flagging.answer(session, subject, decision)
    return Decision(decision.id, Step.REDACT, WorkKind(subject.SUBJECT), subject.id, subject.state)


def undo(session: Session, at: Desk, decision_id: uuid.UUID) -> Decision:
    """Take back a decision, if it is still the last one of its work.

    Flags that it answered wait again; an appeal against it is over. Raises Stale if something else
    was decided or handed in since, NotFound.
    """
    decision, subject = find(session, at, decision_id)
    if is_overtaken(session, subject, decision) or _is_rewritten(subject, decision):
        raise Stale(subject.SUBJECT, {"state": subject.state.value})
    actor_id = at.viewer.user_id
    if decision.step in (Step.REDACT, Step.LEAVE):
        redacting.put_back(session, decision.id)
        undone = subject.lift(actor_id)
    else:
        undone = subject.undo(decision, actor_id)
    session.add(undone)
    session.flush()
    appealing.close_undone(session, decision, undone)
    flagging.reopen(session, subject, decision)
    refresh_concerned(session, subject)
    kind = WorkKind(subject.SUBJECT)
    return Decision(undone.id, Step.UNDO, kind, subject.id, subject.state)


def find(session: Session, at: Desk, decision_id: uuid.UUID) -> tuple[ModerationDecision, Work]:
    """Return a tutor's decision that could be undone, with its work; raise NotFound."""
    decision = session.scalar(
        select(ModerationDecision).where(
            ModerationDecision.id == decision_id,
            ModerationDecision.activity_id == at.activity.id,
            ModerationDecision.actor_id.is_not(None),
            ModerationDecision.step.in_(UNDOABLE),
            ModerationDecision.from_state != WorkState.SUBMITTED,
        )
    )
    if decision is None:
        raise NotFound("decision")
    kind, work_id = subject_of(decision)
    return decision, work.load(session, at.activity, kind, work_id, at.scope)


def subject_of(decision: ModerationDecision) -> tuple[WorkKind, uuid.UUID]:
    """Return what a decision is about; raise NotFound for one that is about a person."""
    if decision.reflection_id is not None:
        return WorkKind.REFLECTION, decision.reflection_id
    if decision.response_id is not None:
        return WorkKind.RESPONSE, decision.response_id
    raise NotFound("decision")


def is_overtaken(session: Session, subject: Work, decision: ModerationDecision) -> bool:
    """Return whether something else has happened to the work since."""
    if subject.state is not decision.to_state:
        return True
    waiting = appealing.open_on(session, subject)
    if waiting is not None and waiting.decision_id != decision.id:
        return True
    query = exists().where(
        ModerationDecision.at > decision.at,
        ModerationDecision.step.not_in(BESIDE),
        ModerationDecision.reflection_id == decision.reflection_id
        if decision.reflection_id
        else ModerationDecision.response_id == decision.response_id,
    )
    return bool(session.scalar(select(query)))


def _why_needed(step: Step) -> str:
    if step in (Step.RELEASE, Step.LEAVE):
        return _("Say why; who flagged it and its author read it.")
    return _("Say why; the author reads it.")


def _take(subject: Work, step: Step, actor_id: uuid.UUID, reason: str) -> ModerationDecision:
    steps = {
        Step.RELEASE: subject.release,
        Step.RETURN: subject.send_back,
        Step.WITHHOLD: subject.withhold,
        Step.LEAVE: subject.leave,
    }
    if step not in steps:
        raise IllegalTransition(subject.SUBJECT, subject.state, step)
    return steps[step](actor_id, reason)


def _is_rewritten(subject: Work, decision: ModerationDecision) -> bool:
    """Return whether a response's text has changed since: what is not sent is not published."""
    if isinstance(subject, Reflection) or subject.saved_at is None:
        return False
    return subject.state is WorkState.RETURNED and subject.saved_at > decision.at
