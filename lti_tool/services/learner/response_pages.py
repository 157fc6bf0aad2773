"""What the pages of the New phase show: reflections to answer, responses given and received."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool import clock
from lti_tool.models.activities import Activity
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.completion import ItemKey
from lti_tool.rules.guidance import RESPONSE_PARTS, response_minimum
from lti_tool.rules.rich_text import count_words, to_text
from lti_tool.rules.vocabulary import AllocationState, WorkState
from lti_tool.services.engine import allocating, commenting, reach, redacting
from lti_tool.services.engine.anonymity import peer_name
from lti_tool.services.engine.completion import IN_HAND
from lti_tool.services.learner import criteria_fields
from lti_tool.services.learner.answers import AnswerView, peer_answers
from lti_tool.services.learner.calibrating import PracticeState, practice_state
from lti_tool.services.learner.criteria_fields import CriterionField
from lti_tool.services.learner.response_views import (
    ResponseView,
    for_author,
    for_learners,
    for_peers,
    received_responses,
    response_view,
    with_author,
    with_readings,
)
from lti_tool.services.learner.standing import Standing

MANY = 100
"""Counts on a page stop here."""
NAMED = 3
"""So many who wait are named."""


@dataclass(frozen=True, slots=True)
class GivenLine:
    """A reflection that the learner was given, and what became of it."""

    allocation_id: uuid.UUID
    author: str
    allocation: AllocationState
    response: ResponseView | None

    @property
    def returned(self) -> bool:
        """Whether the tutor returned the response for a change."""
        return self.response is not None and self.response.state is WorkState.RETURNED


@dataclass(frozen=True, slots=True)
class NewPage:
    """The hub of the New phase."""

    standing: Standing
    given: tuple[GivenLine, ...]
    declined: tuple[GivenLine, ...]
    current: GivenLine | None
    """The reflection that the learner is at."""
    there: bool
    """Whether a reflection is there that could be answered now."""
    done: int
    asked: int
    lacking: int
    """How many authors still lack responses, up to ``MANY``."""
    lacking_names: tuple[str, ...]
    """The first of them."""
    received: int
    unrated: int
    practice: PracticeState | None = None
    """Where they are with reading exemplars; None where there are none."""

    @property
    def owes(self) -> bool:
        """Whether responses are still to be given."""
        return self.done < self.asked


@dataclass(frozen=True, slots=True)
class RespondPage:
    """One peer's reflection, and the learner's response to it."""

    standing: Standing
    allocation_id: uuid.UUID
    allocation: AllocationState
    author: str
    readable: bool
    """Whether the reflection may be read now."""
    answers: tuple[AnswerView, ...]
    parts: Mapping[str, str]
    """The working text: name of the part to sanitised HTML."""
    version: int
    saved_at: datetime | None
    minimum: int
    own: ResponseView | None
    others: tuple[ResponseView, ...]
    """What others responded; only after one's own response was sent."""
    criteria: tuple[CriterionField, ...] = ()
    """The criteria to answer."""
    least_words: int = 0
    """Of each comment by a criterion; characters where the language counts those."""

    @property
    def draft_key(self) -> str:
        """What tells this text from every other on a device."""
        return f"response-{self.allocation_id}"

    @property
    def editable(self) -> bool:
        """Whether the response is in its author's hands."""
        if self.own is None:
            return True
        return self.own.state in (WorkState.DRAFT, WorkState.RETURNED) and not self.own.is_appealed

    def text(self, part: str) -> str:
        """Return a part as plain text, for a field without an editor."""
        return to_text(self.parts.get(part, ""))

    @property
    def words(self) -> int:
        """Words of the whole working text."""
        locale = self.standing.activity.locale
        return sum(count_words(html, locale) for html in self.parts.values())


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """The responses that came in."""

    standing: Standing
    responses: tuple[ResponseView, ...]
    readers: int
    """How many people are at one's reflection now."""

    @property
    def unrated(self) -> int:
        """How many wait for a word on their helpfulness."""
        return sum(response.helpfulness is None for response in self.responses)


def new_page(session: Session, standing: Standing, participation: Participation) -> NewPage:
    """Build the hub; nothing is allocated by looking at it."""
    current = allocating.current_claim(session, participation.id)
    activity = participation.activity
    lines = [_line(activity, row) for row in _allocations(session, participation.id)]
    done, asked = _given(standing)
    required = participation.activity.responses_required
    lacking = reach.still_waiting(session, participation, required, MANY)
    received = received_responses(session, participation)
    return NewPage(
        standing=standing,
        given=tuple(line for line in lines if line.allocation is AllocationState.ANSWERED),
        declined=tuple(line for line in lines if line.allocation is AllocationState.DECLINED),
        current=next((x for x in lines if current and x.allocation_id == current.id), None),
        there=reach.answerable(session, participation, 1) > 0,
        done=done,
        asked=asked,
        lacking=lacking,
        lacking_names=_lacking_names(session, participation, required) if lacking else (),
        received=len(received),
        unrated=sum(response.helpfulness is None for response in received),
        practice=practice_state(session, participation),
    )


def may_read(allocation: Allocation) -> bool:
    """Return whether a reflection that was given to a learner may be read by them now."""
    answered = allocation.state is AllocationState.ANSWERED
    state = allocation.reflection.state
    return state is WorkState.RELEASED or (answered and state is not WorkState.WITHHELD)


def respond_page(session: Session, standing: Standing, allocation: Allocation) -> RespondPage:
    """Build the page of one reflection to answer."""
    reflection, response = allocation.reflection, allocation.response
    activity = reflection.participation.activity
    own = _own(session, activity, response) if response else None
    sent = own is not None and own.state in IN_HAND
    readable = may_read(allocation)
    locale = standing.activity.locale
    return RespondPage(
        standing=standing,
        allocation_id=allocation.id,
        allocation=allocation.state,
        author=peer_name(activity, reflection.participation),
        readable=readable,
        answers=peer_answers(session, reflection, locale) if readable else (),
        parts={name: getattr(response, name) if response else "" for name in RESPONSE_PARTS},
        version=response.draft_version if response else 0,
        saved_at=response.saved_at if response else None,
        minimum=response_minimum(locale),
        own=own,
        others=_others(session, activity, allocation) if sent and readable else (),
        criteria=criteria_fields.fields_of(session, activity, response),
        least_words=criteria_fields.least_words(activity.criteria_min_words, locale),
    )


def received_page(
    session: Session, standing: Standing, participation: Participation
) -> ReceivedPage:
    """Build the page of responses received."""
    readers = (
        select(func.count())
        .select_from(Allocation)
        .join(Reflection, Allocation.reflection_id == Reflection.id)
        .where(
            Reflection.participation_id == participation.id,
            Allocation.state == AllocationState.CLAIMED,
            Allocation.leased_until > clock.now(),
        )
    )
    return ReceivedPage(
        standing,
        received_responses(session, participation),
        session.scalar(readers) or 0,
    )


def _given(standing: Standing) -> tuple[int, int]:
    """Return how many responses count as given, and how many are asked for."""
    terms = {term.key: term for term in standing.progress.terms}
    term = terms[ItemKey.RESPONSES_GIVEN]
    return term.done, term.of


def _allocations(session: Session, reviewer_id: uuid.UUID) -> list[Allocation]:
    query = (
        select(Allocation)
        .where(Allocation.reviewer_id == reviewer_id)
        .order_by(Allocation.created_at, Allocation.id)
        .options(
            joinedload(Allocation.response).joinedload(Response.author),
            joinedload(Allocation.reviewer).joinedload(Participation.user),
            joinedload(Allocation.reflection)
            .joinedload(Reflection.participation)
            .joinedload(Participation.user),
        )
    )
    return list(session.scalars(query))


def _line(activity: Activity, allocation: Allocation) -> GivenLine:
    return GivenLine(
        allocation.id,
        peer_name(activity, allocation.reflection.participation),
        allocation.state,
        response_view(activity, allocation.response) if allocation.response else None,
    )


def _lacking_names(
    session: Session, participation: Participation, required: int
) -> tuple[str, ...]:
    waiting = reach.waiting_longest(session, participation, required, NAMED)
    return tuple(peer_name(participation.activity, one) for one in waiting)


def _others(
    session: Session, activity: Activity, allocation: Allocation
) -> tuple[ResponseView, ...]:
    query = (
        select(Response)
        .where(
            Response.reflection_id == allocation.reflection_id,
            Response.state == WorkState.RELEASED,
            Response.allocation_id.is_distinct_from(allocation.id),
        )
        .order_by(Response.released_at, Response.id)
        .options(*with_author())
    )
    views = [response_view(activity, response) for response in session.scalars(query)]
    views = with_readings(session, activity, views)
    passages = redacting.passages_of(session, [view.id for view in views])
    return tuple(for_peers(view, passages.get(view.id, ())) for view in views)


def _own(session: Session, activity: Activity, response: Response) -> ResponseView:
    """Return the learner's own response: with tutors' comments, and what peers do not read."""
    passages = redacting.passages_of(session, [response.id]).get(response.id, ())
    comments = commenting.comments_of(session, [response.id]).get(response.id, ())
    (view,) = with_readings(session, activity, [response_view(activity, response)])
    view = for_author(view, passages)
    return replace(view, comments=for_learners(activity, comments))
