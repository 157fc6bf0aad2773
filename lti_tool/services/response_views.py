"""A response as its author, its addressee and fellow readers see it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_tool import clock
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.guidance import RESPONSE_PARTS
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.wording import shown_name


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

    @property
    def can_take_back(self) -> bool:
        """Whether its grace window is still open."""
        submitted = self.state is WorkState.SUBMITTED
        return submitted and self.visible_at is not None and clock.now() < self.visible_at


def response_view(response: Response) -> ResponseView:
    """Return what pages show of a response."""
    return ResponseView(
        id=response.id,
        author=shown_name(response.author.display_name),
        by_tutor=response.allocation_id is None,
        parts={name: getattr(response, name) for name in RESPONSE_PARTS},
        state=response.state,
        submitted_at=response.submitted_at,
        visible_at=response.visible_at,
        return_reason=response.return_reason,
        helpfulness=response.helpfulness,
        reply=response.reply,
        replied_at=response.replied_at,
    )


def received_responses(session: Session, participation_id: uuid.UUID) -> tuple[ResponseView, ...]:
    """Return the released responses to the learner's reflection, oldest first."""
    query = (
        select(Response)
        .join(Reflection, Response.reflection_id == Reflection.id)
        .where(
            Reflection.participation_id == participation_id,
            Response.state == WorkState.RELEASED,
        )
        .order_by(Response.released_at, Response.id)
        .options(joinedload(Response.author))
    )
    return tuple(response_view(response) for response in session.scalars(query))
