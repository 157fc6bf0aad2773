"""The lists of the tutor's desk: what waits for a decision, and what could be decided anew.

Every list costs the same number of queries at any length: two that are cut off by an index
(reflections, responses), merged by the moment from which others could see the work.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool import clock
from lti_tool.errors import NotFound
from lti_tool.models.activities import ActivityVersion
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.rich_text import to_text
from lti_tool.rules.vocabulary import Audience, WorkState
from lti_tool.services.absence import author_left

PAGE_SIZE = 20
EXCERPT_LENGTH = 140
PATIENCE = timedelta(days=3)
"""How long a released reflection waits for peers before it is the tutor's to answer."""


class QueueList(StrEnum):
    """The lists, in the order of their tabs."""

    WAITING = "waiting"
    """Held for a decision, oldest first."""
    UNANSWERED = "unanswered"
    """Reflections that nobody has responded to for ``PATIENCE``, oldest first."""
    RELEASED = "released"
    """What others see, newest first."""
    SET_ASIDE = "set_aside"
    """Returned or withheld, newest first."""

    @property
    def newest_first(self) -> bool:
        """Whether the list begins with the newest."""
        return self in (QueueList.RELEASED, QueueList.SET_ASIDE)


STATES = {
    QueueList.WAITING: (WorkState.HELD,),
    QueueList.UNANSWERED: (WorkState.RELEASED,),
    QueueList.RELEASED: (WorkState.RELEASED,),
    QueueList.SET_ASIDE: (WorkState.RETURNED, WorkState.WITHHELD),
}


class WorkKind(StrEnum):
    """What a tutor decides on."""

    REFLECTION = "reflection"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of a list ends."""

    at: datetime
    id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.id.hex}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Read a cursor back from a URL; None if there is none, NotFound if it is nonsense."""
        if not text:
            return None
        at, _separator, work_id = text.partition("~")
        try:
            moment = datetime.fromisoformat(at)
            if moment.tzinfo is None:
                raise NotFound("page")
            return cls(moment.astimezone(UTC), uuid.UUID(work_id))
        except (ValueError, OverflowError) as error:
            raise NotFound("page") from error


@dataclass(frozen=True, slots=True)
class WorkEntry:
    """A reflection or a response in a list; ``since`` is when it left its author's hands."""

    kind: WorkKind
    id: uuid.UUID
    state: WorkState
    author: str
    about: str
    """Of a response: whose reflection it answers."""
    since: datetime
    excerpt: str


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a list; ``following`` starts the next one, ``counts`` are the tabs' numbers."""

    which: QueueList
    entries: tuple[WorkEntry, ...]
    following: Cursor | None
    counts: dict[QueueList, int]


def read_page(
    session: Session, activity_id: uuid.UUID, which: QueueList, after: Cursor | None
) -> QueuePage:
    """Return the page of list ``which`` that comes after the cursor."""
    rows: list[Reflection | Response] = list(
        session.scalars(_page(_reflections(activity_id, which), Reflection, which, after))
    )
    if which is not QueueList.UNANSWERED:
        rows += session.scalars(_page(_responses(activity_id, which), Response, which, after))
    rows.sort(key=lambda row: (row.visible_at, row.id), reverse=which.newest_first)
    shown = rows[:PAGE_SIZE]
    following = None
    if len(rows) > PAGE_SIZE and shown[-1].visible_at is not None:
        following = Cursor(shown[-1].visible_at, shown[-1].id)
    entries = tuple(_entry(row) for row in shown)
    return QueuePage(which, entries, following, _counts(session, activity_id))


def unanswered() -> ColumnElement[bool]:
    """Tell that a reflection has waited long enough, and no response has come or is on its way."""
    nothing = (WorkState.DRAFT, WorkState.RETURNED, WorkState.WITHHELD)
    answered = exists().where(
        Response.reflection_id == Reflection.id, Response.state.not_in(nothing)
    )
    overdue = Reflection.released_at <= clock.now() - PATIENCE
    return and_(overdue, ~answered, ~author_left())


def excerpt(html: str) -> str:
    """Return the beginning of a text in one line."""
    text = " ".join(to_text(html).split())
    return text if len(text) <= EXCERPT_LENGTH else text[:EXCERPT_LENGTH].rsplit(" ", 1)[0] + "…"


def _reflections(activity_id: uuid.UUID, which: QueueList) -> Select[Reflection]:
    query = (
        select(Reflection)
        .where(Reflection.activity_id == activity_id, Reflection.state.in_(STATES[which]))
        .options(
            joinedload(Reflection.participation).joinedload(Participation.user),
            selectinload(Reflection.revisions),
            joinedload(Reflection.version).selectinload(ActivityVersion.prompts),
        )
    )
    return query.where(unanswered()) if which is QueueList.UNANSWERED else query


def _responses(activity_id: uuid.UUID, which: QueueList) -> Select[Response]:
    return (
        select(Response)
        .where(Response.activity_id == activity_id, Response.state.in_(STATES[which]))
        .options(
            joinedload(Response.author),
            joinedload(Response.reflection)
            .joinedload(Reflection.participation)
            .joinedload(Participation.user),
        )
    )


def _page(query: Select[Any], model: Any, which: QueueList, after: Cursor | None) -> Select[Any]:
    """Cut ``query`` to one page and one row more, from the cursor on."""
    if after is not None:
        at, same = model.visible_at, model.visible_at == after.at
        if which.newest_first:
            query = query.where(or_(at < after.at, and_(same, model.id < after.id)))
        else:
            query = query.where(or_(at > after.at, and_(same, model.id > after.id)))
    order = (model.visible_at, model.id)
    if which.newest_first:
        order = (model.visible_at.desc(), model.id.desc())
    return query.where(model.visible_at.is_not(None)).order_by(*order).limit(PAGE_SIZE + 1)


def _counts(session: Session, activity_id: uuid.UUID) -> dict[QueueList, int]:
    """Count what asks for the tutor; the other lists only grow."""
    held_reflections = select(func.count()).where(
        Reflection.activity_id == activity_id, Reflection.state == WorkState.HELD
    )
    held_responses = select(func.count()).where(
        Response.activity_id == activity_id, Response.state == WorkState.HELD
    )
    without = select(func.count()).where(
        Reflection.activity_id == activity_id,
        Reflection.state == WorkState.RELEASED,
        unanswered(),
    )
    row = session.execute(
        select(
            held_reflections.scalar_subquery(),
            held_responses.scalar_subquery(),
            without.scalar_subquery(),
        )
    ).one()
    return {QueueList.WAITING: row[0] + row[1], QueueList.UNANSWERED: row[2]}


def _entry(row: Reflection | Response) -> WorkEntry:
    since = row.visible_at or row.submitted_at
    if since is None:
        raise NotFound(row.SUBJECT)
    if isinstance(row, Reflection):
        author, about, text = row.participation.user.display_name, "", _first_answer(row)
    else:
        author = row.author.display_name
        about = row.reflection.participation.user.display_name
        text = row.resonates or row.question or row.suggestion
    kind = WorkKind(row.SUBJECT)
    return WorkEntry(kind, row.id, row.state, author, about, since, excerpt(text))


def _first_answer(reflection: Reflection) -> str:
    """Return the first answer that is for the cohort."""
    answers = reflection.revisions[-1].answers if reflection.revisions else {}
    for prompt in reflection.version.prompts:
        if prompt.audience is Audience.COHORT and answers.get(str(prompt.id)):
            return answers[str(prompt.id)]
    return ""
