"""Asking for a learner's name in a double-blind activity: with a reason, and written down."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool import clock
from lti_tool.errors import Forbidden, InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.moderation import ModerationDecision
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Role, Step
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import Scope, scope_of
from lti_tool.services.locking import lock_activity

MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Masks:
    """Use cases of staff: how well names can be hidden at all, and asking for one."""

    db: Database

    def learners(self, viewer: Viewer) -> int | None:
        """Return how many learners the viewer's course has; None where there is no course yet."""
        if viewer.context_id is None:
            return None
        role = func.coalesce(Membership.granted_role, Membership.role)
        query = select(func.count()).where(
            Membership.context_id == viewer.context_id,
            Membership.left_at.is_(None),
            role.in_([one.value for one in Role if one.takes_part]),
        )
        with self.db.read() as session:
            return session.scalar(query) or 0

    def unmask(
        self, viewer: Viewer, activity_id: uuid.UUID, participation_id: uuid.UUID, reason: str
    ) -> None:
        """Show staff a learner's name from now on, and write down who asked and why.

        Raises InvalidInput without a reason, NotFound for a learner of another activity or one
        whose name is not hidden from staff, Forbidden for learners.
        """
        if not viewer.role.moderates:
            raise Forbidden("unmask")
        if not reason.strip():
            raise InvalidInput({"reason": [_("Say why; the learner reads it.")]})
        with self.db.write() as session:
            lock_activity(session, activity_id)
            activity = find_activity(session, viewer, activity_id)
            scope = scope_of(session, viewer)
            participation = _participation(session, activity, participation_id, scope)
            if not activity.anonymity.hides_from_staff:
                raise NotFound("mask")
            participation.unmasked_at = participation.unmasked_at or clock.now()
            session.add(
                ModerationDecision(
                    activity_id=activity.id,
                    participation_id=participation.id,
                    about_id=participation.user_id,
                    actor_id=viewer.user_id,
                    step=Step.UNMASK,
                    reason=reason.strip()[:MAX_REASON],
                )
            )


def _participation(
    session: Session, activity: Activity, participation_id: uuid.UUID, scope: Scope
) -> Participation:
    participation = session.scalar(
        select(Participation)
        .where(
            Participation.id == participation_id,
            Participation.activity_id == activity.id,
            scope.holds(Participation.user_id),
        )
        .options(joinedload(Participation.user))
    )
    if participation is None:
        raise NotFound("participation")
    return participation
