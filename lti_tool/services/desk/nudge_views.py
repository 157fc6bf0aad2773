"""What a tutor sees of a reminder before and after it goes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool.rules.nudging import Hindrance
from lti_tool.services.desk.nudge_words import NudgeText
from lti_tool.services.mailing.wishes import Reach


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is reminded, or, with a ``hindrance``, is not."""

    place: uuid.UUID
    name: str
    locale: str
    reach: Reach | None
    """None of whom staff do not know: it would tell who it is."""
    hindrance: Hindrance | None


@dataclass(frozen=True, slots=True)
class Sample:
    """A reminder as one of those who read its language gets it."""

    locale: str
    name: str
    text: NudgeText


@dataclass(frozen=True, slots=True)
class NudgePage:
    """What is about to be sent: to whom, and in the words of each of their languages."""

    recipients: tuple[Recipient, ...]
    left_out: tuple[Recipient, ...]
    texts: Mapping[str, NudgeText]
    samples: tuple[Sample, ...] = ()
    """One for each language, once the words were looked at."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How many were mailed, how many read it in Miroir alone, how many could not be reminded."""

    mailed: int
    inside: int
    left_out: int
