"""Groups of a course: what the LMS tells of them, kept; and the one place to ask for them.

Functions that run inside a transaction. Groups come from three sources, whichever there is: the
Course Groups Service with the enrolments in the course list, a person's own groups in a launch
(``$Moodle.Person.userGroupIds``: ids without names), or none.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, exists, insert, select, tuple_
from sqlalchemy.orm import Session

from lti_tool.lti.groups import Group
from lti_tool.models.people import Membership, User
from lti_tool.models.roster import CourseGroup, GroupMember
from lti_tool.services.locking import hold_people


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group of a course; ``name`` is empty where the LMS tells the id alone."""

    id: uuid.UUID
    lti_id: str
    name: str
    set_name: str
    member_ids: tuple[uuid.UUID, ...]
    """Users who are in the course now."""


def groups_of(session: Session, context_id: uuid.UUID) -> list[GroupView]:
    """Return the groups of a context with their members, by name; two selects at any size."""
    members: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for group_id, user_id in session.execute(
        select(GroupMember.group_id, GroupMember.user_id)
        .join(CourseGroup, CourseGroup.id == GroupMember.group_id)
        .join(
            Membership,
            (Membership.user_id == GroupMember.user_id)
            & (Membership.context_id == CourseGroup.context_id),
        )
        .where(CourseGroup.context_id == context_id, Membership.left_at.is_(None))
        .order_by(GroupMember.user_id)
    ):
        members[group_id].append(user_id)
    found = session.scalars(
        select(CourseGroup)
        .where(CourseGroup.context_id == context_id)
        .order_by(CourseGroup.set_name, CourseGroup.name, CourseGroup.lti_id)
    )
    return [
        GroupView(one.id, one.lti_id, one.name, one.set_name, tuple(members[one.id]))
        for one in found
    ]


def has_groups(session: Session, context_id: uuid.UUID) -> bool:
    """Return whether the LMS told of any group of a context."""
    return bool(session.scalar(select(exists().where(CourseGroup.context_id == context_id))))


def save_groups(
    session: Session, context_id: uuid.UUID, told: Iterable[Group], sets: Mapping[str, str]
) -> None:
    """Bring the groups of a context to a complete listing; who is in a group that stays, stays."""
    listed = {group.id: group for group in told}
    present = select(CourseGroup).where(CourseGroup.context_id == context_id)
    known = {group.lti_id: group for group in session.scalars(present)}
    for lti_id, group in listed.items():
        row = known.pop(lti_id, None)
        if row is None:
            row = CourseGroup(context_id=context_id, lti_id=lti_id)
            session.add(row)
        row.name, row.set_id = group.name, group.set_id
        row.set_name = sets.get(group.set_id, "")
    gone = [row.id for row in known.values()]
    if gone:
        session.execute(delete(GroupMember).where(GroupMember.group_id.in_(gone)))
        session.execute(delete(CourseGroup).where(CourseGroup.id.in_(gone)))
    session.flush()


def set_members(
    session: Session, context_id: uuid.UUID, wanted: Mapping[uuid.UUID, Iterable[str]]
) -> None:
    """Put people into just these groups of a context, given by the platform's ids.

    A group that no listing has named is made, without a name. Who was erased stays out.
    """
    here = hold_people(session, User.id.in_(wanted))
    wanted = {user_id: told for user_id, told in wanted.items() if user_id in here}
    ids = _group_ids(session, context_id, {one for told in wanted.values() for one in told})
    pairs = {(ids[one], user_id) for user_id, told in wanted.items() for one in told}
    found = session.execute(
        select(GroupMember.group_id, GroupMember.user_id)
        .join(CourseGroup, CourseGroup.id == GroupMember.group_id)
        .where(CourseGroup.context_id == context_id, GroupMember.user_id.in_(wanted))
    )
    present = {(row[0], row[1]) for row in found}
    if over := present - pairs:
        session.execute(
            delete(GroupMember).where(
                tuple_(GroupMember.group_id, GroupMember.user_id).in_(sorted(over))
            )
        )
    if new := pairs - present:
        rows = [{"group_id": group_id, "user_id": user_id} for group_id, user_id in sorted(new)]
        session.execute(insert(GroupMember), rows)


def _group_ids(session: Session, context_id: uuid.UUID, lti_ids: set[str]) -> dict[str, uuid.UUID]:
    if not lti_ids:
        return {}
    present = select(CourseGroup.lti_id, CourseGroup.id).where(
        CourseGroup.context_id == context_id, CourseGroup.lti_id.in_(lti_ids)
    )
    known = dict(session.execute(present).all())
    for lti_id in sorted(lti_ids - known.keys()):
        made = CourseGroup(context_id=context_id, lti_id=lti_id)
        session.add(made)
        session.flush()
        known[lti_id] = made.id
    return known
