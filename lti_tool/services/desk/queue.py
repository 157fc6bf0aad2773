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
from lti_tool.models.activities import Activity, ActivityVersion
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.flagging import Urgency
from lti_tool.rules.rich_text import to_text
from lti_tool.rules.vocabulary import Audience, WorkState
from lti_tool.services.cohort_scope import Scope
from lti_tool.services.engine.absence import author_left
from lti_tool.services.engine.anonymity import staff_author_of_response, staff_name
from lti_tool.services.learner.response_views import with_author

PAGE_SIZE = 20
EXCERPT_LENGTH = 140


class QueueList(StrEnum):
    """The lists, in the order of their tabs."""

    WAITING = "waiting"
    """What waits for a decision: appeals, then flags, then what is held; the oldest first."""
    UNANSWERED = "unanswered"
    """Reflections that nobody has responded to for ``patience``, oldest first."""
    RELEASED = "released"
    """What others see, newest first."""
    SET_ASIDE = "set_aside"
    """Returned or withheld, newest first."""

    @property
    def newest_first(self) -> bool:
        """Whether the list begins with the newest."""
        return self in (QueueList.RELEASED, QueueList.SET_ASIDE)


STATES = {
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
    urgency: int = 0
    """Of the list of what waits."""

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.id.hex}~{self.urgency}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Read a cursor back from a URL; None if there is none, NotFound if it is nonsense."""
        if not text:
            return None
        try:
            at, work_id, urgency = text.split("~")
            moment = datetime.fromisoformat(at)
            if moment.tzinfo is None:
                raise NotFound("page")
            return cls(moment.astimezone(UTC), uuid.UUID(work_id), Urgency(int(urgency)))
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
    urgency: Urgency = Urgency.NONE
    again: bool = False
    """Whether it was handed in before, and this is a new version."""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a list; ``following`` starts the next one, ``counts`` are the tabs' numbers."""

    which: QueueList
    entries: tuple[WorkEntry, ...]
    following: Cursor | None
    counts: dict[QueueList, int]


def read_page(
    session: Session,
    activity_id: uuid.UUID,
    which: QueueList,
    after: Cursor | None,
    scope: Scope,
) -> QueuePage:
    """Return the page of list ``which`` that comes after the cursor; only work within ``scope``."""
    entries, following = read_entries(session, activity_id, which, after, scope, PAGE_SIZE)
    return QueuePage(which, entries, following, _counts(session, activity_id, scope))


def read_entries(
    session: Session,
    activity_id: uuid.UUID,
    which: QueueList,
    after: Cursor | None,
    scope: Scope,
    size: int,
) -> tuple[tuple[WorkEntry, ...], Cursor | None]:
    """Return ``size`` entries of a list after the cursor, and where they end if there are more."""
    listed = _reflections(activity_id, which, patience(session, activity_id))
    query = _page(listed.where(scope.holds_reflection()), Reflection, which, after)
    rows: list[Reflection | Response] = list(session.scalars(query.limit(size + 1)))
    if which is not QueueList.UNANSWERED:
        theirs = _responses(activity_id, which).where(scope.holds_response())
        rows += session.scalars(_page(theirs, Response, which, after).limit(size + 1))
    rows.sort(key=lambda row: _place(row, which), reverse=which.newest_first)
    following = _cursor(rows[size - 1], which) if len(rows) > size else None
    activity = session.get_one(Activity, activity_id)
    return tuple(_entry(activity, row, which) for row in rows[:size]), following


def patience(session: Session, activity_id: uuid.UUID) -> timedelta:
    """Return how long a released reflection waits for peers before it is the tutor's to answer."""
    return timedelta(days=session.get_one(Activity, activity_id).answer_within_days)


def unanswered(within: timedelta) -> ColumnElement[bool]:
    """Tell that a reflection has waited ``within``, and no response has come or is on its way."""
    nothing = (WorkState.DRAFT, WorkState.RETURNED, WorkState.WITHHELD)
    answered = exists().where(
        Response.reflection_id == Reflection.id, Response.state.not_in(nothing)
    )
    overdue = Reflection.released_at <= clock.now() - within
    return and_(overdue, ~answered, ~author_left())


def excerpt(html: str) -> str:
    """Return the beginning of a text in one line."""
    text = " ".join(to_text(html).split())
    return text if len(text) <= EXCERPT_LENGTH else text[:EXCERPT_LENGTH].rsplit(" ", 1)[0] + "…"


def _reflections(activity_id: uuid.UUID, which: QueueList, within: timedelta) -> Select[Reflection]:
    query = (
        select(Reflection)
        .where(Reflection.activity_id == activity_id, _in_list(Reflection, which))
        .options(
            joinedload(Reflection.participation).joinedload(Participation.user),
            selectinload(Reflection.revisions),
            joinedload(Reflection.version).selectinload(ActivityVersion.prompts),
        )
    )
    return query.where(unanswered(within)) if which is QueueList.UNANSWERED else query


def _responses(activity_id: uuid.UUID, which: QueueList) -> Select[Response]:
    return (
        select(Response)
        .where(Response.activity_id == activity_id, _in_list(Response, which))
        .options(
            *with_author(),
            selectinload(Response.revisions),
            joinedload(Response.reflection)
            .joinedload(Reflection.participation)
            .joinedload(Participation.user),
        )
    )


def _page(query: Select[Any], model: Any, which: QueueList, after: Cursor | None) -> Select[Any]:
    """Put ``query`` in order, from the cursor on."""
    if which is QueueList.WAITING:
        return _waiting_page(query, model, after)
    if after is not None:
        at, same = model.visible_at, model.visible_at == after.at
        if which.newest_first:
            query = query.where(or_(at < after.at, and_(same, model.id < after.id)))
        else:
            query = query.where(or_(at > after.at, and_(same, model.id > after.id)))
    order = (model.visible_at, model.id)
    if which.newest_first:
        order = (model.visible_at.desc(), model.id.desc())
    return query.where(model.visible_at.is_not(None)).order_by(*order)


def _waiting_page(query: Select[Any], model: Any, after: Cursor | None) -> Select[Any]:
    """Put the list of what waits in order: the most urgent first, then the oldest."""
    if after is not None:
        same = and_(model.urgency == after.urgency, model.waits_since == after.at)
        query = query.where(
            or_(
                model.urgency > after.urgency,
                and_(model.urgency == after.urgency, model.waits_since > after.at),
                and_(same, model.id > after.id),
            )
        )
    return query.order_by(model.urgency, model.waits_since, model.id)


def _in_list(model: Any, which: QueueList) -> ColumnElement[bool]:
    """Tell that a work is in a list, but for its place and its scope."""
    if which is QueueList.WAITING:
        waits: ColumnElement[bool] = model.urgency > Urgency.NONE.value
        return waits
    found: ColumnElement[bool] = model.state.in_(STATES[which])
    return found


def _place(row: Reflection | Response, which: QueueList) -> tuple[Any, ...]:
    """Return what a list is ordered by."""
    if which is QueueList.WAITING:
        return (row.urgency, row.waits_since, row.id)
    return (row.visible_at, row.id)


def _cursor(row: Reflection | Response, which: QueueList) -> Cursor | None:
    """Return where a page ends that ends with ``row``."""
    at = row.waits_since if which is QueueList.WAITING else row.visible_at
    return Cursor(at, row.id, row.urgency) if at is not None else None


def _counts(session: Session, activity_id: uuid.UUID, scope: Scope) -> dict[QueueList, int]:
    """Count what asks for the tutor; the other lists only grow."""
    reflections = select(func.count()).where(
        Reflection.activity_id == activity_id,
        _in_list(Reflection, QueueList.WAITING),
        scope.holds_reflection(),
    )
    responses = select(func.count()).where(
        Response.activity_id == activity_id,
        _in_list(Response, QueueList.WAITING),
        scope.holds_response(),
    )
    without = select(func.count()).where(
        Reflection.activity_id == activity_id,
        _in_list(Reflection, QueueList.UNANSWERED),
        unanswered(patience(session, activity_id)),
        scope.holds_reflection(),
    )
    counts = select(*(one.scalar_subquery() for one in (reflections, responses, without)))
    waiting, answering, unserved = session.execute(counts).one()
    return {QueueList.WAITING: waiting + answering, QueueList.UNANSWERED: unserved}


def _entry(activity: Activity, row: Reflection | Response, which: QueueList) -> WorkEntry:
    waits = row.waits_since if which is QueueList.WAITING else None
    since = waits or row.visible_at or row.submitted_at
    if since is None:
        raise NotFound(row.SUBJECT)
    if isinstance(row, Reflection):
        author, about = staff_name(activity, row.participation), ""
        text = _first_answer(row)
    else:
        author = staff_author_of_response(activity, row)
        about = staff_name(activity, row.reflection.participation)
        text = row.resonates or row.question or row.suggestion
    kind, urgency, again = WorkKind(row.SUBJECT), Urgency(row.urgency), len(row.revisions) > 1
    return WorkEntry(kind, row.id, row.state, author, about, since, excerpt(text), urgency, again)


def _first_answer(reflection: Reflection) -> str:
    """Return the first answer that is for the cohort."""
    answers = reflection.revisions[-1].answers if reflection.revisions else {}
    for prompt in reflection.version.prompts:
        if prompt.audience is Audience.COHORT and answers.get(str(prompt.id)):
            return answers[str(prompt.id)]
    return ""
