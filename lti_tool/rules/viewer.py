"""Who is looking: what a bound launch session says of the person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from lti_tool.rules.vocabulary import Role, SessionKind


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person of one launch session, in one context; all lookups are scoped by it."""

    session_id: uuid.UUID
    kind: SessionKind
    registration_id: uuid.UUID
    deployment_id: uuid.UUID
    user_id: uuid.UUID
    display_name: str
    role: Role
    locale: str
    time_zone: str = ""
    context_id: uuid.UUID | None = None
    membership_id: uuid.UUID | None = None
    resource_link_id: uuid.UUID | None = None
    activity_id: uuid.UUID | None = None
    """The activity that the launched link opens, if it has one."""
    frame_ancestors: tuple[str, ...] = ()
    """Origins that may show our pages in a frame: the platform's."""
    is_rehearsal: bool = False
    """An educator tries an activity out as a learner; nothing here outlasts it."""
    begins_anew: bool = False
    """They were erased here before, and came back by this very launch."""
