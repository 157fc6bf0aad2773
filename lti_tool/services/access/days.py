"""Moments as programs are told them: to the second, or only their day where names are hidden."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from lti_tool.models.activities import Activity


@dataclass(frozen=True, slots=True)
class Days:
    """How an activity's moments are told; with ``only``, a moment is the beginning of its day."""

    only: bool

    @classmethod
    def of(cls, activity: Activity) -> Days:
        """Return how it is done for an activity: times would tell who somebody is."""
        return cls(activity.anonymity.hides_from_staff)

    def told(self, at: datetime) -> datetime:
        """Return a moment as it may be told, in UTC."""
        at = at.astimezone(UTC)
        return at.replace(hour=0, minute=0, second=0, microsecond=0) if self.only else at

    def maybe(self, at: datetime | None) -> datetime | None:
        """Return the same of a moment that there may not be."""
        return self.told(at) if at is not None else None
