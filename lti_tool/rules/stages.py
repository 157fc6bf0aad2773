"""How far learners of an activity are: the stages of its figures, each with what leads there."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """The furthest that a learner has come, in order."""

    NOT_STARTED = "not_started"
    """Has not opened the activity."""
    NOW = "now"
    """Opened it; no reflection is handed in, or it was returned."""
    SUBMITTED = "submitted"
    """Handed a reflection in."""
    NEW = "new"
    """Has given a response to a peer."""
    NEXT = "next"
    """Chose a next step."""
    COMPLETE = "complete"

    @property
    def place(self) -> int:
        """Its place in the order, from 0."""
        return list(Stage).index(self)
