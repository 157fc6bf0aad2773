"""The words for what tutors do for learners."""

from __future__ import annotations

from enum import StrEnum


class InterventionAct(StrEnum):
    """What a tutor did for a learner."""

    ANSWERED = "answered"
    NUDGED = "nudged"
    EXTENDED = "extended"
    EXTENSION_UNDONE = "extension_undone"
    FREED = "freed"
    """Took a reflection from somebody who sat on it, so that others are given it."""
    NOTED = "noted"
    COMPLETED = "completed"
    """Counted the activity as complete, whatever was open."""
    COMPLETION_UNDONE = "completion_undone"


class InterventionKind(StrEnum):
    """The plane on which a tutor supports a learner (Rodet 2003)."""

    COGNITIVE = "cognitive"
    SOCIO_AFFECTIVE = "socio_affective"
    MOTIVATIONAL = "motivational"
    METACOGNITIVE = "metacognitive"
