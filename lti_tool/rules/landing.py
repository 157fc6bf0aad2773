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
    """The same, opened by a learner or from the gradebook."""
    REVIEW = "review"
    """One learner's work, from the LMS's gradebook."""
    DESK = "desk"
    LEARNER = "learner"
    PRIVACY = "privacy"
    """What is kept of one person."""
    COURSE = "course"
    """The activities of a course, for staff who came without a link."""
    NO_LINK = "no_link"
    """The same, for learners, whose activities have links of their own."""


def landing(
    kind: SessionKind, role: Role, is_named: bool, activity_id: uuid.UUID | None
) -> Landing:
    """Return where the person goes; ``is_named`` says whether we know what to call them."""
    if kind is SessionKind.DEEP_LINKING:
        return Landing.CHOOSE if role.moderates else Landing.STAFF_ONLY
    if kind is SessionKind.DATA_PRIVACY:
        return Landing.PRIVACY
    if kind is SessionKind.COURSE:
        return Landing.COURSE if role.moderates else Landing.NO_LINK
    if role.takes_part and not is_named:
        return Landing.NAME
    reviews = kind is SessionKind.SUBMISSION_REVIEW
    if activity_id is None:
        return Landing.ATTACH if role.moderates and not reviews else Landing.NOT_READY
    if role.takes_part:
        return Landing.LEARNER
    return Landing.REVIEW if reviews else Landing.DESK
