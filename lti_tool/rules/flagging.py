"""Words of flags, appeals and the queue: closed vocabularies like those of ``vocabulary``."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class FlagReason(StrEnum):
    """Why a reader asks a tutor to look at something."""

    CONFIDENTIAL = "confidential"
    """It names or shows somebody who should not be in it."""
    HURTFUL = "hurtful"
    COPIED = "copied"
    OFF_TOPIC = "off_topic"
    """Empty, or about something else."""
    CANNOT_ANSWER = "cannot_answer"
    """Three readers said that they cannot answer it; a rule says so, not a person."""
    OTHER = "other"


class Ruling(StrEnum):
    """How a flag or an appeal ended."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    """Not needed any more: its author took it back or handed the work in again."""


class Urgency(IntEnum):
    """How something waits for a tutor; of what waits, the smaller comes first."""

    NONE = 0
    APPEALED = 1
    FLAGGED = 2
    WAITING = 3
    """Held for a decision."""
