"""Where a launch leads: a pure decision from the message, the role and the link."""

from __future__ import annotations

import uuid
from enum import StrEnum

from lti_tool.rules.vocabulary import Role, SessionKind


class Landing(StrEnum):
    """The first page of a launch session."""

    NAME = "name"
    """Ask a learner without a name what to call them."""
    CHOOSE = "choose"
    """The deep linking window."""
    STAFF_ONLY = "staff_only"
    ATTACH = "attach"
    """A link without an activity, opened by staff."""
    NOT_READY = "not_ready"
    """The same, opened by a learner."""
    REVIEW = "review"
    """One learner's work, from the LMS's gradebook."""
    DESK = "desk"
    LEARNER = "learner"


def landing(
    kind: SessionKind, role: Role, is_named: bool, activity_id: uuid.UUID | None
) -> Landing:
    """Return where the person goes; ``is_named`` says whether we know what to call them."""
    if kind is SessionKind.DEEP_LINKING:
        return Landing.CHOOSE if role.moderates else Landing.STAFF_ONLY
    if role.takes_part and not is_named:
        return Landing.NAME
    if activity_id is None:
        return Landing.ATTACH if role.moderates else Landing.NOT_READY
    if role.takes_part:
        return Landing.LEARNER
    return Landing.REVIEW if kind is SessionKind.SUBMISSION_REVIEW else Landing.DESK
