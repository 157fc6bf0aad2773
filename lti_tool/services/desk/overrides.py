"""Counting an activity as complete by a tutor's word, and taking that back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.errors import IllegalTransition, InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.interventions import Intervention
from lti_tool.models.participations import Participation
from lti_tool.rules.interventions import InterventionAct
from lti_tool.rules.viewer import Viewer
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import scope_of
from lti_tool.services.desk import interventions
from lti_tool.services.engine import completion
from lti_tool.services.engine.confirmations import find_participation
from lti_tool.services.locking import lock_activity


@dataclass(frozen=True, slots=True)
class Overrides:
    """Use cases of a tutor who decides that somebody has completed."""

    db: Database

    def complete(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        participation_id: uuid.UUID,
        points: int,
        reason: str,
    ) -> None:
        """Count a learner as complete with ``points`` of 100; the reason goes to them and the LMS.

        Raises InvalidInput without a reason or for points out of range, NotFound. Saying it again
        changes points and reason.
        """
        if not reason.strip():
            raise InvalidInput({"override_reason": [_("Say why; the learner reads it.")]})
        if not 0 <= points <= 100:
            raise InvalidInput({"override_points": [_("A whole number from 0 to 100.")]})
        with self.db.write() as session:
            activity, participation = _find(session, viewer, activity_id, participation_id)
            participation.override_points = points
            participation.override_reason = reason.strip()
            act = InterventionAct.COMPLETED
            learner = [participation.user_id]
            interventions.write(session, viewer, activity, learner, act, note=reason.strip())
            completion.refresh(session, participation)

    def undo(self, viewer: Viewer, activity_id: uuid.UUID, participation_id: uuid.UUID) -> None:
        """Take it back: what is done counts again; raise IllegalTransition if nothing stands."""
        with self.db.write() as session:
            activity, participation = _find(session, viewer, activity_id, participation_id)
            if participation.override_points is None:
                raise IllegalTransition("completion", "as_measured", "undo")
            participation.override_points, participation.override_reason = None, ""
            of_their_own = _had_completed(session, participation)
            act = InterventionAct.COMPLETION_UNDONE
            interventions.write(session, viewer, activity, [participation.user_id], act)
            completion.refresh_after_override(session, participation, of_their_own)


def _had_completed(session: Session, participation: Participation) -> bool:
    """Return whether the learner had completed before a tutor said so."""
    same = (
        Intervention.activity_id == participation.activity_id,
        Intervention.user_id == participation.user_id,
    )
    undone = select(func.max(Intervention.at)).where(
        *same, Intervention.act == InterventionAct.COMPLETION_UNDONE
    )
    last_undone = session.scalar(undone)
    said = select(func.min(Intervention.at)).where(
        *same, Intervention.act == InterventionAct.COMPLETED
    )
    if last_undone is not None:
        said = said.where(Intervention.at > last_undone)
    said_at, completed_at = session.scalar(said), participation.completed_at
    return completed_at is not None and said_at is not None and completed_at < said_at


def _find(
    session: Session, viewer: Viewer, activity_id: uuid.UUID, participation_id: uuid.UUID
) -> tuple[Activity, Participation]:
    lock_activity(session, activity_id)
    activity = find_activity(session, viewer, activity_id)
    scope = scope_of(session, viewer)
    return activity, find_participation(session, activity, participation_id, scope)
