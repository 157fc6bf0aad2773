"""What pages show of credentials: plain data."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.rules.vocabulary import TakenBack


@dataclass(frozen=True, slots=True)
class Offer:
    """A confirmed level that its learner could take along."""

    level_id: uuid.UUID
    code: str
    statement: Mapping[str, str]
    label: Mapping[str, str]
    confirmed_at: datetime
    activity: str
    made: uuid.UUID | None
    """The credential that was made of it and holds."""
    is_barred: bool
    """Whether the framework's publisher allows none."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a credential says, as a person reads it."""

    competency: str
    code: str
    level: str
    position: int
    steps: int
    description: str
    """Of the level."""
    framework: str
    language: str
    issuer: str
    website: str
    holder: str
    """The name in it; empty if there is none."""
    has_email: bool
    confirmed_at: datetime
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be made of a confirmed level."""

    level_id: uuid.UUID
    said: Said
    name: str
    """The name that the learner may put in; empty if nobody knows one."""
    email: str


@dataclass(frozen=True, slots=True)
class Mine:
    """A credential as its learner sees it."""

    id: uuid.UUID
    url: str
    said: Said
    taken_back_at: datetime | None
    taken_back_by: TakenBack | None


@dataclass(frozen=True, slots=True)
class MyCredentials:
    """What a learner could take along, or did; and their credentials of what is no more."""

    offers: tuple[Offer, ...]
    others: tuple[Mine, ...]
    """Credentials that stand in no offer: taken back, of a lower level, or of another day."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What everybody is told who asks whether a credential holds; nothing of one that does not."""

    said: Said | None
    issuer: str
    taken_back_at: datetime | None


def said_of(document: Mapping[str, Any]) -> Said:
    """Return what stands in a credential."""
    subject, issuer = document["credentialSubject"], document["issuer"]
    told, result = subject["achievement"], subject["result"][0]
    steps = told["resultDescription"][0]["rubricCriterionLevel"]
    step = next(one for one in steps if one["id"] == result["achievedLevel"])
    known = {one["identityType"]: one["identityHash"] for one in subject.get("identifier", ())}
    return Said(
        competency=told["name"],
        code=told.get("humanCode", ""),
        level=step["name"],
        position=int(step["level"]),
        steps=len(steps),
        description=step.get("description", ""),
        framework=told["tag"][0],
        language=told["inLanguage"],
        issuer=issuer["name"],
        website=issuer.get("url", ""),
        holder=known.get("name", ""),
        has_email="emailAddress" in known,
        confirmed_at=datetime.fromisoformat(document["awardedDate"]),
        issued_at=datetime.fromisoformat(document["validFrom"]),
    )
