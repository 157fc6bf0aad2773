"""Confirming competency levels: only a tutor does, and a grade's comment carries them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock, i18n
from lti_tool.errors import InvalidInput, NotFound, Stale
from lti_tool.i18n import gettext as _
from lti_tool.models.activities import Activity
from lti_tool.models.decisions import ModerationDecision
from lti_tool.models.frameworks import Competency
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.rules.evidence import Piece
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Step
from lti_tool.services.cohort_scope import Scope, scope_of
from lti_tool.services.engine import completion, level_history, taking_back
from lti_tool.services.engine.evidence import Found, found_for
from lti_tool.services.learning_records import noting
from lti_tool.services.locking import lock_activity
from lti_tool.services.outbox import competency_scores, ratings


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a tutor says of one competency; ``level`` None takes a confirmation back.

    ``seen`` is what stood there when the tutor decided (``seen_of``); ``evidence`` are the keys of
    the pieces that it rests on.
    """

    competency_id: uuid.UUID
    level: int | None
    note: str
    seen: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """What is there of a learner when levels are confirmed."""

    viewer: Viewer
    participation: Participation
    standing: Mapping[uuid.UUID, ConfirmedLevel]
    rests_on: Mapping[uuid.UUID, tuple[Piece, ...]]
    found: tuple[Found, ...]

    def pieces(self, confirmation: Confirmation) -> tuple[Piece, ...]:
        """Return the ticked pieces: as they are now, or as they were when they were ticked.

        Raises InvalidInput if one is neither.
        """
        if confirmation.level is None:
            return ()
        key = confirmation.competency_id
        known = {one.key: one for one in self.rests_on.get(key, ())}
        known |= {one.piece.key: one.piece for one in self.found if one.speaks_to(key)}
        if set(confirmation.evidence) - known.keys():
            message = _(
                "Something that you ticked was changed or taken away by the learner meanwhile;"
                " nothing was saved. Look at what is there now, and save again."
            )
            raise InvalidInput({"": [message]})
        ticked = set(confirmation.evidence)
        return tuple(piece for key, piece in known.items() if key in ticked)

    def says_the_same(self, confirmation: Confirmation, pieces: Iterable[Piece]) -> bool:
        """Return whether a confirmation would change nothing."""
        before = self.standing.get(confirmation.competency_id)
        if before is None or confirmation.level is None:
            return before is None and confirmation.level is None
        rested = {one.key for one in self.rests_on.get(confirmation.competency_id, ())}
        same = (before.level, before.note) == (confirmation.level, confirmation.note)
        return same and rested == {one.key for one in pieces}


def seen_of(confirmed: ConfirmedLevel | None) -> str:
    """Return a text that changes whenever a confirmation does; empty if there is none."""
    return confirmed.confirmed_at.isoformat() if confirmed else ""


def find_participation(
    session: Session, activity: Activity, participation_id: uuid.UUID, scope: Scope
) -> Participation:
    """Return a participation in ``activity`` within the ``scope``; raise NotFound."""
    participation = session.scalar(
        select(Participation).where(
            Participation.id == participation_id,
            Participation.activity_id == activity.id,
            scope.holds(Participation.user_id),
        )
    )
    if participation is None:
        raise NotFound("participation")
    return participation


def confirm(
    session: Session,
    viewer: Viewer,
    activity: Activity,
    participation_id: uuid.UUID,
    confirmations: Iterable[Confirmation],
) -> int:
    """Write the confirmations that say something new and measure the learner; return how many.

    Raises Stale if one was changed since it was ``seen``, NotFound for a competency that the
    activity does not have or a level that its scale does not have.
    """
    lock_activity(session, activity.id)
    scope = scope_of(session, viewer)
    participation = find_participation(session, activity, participation_id, scope)
    case = _case(session, viewer, participation)
    changed = [one.competency_id for one in confirmations if _settle(session, case, one)]
    if changed:
        session.flush()
        session.expire(participation, ["confirmed_levels"])
        completion.refresh(session, participation)
        ratings.promise(session, participation)
        competency_scores.promise(session, participation, changed)
    return len(changed)


def _settle(session: Session, case: _Case, confirmation: Confirmation) -> bool:
    """Write one confirmation; return whether it says something new."""
    viewer, participation = case.viewer, case.participation
    competency = _check(participation.activity, confirmation)
    pieces = case.pieces(confirmation)
    if case.says_the_same(confirmation, pieces):
        return False
    before = case.standing.get(confirmation.competency_id)
    if seen_of(before) != confirmation.seen:
        raise Stale("confirmed level")
    _write(session, viewer, participation, before, confirmation)
    session.add(_noted(viewer, participation.activity, participation, confirmation))
    level, note = confirmation.level, confirmation.note
    level_history.note_down(session, participation, competency, level, note, pieces, viewer.user_id)
    taking_back.level_changed(session, participation.id, competency.id, level)
    return True


def _case(session: Session, viewer: Viewer, participation: Participation) -> _Case:
    """Return what is there, in the words in which the learner reads it.

    But for whom staff do not know: the history would tell them which language it is.
    """
    user, activity = participation.user, participation.activity
    own = () if activity.anonymity.hides_from_staff else (user.language,)
    with i18n.use(i18n.negotiate((*own, activity.locale))):
        found = found_for(session, participation)
    return _Case(
        viewer,
        participation,
        {item.competency_id: item for item in participation.confirmed_levels},
        level_history.standing_evidence(session, participation.id),
        found,
    )


def _check(activity: Activity, confirmation: Confirmation) -> Competency:
    """Return the competency of a confirmation; raise NotFound for what the activity has not."""
    levels = {level.position for level in activity.framework.levels} if activity.framework else {}
    known = {item.id: item for item in activity.competencies}
    if confirmation.competency_id not in known:
        raise NotFound("competency")
    if confirmation.level is not None and confirmation.level not in levels:
        raise NotFound("level")
    return known[confirmation.competency_id]


def _write(
    session: Session,
    viewer: Viewer,
    participation: Participation,
    before: ConfirmedLevel | None,
    confirmation: Confirmation,
) -> None:
    if confirmation.level is None:
        if before is not None:
            noting.take_back_level(session, participation, before)
            session.delete(before)
        return
    if before is None:
        before = ConfirmedLevel(
            participation_id=participation.id, competency_id=confirmation.competency_id
        )
        session.add(before)
    before.level, before.note = confirmation.level, confirmation.note
    before.confirmed_by_id, before.confirmed_at = viewer.user_id, clock.now()
    noting.note_level(session, participation, before)


def _noted(
    viewer: Viewer, activity: Activity, participation: Participation, confirmation: Confirmation
) -> ModerationDecision:
    """Return the line of the history: which competency, which level, on what evidence."""
    codes = {one.id: one.code for one in activity.competencies}
    level = "–" if confirmation.level is None else str(confirmation.level)
    return ModerationDecision(
        activity_id=activity.id,
        participation_id=participation.id,
        about_id=participation.user_id,
        actor_id=viewer.user_id,
        step=Step.CONFIRM,
        reason=confirmation.note,
        detail=f"{codes[confirmation.competency_id]}: {level}",
    )


def asked_of(session: Session, participation_id: uuid.UUID) -> tuple[tuple[datetime, str], ...]:
    """Return what tutors asked a learner for since a level was confirmed last, newest first."""
    rows = session.execute(
        select(ModerationDecision.at, ModerationDecision.step, ModerationDecision.reason)
        .where(
            ModerationDecision.participation_id == participation_id,
            ModerationDecision.step.in_((Step.ASK_MORE, Step.CONFIRM)),
        )
        .order_by(ModerationDecision.at.desc(), ModerationDecision.id.desc())
    ).all()
    found = []
    for at, step, reason in rows:
        if step is Step.CONFIRM:
            break
        found.append((at, reason))
    return tuple(found)
