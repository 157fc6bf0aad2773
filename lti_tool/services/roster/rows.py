"""Writing a course list into people and memberships, some hundred at a time.

Functions that run inside a transaction. An unchanged member costs a share of one select and of one
update; past the session, since nobody looks at these rows as objects.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Insert,
    Row,
    Table,
    and_,
    bindparam,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_tool.lti.nrps import Member, Status
from lti_tool.models.base import Base
from lti_tool.models.people import Membership, User
from lti_tool.rules.standing_roles import combined, highest
from lti_tool.rules.vocabulary import Role
from lti_tool.services.roster.states import Job

_USERS = Base.metadata.tables[User.__tablename__]
_MEMBERSHIPS = Base.metadata.tables[Membership.__tablename__]
Known = dict[str, Row[*tuple[Any, ...]]]


def save_members(
    session: Session, job: Job, members: Sequence[Member], now: datetime
) -> dict[str, uuid.UUID]:
    """Write what a part of the list says; return the ids of those who are in the course.

    Who is in the course and not known yet is made: a person, and a membership with the role that
    the list tells. Nobody is marked as gone but who the list itself calls inactive or deleted.
    """
    connection = session.connection()
    known = _known(connection, job, [member.sub for member in members])
    present = [member for member in members if member.status is Status.ACTIVE]
    new = [member for member in present if member.sub not in known]
    if new:
        _add_users(connection, job, new, now)
        known |= _known(connection, job, [member.sub for member in new])
    _tell_users(connection, known, members)
    _add_memberships(connection, job, known, present, now)
    _tell_memberships(connection, job, known, members, now)
    return {member.sub: known[member.sub].user_id for member in present}


def mark_gone(session: Session, job: Job, now: datetime) -> None:
    """Mark who a complete list did not name; only call it after the last page.

    Not who launched since it was asked for, and not staff whom the list has never named: a
    platform's administrators are in no course.
    """
    session.execute(
        update(Membership)
        .where(
            Membership.context_id == job.context_id,
            Membership.listed_in < job.number,
            Membership.left_at.is_(None),
            Membership.launched_role.is_(None) | (Membership.last_seen_at < job.started_at),
            Membership.listed_role.is_not(None)
            | Membership.role.in_([role for role in Role if role.takes_part]),
        )
        .values(left_at=now)
        .execution_options(synchronize_session=False)
    )


def listed_learners(session: Session, job: Job, most: int) -> list[tuple[uuid.UUID, str]]:
    """Return id and ``sub`` of those whom this turn listed and who take part, at most ``most``."""
    query = (
        select(User.id, User.sub)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.context_id == job.context_id,
            Membership.listed_in == job.number,
            Membership.left_at.is_(None),
            Membership.role.in_([role for role in Role if role.takes_part]),
        )
    )
    return [(row[0], row[1]) for row in session.execute(query.limit(most))]


def _known(connection: Connection, job: Job, subs: Iterable[str]) -> Known:
    """Return the rows of people whom this platform has told of, with their membership here."""
    query = (
        select(
            User.id.label("user_id"),
            User.sub,
            User.name,
            User.email,
            Membership.id,
            Membership.role,
            Membership.launched_role,
            Membership.listed_role,
            Membership.listed_in,
            Membership.left_at,
        )
        .select_from(User)
        .outerjoin(
            Membership,
            and_(Membership.user_id == User.id, Membership.context_id == job.context_id),
        )
        .where(User.registration_id == job.tenant.registration_id, User.sub.in_(list(subs)))
    )
    return {row.sub: row for row in connection.execute(query)}


def _add_users(connection: Connection, job: Job, members: list[Member], now: datetime) -> None:
    """Make people; somebody whom a launch makes this moment stays as the launch made them."""
    connection.execute(
        _insert_new(connection, _USERS, "registration_id", "sub"),
        [
            {
                "id": uuid.uuid4(),
                "registration_id": job.tenant.registration_id,
                "sub": member.sub,
                "name": member.name,
                "email": member.email,
                "chosen_name": "",
                "locale": "",
                "chosen_locale": "",
                "time_zone": "",
                "created_at": now,
            }
            for member in members
        ],
    )


def _tell_users(connection: Connection, known: Known, members: Sequence[Member]) -> None:
    """Keep names and addresses that differ; what the list does not tell stays."""
    changed = []
    for member in members:
        row = known.get(member.sub)
        if row is None:
            continue
        told = {"name": member.name or row.name, "email": member.email or row.email}
        if (told["name"], told["email"]) != (row.name, row.email):
            changed.append({"which": row.user_id, **told})
    if changed:
        changed.sort(key=lambda values: str(values["which"]))  # two courses may share people
        connection.execute(
            update(_USERS)
            .where(_USERS.c.id == bindparam("which"))
            .values(name=bindparam("name"), email=bindparam("email")),
            changed,
        )


def _add_memberships(
    connection: Connection, job: Job, known: Known, present: list[Member], now: datetime
) -> None:
    rows = [
        {
            "id": uuid.uuid4(),
            "context_id": job.context_id,
            "user_id": known[member.sub].user_id,
            "role": member.role,
            "listed_role": member.role,
            "listed_in": job.number,
            "told_groups": "",
            "first_seen_at": now,
            "last_seen_at": now,
        }
        for member in present
        if known[member.sub].id is None
    ]
    if rows:
        connection.execute(_insert_new(connection, _MEMBERSHIPS, "context_id", "user_id"), rows)


def _tell_memberships(
    connection: Connection, job: Job, known: Known, members: Sequence[Member], now: datetime
) -> None:
    """Note who was listed, and write roles and absences that differ."""
    listed, changed = [], []
    for member in members:
        row = known.get(member.sub)
        if row is None or row.id is None:
            continue
        listed.append(row.id)
        told = _told(job, row, member, now)
        if told != {name: getattr(row, name) for name in told}:
            changed.append({"which": row.id, **{f"new_{name}": told[name] for name in told}})
    if listed:
        connection.execute(
            update(_MEMBERSHIPS).where(_MEMBERSHIPS.c.id.in_(listed)).values(listed_in=job.number)
        )
    if changed:
        names = ("role", "listed_role", "left_at")
        connection.execute(
            update(_MEMBERSHIPS)
            .where(_MEMBERSHIPS.c.id == bindparam("which"))
            .values({name: bindparam(f"new_{name}") for name in names}),
            changed,
        )


def _told(job: Job, row: Row[*tuple[Any, ...]], member: Member, now: datetime) -> dict[str, Any]:
    """Return what a membership should say after ``member``; who is listed twice, the better."""
    again = row.listed_in == job.number
    listed = highest(row.listed_role, member.role) if again else member.role
    if member.status is Status.ACTIVE or (again and row.left_at is None):
        left_at = None
    else:
        left_at = row.left_at or now
    role = combined(row.launched_role, listed, job.tenant.family)
    return {"role": role, "listed_role": listed, "left_at": left_at}


def _insert_new(connection: Connection, table: Table, *key: str) -> Insert:
    """Return an insert that leaves a row alone which is there already."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing(index_elements=key)
    return sqlite.insert(table).on_conflict_do_nothing(index_elements=key)
