"""Noting who needs a tutor, whenever what counts is measured; ``rules.signals`` decides.

What is noted (``Participation.attention``) is read by the tutor's list without looking at anybody
else. Time alone may add a reason: ``remeasure_at`` says when to look again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, Select, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from lti_tool import clock
from lti_tool.models.activities import ActivityVersion, Prompt
from lti_tool.models.interventions import Intervention
from lti_tool.models.participations import Participation, SelfRating
from lti_tool.models.people import Membership
from lti_tool.models.reflections import Reflection, ReflectionAnswer
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.completion import PHASE_OF, ItemKey, ItemState, Progress
from lti_tool.rules.interventions import InterventionAct
from lti_tool.rules.rich_text import count_words
from lti_tool.rules.signals import Attention, Watched, attention_for, written
from lti_tool.rules.vocabulary import AllocationState, Moment, Role, WorkState
from lti_tool.services.engine import clocks

SHORT = 15
"""Words below which any draft is very short; a quarter of what is asked for, where that is more."""
SHARE = 4
HELPED = (
    InterventionAct.ANSWERED,
    InterventionAct.NUDGED,
    InterventionAct.EXTENDED,
    InterventionAct.FREED,
    InterventionAct.NOTED,
)
"""Acts after which a learner's reasons rest for a while."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What the database knows of a learner's comings and goings in one activity."""

    role: Role | None
    left_at: datetime | None
    seen_at: datetime | None
    wrote_at: datetime | None
    """Last save of a response of theirs."""
    gave_at: datetime | None
    """Last response that they handed in."""
    harsh_at: datetime | None
    sitting_since: datetime | None
    dropped_at: datetime | None
    handled_at: datetime | None


def note(
    session: Session,
    participation: Participation,
    reflection: Reflection | None,
    progress: Progress,
    moments: Iterable[datetime | None],
) -> None:
    """Write down whether the learner needs a tutor, and when to look again.

    ``moments`` are dates that may change the learner's completion or score.
    """
    now = clock.now()
    found = look(session, participation, reflection, progress)
    first = found.first
    participation.attention = first.kind.value if first else None
    participation.attention_at = first.since if first else None
    participation.signals = written(found.signals)
    later = [moment for moment in (*moments, found.next_at) if moment is not None and moment > now]
    participation.remeasure_at = min(later, default=None)


def look(
    session: Session,
    participation: Participation,
    reflection: Reflection | None,
    progress: Progress,
) -> Attention:
    """Return why the learner needs a tutor now."""
    values = {
        "me": participation.id,
        "user_id": participation.user_id,
        "activity_id": participation.activity_id,
        "context_id": participation.activity.context_id,
        "reflection_id": reflection.id if reflection else None,
    }
    traces = Traces(*session.execute(_TRACES, values).one())
    words, wanted = _draft(session, participation, reflection)
    watched = _watched(participation, reflection, progress, traces, words, wanted)
    return attention_for(watched, clock.now())


def _watched(
    participation: Participation,
    reflection: Reflection | None,
    progress: Progress,
    traces: Traces,
    words: int,
    wanted: int,
) -> Watched:
    done = {item.key for item in progress.items if item.state is ItemState.DONE}
    # Without a first self-rating nobody is late: what counts is what the phase is for.
    undone = [item.key for item in progress.items if item.key not in (*done, ItemKey.RATED_BEFORE)]
    if reflection is not None and reflection.state not in (WorkState.DRAFT, WorkState.RETURNED):
        undone = [key for key in undone if key is not ItemKey.REFLECTION]
    signs = (participation.started_at, traces.seen_at, traces.wrote_at, traces.gave_at)
    saved_at = reflection.saved_at if reflection else None
    stepless = ItemKey.RESPONSES_GIVEN in done and ItemKey.NEXT_STEP not in done
    return Watched(
        is_here=traces.left_at is None and (traces.role is None or traces.role.takes_part),
        complete=progress.complete,
        can_act=progress.next_item is not None,
        last_sign_at=max(sign for sign in (*signs, saved_at) if sign is not None),
        dates=clocks.dates_of(participation),
        open_phases=frozenset(PHASE_OF[key] for key in undone if key in PHASE_OF),
        answer_within=timedelta(days=participation.activity.answer_within_days),
        reflection=reflection.state if reflection else None,
        held_since=reflection.visible_at if reflection else None,
        released_at=reflection.released_at if reflection else None,
        answered=reflection is not None and reflection.served > 0,
        draft_saved_at=saved_at,
        draft_words=words,
        draft_wanted=wanted,
        harsh_at=traces.harsh_at,
        sitting_since=traces.sitting_since,
        dropped_at=traces.dropped_at,
        last_given_at=traces.gave_at if stepless else None,
        handled_at=traces.handled_at,
    )


def _draft(
    session: Session, participation: Participation, reflection: Reflection | None
) -> tuple[int, int]:
    """Return how many words a draft has, and below how many it is very short."""
    if reflection is None or reflection.state not in (WorkState.DRAFT, WorkState.RETURNED):
        return 0, 0
    texts = session.scalars(
        select(ReflectionAnswer.html).where(ReflectionAnswer.reflection_id == reflection.id)
    )
    locale = participation.activity.locale
    words = sum(count_words(html, locale) for html in texts)
    asked = session.scalar(
        select(func.sum(Prompt.min_words))
        .join(ActivityVersion, Prompt.version_id == ActivityVersion.id)
        .where(ActivityVersion.id == reflection.version_id, Prompt.required.is_(True))
    )
    return words, max(SHORT, (asked or 0) // SHARE)


def _harsh() -> ScalarSelect[datetime | None]:
    """Select the last response to the learner that has marked words and that they may read."""
    return (
        select(func.max(Response.submitted_at))
        .where(
            Response.reflection_id == bindparam("reflection_id"),
            Response.marked_words != "",
            Response.state.in_((WorkState.SUBMITTED, WorkState.HELD, WorkState.RELEASED)),
        )
        .scalar_subquery()
    )


def _sitting() -> ScalarSelect[datetime]:
    """Select since when the learner has been at a response that they have begun."""
    begun = exists().where(
        Response.allocation_id == Allocation.id, Response.state == WorkState.DRAFT
    )
    return (
        select(func.min(Allocation.created_at))
        .where(
            Allocation.reviewer_id == bindparam("me"),
            Allocation.state == AllocationState.CLAIMED,
            begun,
        )
        .scalar_subquery()
    )


def _dropped() -> ScalarSelect[datetime]:
    """Select when the learner last rated a competency lower than before."""
    before = aliased(SelfRating)
    return (
        select(func.max(SelfRating.rated_at))
        .join(
            before,
            (before.participation_id == SelfRating.participation_id)
            & (before.competency_id == SelfRating.competency_id),
        )
        .where(
            SelfRating.participation_id == bindparam("me"),
            SelfRating.moment == Moment.AFTER,
            before.moment == Moment.BEFORE,
            SelfRating.level < before.level,
        )
        .scalar_subquery()
    )


def _traces() -> Select[*tuple[Any, ...]]:
    mine = (
        Response.author_id == bindparam("user_id"),
        Response.activity_id == bindparam("activity_id"),
    )
    member = (
        Membership.context_id == bindparam("context_id"),
        Membership.user_id == bindparam("user_id"),
    )
    handled = (
        Intervention.activity_id == bindparam("activity_id"),
        Intervention.user_id == bindparam("user_id"),
        Intervention.act.in_(HELPED),
    )
    role = func.coalesce(Membership.granted_role, Membership.role, type_=Membership.role.type)
    return select(
        select(role).where(*member).scalar_subquery(),
        select(Membership.left_at).where(*member).scalar_subquery(),
        select(Membership.last_seen_at).where(*member).scalar_subquery(),
        select(func.max(Response.saved_at)).where(*mine).scalar_subquery(),
        select(func.max(Response.submitted_at)).where(*mine).scalar_subquery(),
        _harsh(),
        _sitting(),
        _dropped(),
        select(func.max(Intervention.at)).where(*handled).scalar_subquery(),
    )


# Built once: every measuring of a learner asks it.
_TRACES = _traces()
