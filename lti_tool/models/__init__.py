"""SQLAlchemy models; importing this package registers them all."""

from lti_tool.models import (
    activities,
    frameworks,
    grades,
    keys,
    launches,
    moderation,
    operator,
    participations,
    people,
    platforms,
    reflections,
    responses,
    roster,
)
from lti_tool.models.base import Base
from lti_tool.models.database import Database

__all__ = [
    "Base",
    "Database",
    "activities",
    "frameworks",
    "grades",
    "keys",
    "launches",
    "moderation",
    "operator",
    "participations",
    "people",
    "platforms",
    "reflections",
    "responses",
    "roster",
]
