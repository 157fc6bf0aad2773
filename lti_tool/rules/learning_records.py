"""What is told to a learning record store: six events, and nothing that anybody wrote.

Plain rules without a database: which events there are, and the identifiers of their records.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

NAMESPACE = uuid.UUID("7d0d2f0a-6a54-5c0e-9d3e-1f4f4a5b6c21")
"""Of identifiers that exist in records only."""
VERSIONS = ("1.0.3", "2.0.0")
"""Of xAPI, that we speak; the first is offered first, since most stores know it."""


class Event(StrEnum):
    """What learners do, or reach, that a record tells."""

    SUBMITTED = "submitted"
    """A reflection, when its author cannot take it back any more."""
    RESPONDED = "responded"
    """A response to a peer, likewise."""
    RATED = "rated"
    """How helpful a response was, 1 to 4."""
    PLANNED = "planned"
    """A next step."""
    CONFIRMED = "confirmed"
    """A competency level, by a tutor; the learner is the one of whom it tells."""
    COMPLETED = "completed"
    """The activity."""
    VOIDED = "voided"
    """Not an event: records of somebody who was erased, taken back."""


def record_id(event: Event, about: uuid.UUID, moment: datetime) -> uuid.UUID:
    """Return the identifier of a record, always the same for the same event.

    So a store that got it already sees that it did, however often it is sent.
    """
    return uuid.uuid5(NAMESPACE, f"{event.value}:{about.hex}:{moment.timestamp():.6f}")


def opaque(kind: str, about: uuid.UUID) -> uuid.UUID:
    """Return the identifier that stands for a thing in records of one ``kind``.

    Different for each kind, so that nobody can join records of different people by it: who
    answered whom is no store's business.
    """
    return uuid.uuid5(NAMESPACE, f"{kind}:{about.hex}")
