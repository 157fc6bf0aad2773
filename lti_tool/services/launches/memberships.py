"""A person's membership as a launch tells it; inside the launch's transaction."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from lti_tool import clock
from lti_tool.lti.messages import LtiMessage
from lti_tool.models.people import Context, Membership
from lti_tool.rules.vocabulary import PlatformFamily
from lti_tool.services.cohorts import groups
from lti_tool.services.launches import differences
from lti_tool.services.locking import hold_person
from lti_tool.services.roster import states


def enter(
    session: Session, context: Context, user_id: uuid.UUID, message: LtiMessage
) -> Membership:
    """Make the membership of somebody who launches in this course for the first time."""
    now = clock.now()
    membership = Membership(
        context_id=context.id,
        user_id=user_id,
        role=message.role,
        launched_role=message.role,
        proven_at=now,
        last_seen_at=now,
    )
    session.add(membership)
    session.flush()
    _tell_groups(session, membership, message)
    return membership


def launched(
    session: Session, membership: Membership, message: LtiMessage, family: PlatformFamily
) -> None:
    """Keep what one more launch tells; nothing is written where nothing differs."""
    news = differences.of_membership(membership, message.role, family)
    if news:
        hold(session, membership.user_id)
    for field, value in news.items():
        setattr(membership, field, value)
    _tell_groups(session, membership, message)
    role = membership.launched_role if "launched_role" in news else None
    if role is not None and role.moderates and membership.listed_role is not None:
        # The list may be older than a promotion, and it decides between tutor and educator.
        session.flush()  # people, memberships, the sync's row: everybody locks in this order
        states.expect(session, membership.context_id)


def hold(session: Session, user_id: uuid.UUID) -> None:
    """Hold the person before anything of theirs is written; nobody erases them meanwhile.

    Raises StaleDataError if that happened since this launch read them.
    """
    if not hold_person(session, user_id):
        raise StaleDataError("the person was erased meanwhile")


def _tell_groups(session: Session, membership: Membership, message: LtiMessage) -> None:
    """Keep the groups that a launch names, where it names any others than the last one did."""
    if message.groups is not None and differences.names_other_groups(membership, message):
        hold(session, membership.user_id)
        membership.told_groups = ",".join(message.groups)
        wanted = {membership.user_id: message.groups}
        groups.set_members(session, membership.context_id, wanted)
