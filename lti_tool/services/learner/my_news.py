"""What came in for a learner since their last visit, and what their course was told."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.levels import DepthRating
from lti_tool.models.moderation import ModerationDecision
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Step, WorkState
from lti_tool.services.learner.standing import Standing

SAME_VISIT = timedelta(minutes=30)
"""Who opens the activity again so soon is still on the same visit."""


@dataclass(frozen=True, slots=True)
class News:
    """What happened since ``since``, when the learner's last visit began."""

    since: datetime
    responses: int
    """Responses that came in."""
    heard: int
    """Responses of theirs whose addressees wrote back or said how helpful they were."""
    reflection: Step | None
    """The last decision on their reflection."""
    decided: int
    """Responses of theirs that a tutor decided on."""
    levels: int
    """Competency levels that were confirmed or changed."""
    depths: int = 0
    """Whether a tutor said how deep their reflection goes."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        counted = self.responses or self.heard or self.decided or self.levels or self.depths
        return not counted and self.reflection is None


def visit(viewer: Viewer, participation: Participation) -> None:
    """Note that the learner came back, once a launch; what came in since the time before is news.

    Who comes again so soon that it is still the same visit is told the same again.
    """
    now, before = clock.now(), participation.visited_at
    if before is None or now - before >= SAME_VISIT:
        participation.news_since = before
    participation.visit_id, participation.visited_at = viewer.session_id, now


def news(
    session: Session, standing: Standing, user_id: uuid.UUID, since: datetime | None
) -> News | None:
    """Return what came in for a learner ``since`` their last visit; None on the first."""
    if since is None:
        return None
    values = {
        "participation_id": standing.participation_id,
        "activity_id": standing.activity.id,
        "user_id": user_id,
        "since": since,
    }
    row = session.execute(_NEWS, values).one()
    return News(since, *row)


def _count(*conditions: Any) -> ScalarSelect[int]:
    return select(func.count()).where(*conditions).scalar_subquery()


def _mine(model: Any = Reflection) -> Any:
    reflections = select(Reflection.id).where(
        Reflection.participation_id == bindparam("participation_id", type_=Reflection.id.type)
    )
    return model.reflection_id.in_(reflections)


def _by_staff() -> Any:
    """Tell a decision of a person other than the learner; what rules did is no news."""
    me = bindparam("user_id", type_=Reflection.id.type)
    return and_(
        ModerationDecision.at > _since(),
        ModerationDecision.actor_id.is_not(None),
        ModerationDecision.actor_id != me,
        ModerationDecision.step != Step.FLAG,
    )


def _since() -> Any:
    return bindparam("since", type_=Response.released_at.type)


def _news() -> Select[*tuple[Any, ...]]:
    me = bindparam("user_id", type_=Reflection.id.type)
    given = and_(
        Response.activity_id == bindparam("activity_id", type_=Reflection.id.type),
        Response.author_id == me,
    )
    last = (
        select(ModerationDecision.step)
        .where(_mine(ModerationDecision), _by_staff())
        .order_by(ModerationDecision.at.desc(), ModerationDecision.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    decided = (
        select(func.count(ModerationDecision.response_id.distinct()))
        .where(ModerationDecision.response_id.in_(select(Response.id).where(given)), _by_staff())
        .scalar_subquery()
    )
    released = and_(Response.state == WorkState.RELEASED, Response.released_at > _since())
    answered = or_(Response.replied_at > _since(), Response.helpfulness_at > _since())
    confirmed = and_(
        ConfirmedLevel.participation_id == bindparam("participation_id"),
        ConfirmedLevel.confirmed_at > _since(),
    )
    return select(
        _count(_mine(Response), released),
        _count(given, answered),
        last,
        decided,
        _count(confirmed),
        _count(_mine(DepthRating), DepthRating.at > _since()),
    )


# Built once: putting it together costs several times what running it does.
_NEWS = _news()
