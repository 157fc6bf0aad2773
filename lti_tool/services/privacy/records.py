"""Reading all that is kept of one person, table by table (``privacy_ties``)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, false, func, select, true
from sqlalchemy.orm import Session

from lti_tool.i18n import pick
from lti_tool.models import Base
from lti_tool.models.activities import Activity, Prompt
from lti_tool.models.attachments import Attachment
from lti_tool.models.criteria import Criterion, CriterionLevel
from lti_tool.models.frameworks import Competency
from lti_tool.models.participations import Participation
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.reflections import Reflection
from lti_tool.rules.guidance import RESPONSE_PARTS
from lti_tool.services.engine import readings, redacting
from lti_tool.services.files.store import FileStore
from lti_tool.services.privacy.ties import PERSONAL, TIES, Tie

Row = dict[str, Any]
TITLED = ("context_id", "activity_id", "prompt_id", "competency_id", "criterion_id")
"""What rows may refer to that has a title."""
RECEIVED = ("responses", "reflection_id")
OWNERS = {
    "memberships": ("user_id", "users"),
    "participations": ("user_id", "users"),
    "reflections": ("participation_id", "participations"),
    "allocations": ("reviewer_id", "participations"),
    "responses": ("author_id", "users"),
}
"""Which column makes a row of these tables a person's, and what it refers to."""


@dataclass(frozen=True, slots=True)
class Owned:
    """One person's rows in the tables that others refer to, as subqueries of their ids.

    With a ``context_id`` only those of one course; what belongs to no course is none of them then.
    """

    user_id: uuid.UUID
    context_id: uuid.UUID | None = None
    ids: Mapping[str, Select[Any]] = field(init=False)

    def __post_init__(self) -> None:
        ids: dict[str, Select[Any]] = {"users": select(User.id).where(User.id == self.user_id)}
        for name, (column, target) in OWNERS.items():
            table = table_of(name)
            mine = table.c[column].in_(ids[target])
            ids[name] = select(table.c.id).where(mine, self._in_course(table, ids))
        object.__setattr__(self, "ids", ids)

    def rows(self, tie: Tie) -> Select[Any]:
        """Select the rows of one tie."""
        table = table_of(tie.table)
        mine = table.c[tie.column].in_(self.ids[target_of(tie)])
        query = select(table).where(mine, self._in_course(table, self.ids))
        return query.where(table.c.state.in_(tie.states)) if tie.states else query

    def _in_course(self, table: Table, ids: Mapping[str, Select[Any]]) -> ColumnElement[bool]:
        """Tell that a row belongs to the course; always, where no course was named."""
        if self.context_id is None:
            return true()
        if "context_id" in table.c:
            return table.c.context_id == self.context_id
        if "activity_id" in table.c:
            activities = select(Activity.id).where(Activity.context_id == self.context_id)
            return table.c.activity_id.in_(activities)
        for owner in ("participation", "reflection", "response"):
            if f"{owner}_id" in table.c:
                return table.c[f"{owner}_id"].in_(ids[f"{owner}s"])
        return false()


def table_of(name: str) -> Table:
    """Return a table by its name."""
    return Base.metadata.tables[name]


def target_of(tie: Tie) -> str:
    """Return the table of people, or of what is theirs, to which a tie refers."""
    column: Column[Any] = table_of(tie.table).c[tie.column]
    return next(
        key.column.table.name for key in column.foreign_keys if key.column.table.name in PERSONAL
    )


def counts(session: Session, owned: Owned) -> dict[Tie, int]:
    """Return how many rows each exported tie has; those without any are left out."""
    found = {
        tie: session.scalar(select(func.count()).select_from(owned.rows(tie).subquery())) or 0
        for tie in TIES
        if tie.exported
    }
    return {tie: number for tie, number in found.items() if number}


def courses(session: Session, user_id: uuid.UUID) -> tuple[str, ...]:
    """Return the titles of the person's courses."""
    query = (
        select(Context.title)
        .join(Membership, Membership.context_id == Context.id)
        .where(Membership.user_id == user_id)
        .order_by(Context.title, Context.id)
    )
    return tuple(session.scalars(query))


def export_rows(session: Session, owned: Owned) -> dict[Tie, list[Row]]:
    """Return the rows of each exported tie as plain values that JSON can hold.

    Rows that refer to a course, an activity, a question or a competency also say its title.
    """
    titles = _Titles(session)
    found: dict[Tie, list[Row]] = {}
    for tie in TIES:
        if tie.exported:
            rows = session.execute(owned.rows(tie)).mappings()
            found[tie] = [_plain(titles.added({**row}), tie) for row in rows]
        if tie.exported and (tie.table, tie.column) == RECEIVED:
            found[tie] = _without_redacted(session, found[tie])
    return found


def _without_redacted(session: Session, rows: list[Row]) -> list[Row]:
    """Return responses that the person received as they read them on the page."""
    ids = [uuid.UUID(row["id"]) for row in rows]
    passages = redacting.passages_of(session, ids)
    said = readings.readings_of(session, ids, "")
    shown = []
    for row in rows:
        out = passages.get(uuid.UUID(row["id"]), ())
        texts = {name: redacting.for_peers(row[name], out) for name in RESPONSE_PARTS}
        told = readings.for_peers(said.get(uuid.UUID(row["id"]), ()), out)
        by_criteria = {one.criterion.name: one.headed for one in told}
        shown.append({**row, **texts, **({"by_criteria": by_criteria} if told else {})})
    return shown


def file_paths(session: Session, store: FileStore, owned: Owned) -> dict[str, Path]:
    """Return the person's files: a name that is unique in an archive, and where each lies."""
    query = select(Attachment).where(Attachment.reflection_id.in_(owned.ids["reflections"]))
    places = {
        f"files/{row.id}/{row.name}": store.path(row.sha256) for row in session.scalars(query)
    }
    return {name: path for name, path in places.items() if path.is_file()}


def person(user: User) -> Row:
    """Return what is kept of the person as such."""
    return {column.name: plain(getattr(user, column.name)) for column in table_of("users").columns}


def plain(value: object) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _plain(row: Row, tie: Tie) -> Row:
    return {name: plain(value) for name, value in row.items() if name not in tie.hidden}


class _Titles:
    """Titles of what rows refer to, each read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[str, uuid.UUID], str] = {}

    def added(self, row: Row) -> Row:
        """Return a row with the titles of what it refers to, before its own columns."""
        told = {
            name.removesuffix("_id"): self._title(name, row[name])
            for name in TITLED
            if row.get(name)
        }
        if row.get("criterion_id") and row.get("level"):
            told["level_label"] = self._level(row["criterion_id"], row["level"])
        if "activity" not in told:
            activity_id = self._activity_of(row)
            told |= {"activity": self._title("activity_id", activity_id)} if activity_id else {}
        return {**told, **row}

    def _activity_of(self, row: Row) -> uuid.UUID | None:
        """Return the activity of a row that refers to one through a learner's way or work."""
        if row.get("participation_id"):
            found = self._session.get(Participation, row["participation_id"])
            return found.activity_id if found else None
        if row.get("reflection_id"):
            work = self._session.get(Reflection, row["reflection_id"])
            return work.activity_id if work else None
        return None

    def _level(self, criterion_id: uuid.UUID, position: int) -> str:
        level = self._session.get(CriterionLevel, (criterion_id, position))
        return level.label if level else ""

    def _title(self, name: str, key: uuid.UUID) -> str:
        if (name, key) not in self._known:
            self._known[name, key] = self._read(name, key)
        return self._known[name, key]

    def _read(self, name: str, key: uuid.UUID) -> str:
        if name == "competency_id":
            return pick(self._session.get_one(Competency, key).statement)
        if name == "criterion_id":
            return self._session.get_one(Criterion, key).name
        if name == "prompt_id":
            return self._session.get_one(Prompt, key).text
        if name == "activity_id":
            return self._session.get_one(Activity, key).title
        return self._session.get_one(Context, key).title
