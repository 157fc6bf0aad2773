"""A person's membership as a launch tells it; inside the launch's transaction."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.lti.messages import LtiMessage
from lti_tool.models.base import Base
from lti_tool.models.people import Context, Membership
from lti_tool.rules.standing_roles import PROOF_PRECISION, combined, proven
from lti_tool.rules.vocabulary import PlatformFamily
from lti_tool.services.cohorts import groups
from lti_tool.services.roster import states

SEEN_PRECISION = timedelta(hours=1)
"""``last_seen_at`` of a membership is written at most this often."""


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
    now, told = clock.now(), message.role
    age = now - membership.proven_at if membership.proven_at else timedelta(0)
    role = proven(told, membership.launched_role, age)
    is_news = role is not membership.launched_role
    if is_news or (told is role and told.moderates and age > PROOF_PRECISION):
        membership.proven_at = now
    if membership.left_at is not None or now - membership.last_seen_at > SEEN_PRECISION:
        membership.last_seen_at = now
    standing = combined(role, membership.listed_role, family)
    _tell(membership, launched_role=role, role=standing, left_at=None)
    _tell_groups(session, membership, message)
    if is_news and role.moderates and membership.listed_role is not None:
        # The list may be older than a promotion, and it decides between tutor and educator.
        session.flush()  # people, memberships, the sync's row: everybody locks in this order
        states.expect(session, membership.context_id)


def _tell_groups(session: Session, membership: Membership, message: LtiMessage) -> None:
    """Keep the groups that a launch names, where it names any others than the last one did."""
    if message.groups is None:
        return
    told = ",".join(message.groups)
    if told != membership.told_groups:
        membership.told_groups = told
        wanted = {membership.user_id: message.groups}
        groups.set_members(session, membership.context_id, wanted)


def _tell(row: Base, **values: object) -> None:
    """Set what differs; a row that was set to the same is looked at again by each flush."""
    for field, value in values.items():
        if getattr(row, field) != value:
            setattr(row, field, value)
