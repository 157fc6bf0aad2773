"""A response as its author, its addressee and fellow readers see it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from lti_tool import clock
from lti_tool.models.activities import Activity
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.guidance import RESPONSE_PARTS
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.engine import commenting, readings, redacting
from lti_tool.services.engine.anonymity import author_of_response, unnamed_tutor
from lti_tool.services.engine.commenting import CommentView
from lti_tool.services.engine.readings import ReadingView


@dataclass(frozen=True, slots=True)
class ResponseView:
    """A response as its author, its addressee or a fellow reader sees it."""

    id: uuid.UUID
    author: str
    by_tutor: bool
    parts: Mapping[str, str]
    """Name of the part (``rules.guidance.RESPONSE_PARTS``) to sanitised HTML; "" if empty."""
    state: WorkState
    submitted_at: datetime | None
    visible_at: datetime | None
    return_reason: str
    helpfulness: int | None
    reply: str
    replied_at: datetime | None
    takeaway: str = ""
    """What its addressee takes from it; nobody's but theirs and their tutors'."""
    comments: tuple[CommentView, ...] = ()
    """Tutors' comments that the reader may read."""
    is_appealed: bool = False
    """Whether an appeal of its author waits; the text rests meanwhile."""
    readings: tuple[ReadingView, ...] = ()
    """What it says by criteria."""
    was_released: bool = False
    """Whether others could read it once: held, it is so because of a flag."""

    @property
    def can_take_back(self) -> bool:
        """Whether its grace window is still open."""
        submitted = self.state is WorkState.SUBMITTED
        return submitted and self.visible_at is not None and clock.now() < self.visible_at


def response_view(activity: Activity, response: Response) -> ResponseView:
    """Return what a learner's pages show of a response."""
    return ResponseView(
        id=response.id,
        author=author_of_response(activity, response),
        by_tutor=response.allocation_id is None,
        parts={name: getattr(response, name) for name in RESPONSE_PARTS},
        state=response.state,
        submitted_at=response.submitted_at,
        visible_at=response.visible_at,
        return_reason=response.return_reason,
        helpfulness=response.helpfulness,
        reply=response.reply,
        replied_at=response.replied_at,
        takeaway=response.takeaway,
        is_appealed=response.appealed_at is not None,
        was_released=response.released_at is not None,
    )


def for_peers(view: ResponseView, passages: Sequence[str]) -> ResponseView:
    """Return a response as peers read it: without what a tutor took out."""
    parts = {name: redacting.for_peers(html, passages) for name, html in view.parts.items()}
    return replace(view, parts=parts, readings=readings.for_peers(view.readings, passages))


def for_author(view: ResponseView, passages: Sequence[str]) -> ResponseView:
    """Return a response as its author reads it: whole, with what peers do not read marked."""
    parts = {name: redacting.for_author(html, passages) for name, html in view.parts.items()}
    return replace(view, parts=parts, readings=readings.for_author(view.readings, passages))


def with_readings(
    session: Session, activity: Activity, views: Sequence[ResponseView]
) -> list[ResponseView]:
    """Return responses with what they say by criteria, in one query."""
    found = readings.readings_of(session, [view.id for view in views], activity.locale)
    return [replace(view, readings=found.get(view.id, ())) for view in views]


def with_author() -> tuple[_AbstractLoad, ...]:
    """Return how to load responses whose authors are named."""
    reviewer = joinedload(Response.allocation).joinedload(Allocation.reviewer)
    return joinedload(Response.author), reviewer.joinedload(Participation.user)


def received_responses(session: Session, participation: Participation) -> tuple[ResponseView, ...]:
    """Return the released responses to the learner's reflection, oldest first."""
    query = (
        select(Response)
        .join(Reflection, Response.reflection_id == Reflection.id)
        .where(
            Reflection.participation_id == participation.id,
            Response.state == WorkState.RELEASED,
        )
        .order_by(Response.released_at, Response.id)
        .options(*with_author())
    )
    views = [response_view(participation.activity, one) for one in session.scalars(query)]
    views = with_readings(session, participation.activity, views)
    ids = [view.id for view in views]
    passages = redacting.passages_of(session, ids)
    found = commenting.comments_of(session, ids, to_addressee=True)
    comments = {key: for_learners(participation.activity, told) for key, told in found.items()}
    return tuple(
        replace(for_peers(view, passages.get(view.id, ())), comments=comments.get(view.id, ()))
        for view in views
    )


def for_learners(activity: Activity, comments: tuple[CommentView, ...]) -> tuple[CommentView, ...]:
    """Return tutors' comments as learners read them: not by whom, where both sides are blind."""
    if not activity.anonymity.hides_from_staff:
        return comments
    return tuple(replace(one, tutor=unnamed_tutor()) for one in comments)
