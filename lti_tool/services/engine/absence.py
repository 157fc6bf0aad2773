"""Who is no longer in the course: their work stays, and nobody waits for them any more."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists

from lti_tool.models.activities import Activity
from lti_tool.models.participations import Participation
from lti_tool.models.people import Membership
from lti_tool.models.reflections import Reflection


def author_left() -> ColumnElement[bool]:
    """Tell that a reflection's author is no longer in the course."""
    return exists().where(
        Participation.id == Reflection.participation_id,
        Activity.id == Reflection.activity_id,
        Membership.user_id == Participation.user_id,
        Membership.context_id == Activity.context_id,
        Membership.left_at.is_not(None),
    )
