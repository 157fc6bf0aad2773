"""Forgetting what is over: courses that ended, sessions, logins, old messages (docs/privacy.md).

A course has ended when nobody has opened it for so long, and its activities' dates are as long
over. What people did in it goes; its activities, which educators made, stay to be used again.
"""

from __future__ import annotations

import uuid
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Select,
    Table,
    Text,
    Update,
    and_,
    cast,
    delete,
    exists,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from lti_tool import clock
from lti_tool.models import Base
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.credentials import Credential
from lti_tool.models.database import Database
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.launches import LaunchSession, UsedLogin
from lti_tool.models.mail import MailState
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.sharing import Share
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.learning_records import noting
from lti_tool.services.mailing import letters
from lti_tool.services.privacy import history_erasing
from lti_tool.services.privacy.erasure import BLANK_USER

LISTS = (
    "launch_sessions",
    "course_groups",
    "roster_syncs",
    "weekly_summaries",
    "moodle_ratings",
    "kept_figures",
    "memberships",
)
COHORTS = ("level_shares", "course_tokens", "exclusions", "cohorts")
FINISHED = (OutboxState.SENT, OutboxState.REFUSED, OutboxState.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Purged:
    """How much was forgotten, or of a dry run would be."""

    courses: tuple[str, ...]
    """Titles of the courses that ended."""
    rows: Counter[str]
    """Rows by what they are."""


class _DryRun(Exception):
    """Ends a transaction that must leave no trace."""


def purge(db: Database, days: int, dry_run: bool) -> Purged:
    """Forget what is over for ``days``; each course in a transaction of its own.

    A dry run does the same in one transaction, and takes it back: its numbers are exact.
    """
    before, rows = clock.now() - timedelta(days=days), Counter[str]()
    with db.read() as session:
        ended = list(session.execute(_ended(before)))
    steps = [partial(_forget_course, context_id=key) for key, _title in ended]
    steps.append(partial(_forget_rest, before=before))
    if dry_run:
        with suppress(_DryRun), db.write() as session:
            for step in steps:
                rows += step(session)
            raise _DryRun
    else:
        for step in steps:
            with db.write() as session:
                rows += step(session)
    return Purged(tuple(title for _key, title in ended), +rows)


def _ended(before: datetime) -> Select[uuid.UUID, str]:
    """Select courses with people in them that nobody has used since ``before``."""
    dates = (Activity.opens_at, Activity.now_due_at, Activity.new_due_at, Activity.next_due_at)
    alive = or_(Activity.updated_at >= before, *(date >= before for date in dates))
    return (
        select(Context.id, Context.title)
        .where(
            Context.created_at < before,
            exists().where(Membership.context_id == Context.id),
            ~exists().where(Membership.context_id == Context.id, Membership.last_seen_at >= before),
            ~exists().where(Activity.context_id == Context.id, alive),
        )
        .order_by(Context.title, Context.id)
    )


def _forget_course(session: Session, context_id: uuid.UUID) -> Counter[str]:
    """Forget what people did in a course, and who was in it."""
    rows: Counter[str] = Counter()
    activities = select(Activity.id).where(Activity.context_id == context_id)
    links = select(ResourceLink.id).where(ResourceLink.context_id == context_id)
    columns = select(LineItem.id).where(
        LineItem.resource_link_id.in_(links) | LineItem.activity_id.in_(activities)
    )
    tables = Base.metadata.tables
    with history_erasing.opened(session, "purge"):
        _forget(session, tables["participations"], ("activity_id", activities), rows)
    for name in ("learner_clocks", "extensions", "interventions", "nudges"):
        _forget(session, tables[name], ("activity_id", activities), rows)
    _forget(session, tables["results"], ("line_item_id", columns), rows)
    for name in (*LISTS, *COHORTS):
        here = select(Context.id).where(Context.id == context_id)
        _forget(session, tables[name], ("context_id", here), rows)
    return rows


def forget(session: Session, table: Table, which: tuple[str, Select[Any]]) -> None:
    """Delete the rows that ``which`` tells (a column, its values), and what hangs on them."""
    _forget(session, table, which, Counter())


def _forget(
    session: Session, table: Table, which: tuple[str, Select[Any]], rows: Counter[str]
) -> None:
    """Delete the rows that ``which`` tells (a column, its values), and what hangs on them."""
    condition = table.c[which[0]].in_(which[1])
    for child in Base.metadata.sorted_tables:
        for key in child.foreign_keys:
            if key.column.table is table and child is not table:
                ids = select(key.column).where(condition)
                _forget(session, child, (key.parent.name, ids), rows)
    rows[table.name] += _count(session, delete(table).where(condition))


def _forget_rest(session: Session, before: datetime) -> Counter[str]:
    """Forget what is no course's, and the people who are in none any more."""
    now = clock.now()
    newer = aliased(OutboxMessage)
    replaced = exists().where(
        newer.key == OutboxMessage.key,
        newer.created_at > OutboxMessage.created_at,
    )
    old = and_(OutboxMessage.state.in_(FINISHED), OutboxMessage.finished_at < before)
    over = or_(replaced, OutboxMessage.kind.in_((noting.KIND, letters.KIND)))
    answers = update(OutboxMessage).where(old, OutboxMessage.detail != "").values(detail="")
    named = {**BLANK_USER, "sub": literal("erased:") + cast(User.id, Text), "erased_at": now}
    left = and_(User.created_at < before, User.erased_at.is_(None), _is_in_no_course())
    # Who has a credential that holds must be found again, to withdraw it.
    holds = exists().where(Credential.user_id == User.id, Credential.taken_back_at.is_(None))
    told = or_(User.name != "", User.email != "", User.chosen_name != "")
    full = cast(Credential.document, Text) != "{}"
    emptied = update(Credential).where(Credential.taken_back_at < before, full).values(document={})
    nowhere = ~exists().where(Membership.user_id == MailState.user_id)
    unheld = ~exists().where(Membership.user_id == Share.user_id)
    return Counter(
        {
            "used_logins": _count(session, delete(UsedLogin).where(UsedLogin.expires_at < now)),
            "launch_sessions": _count(
                session, delete(LaunchSession).where(LaunchSession.expires_at < now)
            ),
            "outbox_messages": _count(session, delete(OutboxMessage).where(old, over)),
            "outbox_answers": _count(session, answers),
            "mail_states": _count(session, delete(MailState).where(nowhere)),
            "shares": _count(session, delete(Share).where(unheld)),
            "users": _count(session, delete(User).where(_is_unused())),
            "users_made_nameless": _count(session, update(User).where(left, ~holds).values(named))
            + _count(session, update(User).where(left, holds, told).values(BLANK_USER)),
            "credentials_emptied": _count(session, emptied),
        }
    )


def _is_in_no_course() -> ColumnElement[bool]:
    """Tell people who are in no course and have no session."""
    return and_(
        ~exists().where(Membership.user_id == User.id),
        ~exists().where(LaunchSession.user_id == User.id),
    )


def _is_unused() -> ColumnElement[bool]:
    """Tell people to whom nothing refers."""
    return and_(
        *(
            ~exists().where(key.parent == User.id)
            for table in Base.metadata.sorted_tables
            for key in table.foreign_keys
            if key.column.table is User.__table__
        )
    )


def _count(session: Session, statement: Delete | Update) -> int:
    """Run a statement; return how many rows it changed."""
    result = session.connection().execute(statement)
    return max(result.rowcount, 0)
