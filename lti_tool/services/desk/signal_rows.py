"""Reading a page of the tutor's list: a fixed number of statements, each cut off by an index.

Who stands on the list was noted when they were last measured (``engine.attention``); who has not
begun is found among the members without a participation.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.models.activities import Activity
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership, User
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.signals import Signal, SignalKind, read
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.cohort_scope import Scope
from lti_tool.services.desk import waiting
from lti_tool.services.desk.signal_views import Place, TodayPage, TodayRow
from lti_tool.services.engine import clocks
from lti_tool.services.engine.anonymity import staff_name

PAGE_SIZE = 20


def read_page(
    session: Session,
    activity: Activity,
    scope: Scope,
    only: SignalKind | None,
    after: Place | None,
    size: int = PAGE_SIZE,
) -> tuple[TodayPage, list[uuid.UUID]]:
    """Return a page, and the participations that do not belong on the list any more."""
    found = _listed(session, activity, scope, only, after, size)
    found += _not_started(session, activity, scope, only, after, size)
    found.sort(key=lambda row: (row.kind, row.at, row.user.id))
    shown, following = found[:size], None
    if len(found) > size:
        following = Place(shown[-1].kind, shown[-1].at, shown[-1].user.id)
    stale = [one.participation.id for one in shown if one.participation and one.is_stale]
    rows = _rows(session, activity, shown)
    to_decide = waiting.texts(session, [activity.id], scope).get(activity.id, 0)
    page = TodayPage(tuple(rows), following, _counts(session, activity, scope), to_decide)
    return page, stale


@dataclass(frozen=True, slots=True)
class _Found:
    """A row of the list before its reasons are told."""

    kind: int
    at: datetime
    user: User
    seen_at: datetime | None
    participation: Participation | None = None
    reflection_id: uuid.UUID | None = None
    wrote_at: datetime | None = None

    @property
    def is_stale(self) -> bool:
        """Whether the learner gave a sign of life since they were measured."""
        if self.participation is None or self.participation.measured_at is None:
            return False
        signs = [sign for sign in (self.seen_at, self.wrote_at) if sign is not None]
        return any(sign > self.participation.measured_at for sign in signs)


def _listed(
    session: Session,
    activity: Activity,
    scope: Scope,
    only: SignalKind | None,
    after: Place | None,
    size: int,
) -> list[_Found]:
    """Return a page of those who have begun and need a tutor, and one more."""
    kind, at = Participation.attention, Participation.attention_at
    query = (
        select(User, Participation, Membership.last_seen_at, Reflection.id, Reflection.saved_at)
        .add_columns(_last_response(activity))
        .join(Participation, Participation.user_id == User.id)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(Reflection, Reflection.participation_id == Participation.id)
        .where(*waiting.in_need(activity, scope))
        .order_by(kind, at, User.id)
        .limit(size + 1)
    )
    if only is not None:
        query = query.where(kind == only.value)
    if after is not None:
        query = query.where(_after(after))
    return [
        _Found(
            kind=part.attention or 0,
            at=part.attention_at or part.started_at,
            user=user,
            seen_at=seen_at,
            participation=part,
            reflection_id=reflection_id,
            wrote_at=max((one for one in (saved_at, last) if one is not None), default=None),
        )
        for user, part, seen_at, reflection_id, saved_at, last in session.execute(query)
    ]


def _last_response(activity: Activity) -> ScalarSelect[datetime | None]:
    """Select when a person last saved a response."""
    return (
        select(func.max(Response.saved_at))
        .where(Response.author_id == User.id, Response.activity_id == activity.id)
        .correlate(User)
        .scalar_subquery()
    )


def _after(place: Place) -> ColumnElement[bool]:
    """Tell that somebody who has begun stands after a place in the list."""
    kind, at = Participation.attention, Participation.attention_at
    same_kind, same_at = kind == place.kind, at == place.at
    return or_(
        kind > place.kind,
        and_(same_kind, at > place.at),
        and_(same_kind, same_at, User.id > place.user_id),
    )


def _not_started(
    session: Session,
    activity: Activity,
    scope: Scope,
    only: SignalKind | None,
    after: Place | None,
    size: int,
) -> list[_Found]:
    """Return a page of those who have not begun, longest in the course first, and one more."""
    kind = SignalKind.NOT_STARTED
    wanted = waiting.unbegun(activity, scope)
    if wanted is None or only not in (None, kind) or (after is not None and after.kind > kind):
        return []
    at = Membership.first_seen_at
    query = (
        select(User, at, Membership.last_seen_at, Membership.launched_role)
        .join(Membership, Membership.user_id == User.id)
        .where(*wanted)
        .order_by(at, User.id)
        .limit(size + 1)
    )
    if after is not None and after.kind == kind:
        query = query.where(or_(at > after.at, and_(at == after.at, User.id > after.user_id)))
    return [
        _Found(kind.value, joined_at, user, seen_at if launched else None)
        for user, joined_at, seen_at, launched in session.execute(query)
    ]


def _counts(session: Session, activity: Activity, scope: Scope) -> dict[SignalKind, int]:
    """Count the learners on the list by their most urgent reason; reads only who is on it."""
    query = (
        select(Participation.attention, func.count())
        .join(Membership, Membership.user_id == Participation.user_id)
        .where(*waiting.in_need(activity, scope))
        .group_by(Participation.attention)
    )
    counts = {SignalKind(kind): number for kind, number in session.execute(query) if kind}
    wanted = waiting.unbegun(activity, scope)
    if wanted is not None:
        unbegun: Select[int] = select(func.count()).select_from(Membership).where(*wanted)
        number = session.scalar(unbegun) or 0
        if number:
            counts[SignalKind.NOT_STARTED] = number
    return dict(sorted(counts.items()))


def _rows(session: Session, activity: Activity, found: Sequence[_Found]) -> list[TodayRow]:
    rows = []
    words = _words(session, [one.participation for one in found])
    for one in found:
        part = one.participation
        if part is None:
            signal = Signal(SignalKind.NOT_STARTED, max(one.at, clocks.opened_at(activity)))
            name = one.user.display_name
            rows.append(TodayRow(one.user.id, None, name, (signal,), one.seen_at))
            continue
        response_id, said = words.get(part.id, (None, ""))
        rows.append(
            TodayRow(
                place=part.id,
                participation_id=part.id,
                name=staff_name(activity, part),
                signals=read(part.signals),
                last_seen_at=one.seen_at,
                reflection_id=one.reflection_id,
                response_id=response_id,
                words=tuple(word for word in said.split(",") if word),
            )
        )
    return rows


def _words(
    session: Session, participations: Iterable[Participation | None]
) -> dict[uuid.UUID, tuple[uuid.UUID, str]]:
    """Return by participation the last response to it that has marked words, and those."""
    ids = [part.id for part in participations if part is not None]
    query = (
        select(Reflection.participation_id, Response.id, Response.marked_words)
        .join(Reflection, Response.reflection_id == Reflection.id)
        .where(
            Reflection.participation_id.in_(ids),
            Response.marked_words != "",
            Response.state.in_((WorkState.SUBMITTED, WorkState.HELD, WorkState.RELEASED)),
        )
        .order_by(Response.submitted_at, Response.id)
    )
    return {part: (response, words) for part, response, words in session.execute(query)}
