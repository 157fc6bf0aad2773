"""Open Badges 3.0 from plain data: the credential, its issuer's profile, its picture.

1EdTech Open Badges 3.0 (final) and the W3C Verifiable Credentials Data Model 2.0; section numbers
below are those of Open Badges. Who signs is not known here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
SCALE, LEVEL = "#scale", "#level-"
"""What the addresses of a scale and of its levels end with, after that of the achievement."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who vouches for a credential; ``url`` is where its profile is served."""

    url: str
    name: str
    website: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One level of a scale, 1 the lowest."""

    position: int
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where others describe the same; ``kind`` is one of 1EdTech's target types, or empty."""

    name: str
    url: str
    framework: str
    code: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Achievement:
    """A competency with its scale, in one language."""

    url: str
    name: str
    description: str
    criteria: str
    language: str
    code: str
    framework: str
    steps: tuple[Step, ...]
    scale: str
    """What the scale is called."""
    alignments: tuple[Alignment, ...] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose level it is: an identifier that tells nothing, and what they chose to add."""

    identifier: str
    name: str = ""
    email: str = ""
    salt: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """Where it is said whether a credential still holds: a bit of a list."""

    list_url: str
    index: int


@dataclass(frozen=True, slots=True)
class Badge:
    """A confirmed level as somebody takes it along."""

    url: str
    name: str
    issuer: Issuer
    achievement: Achievement
    level: int
    holder: Holder
    confirmed_at: datetime
    issued_at: datetime
    status: Status


def profile(issuer: Issuer) -> Json:
    """Return an issuer's Profile (B.1.18); its address is its identifier."""
    told = {"id": issuer.url, "type": ["Profile"], "name": issuer.name, "url": issuer.website}
    return _filled(told)


def credential(badge: Badge) -> Json:
    """Return an AchievementCredential without proof (B.1.2)."""
    achieved = f"{badge.achievement.url}{LEVEL}{badge.level}"
    label = next(one.label for one in badge.achievement.steps if one.position == badge.level)
    return {
        "@context": list(CONTEXTS),
        "id": badge.url,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": profile(badge.issuer),
        "validFrom": moment(badge.issued_at),
        "awardedDate": moment(badge.confirmed_at),
        "name": badge.name,
        "credentialSubject": {
            "id": badge.holder.identifier,
            "type": ["AchievementSubject"],
            **_identifiers(badge.holder),
            "achievement": achievement(badge.achievement),
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": f"{badge.achievement.url}{SCALE}",
                    "achievedLevel": achieved,
                    "value": label,
                }
            ],
        },
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": {
            "id": f"{badge.status.list_url}#{badge.status.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(badge.status.index),
            "statusListCredential": badge.status.list_url,
        },
    }


def achievement(told: Achievement) -> Json:
    """Return an Achievement (B.1.1): a competency, with its levels as a result description."""
    levels = [
        _filled(
            {
                "id": f"{told.url}{LEVEL}{step.position}",
                "type": ["RubricCriterionLevel"],
                "name": step.label,
                "description": step.description,
                "level": str(step.position),
            }
        )
        for step in told.steps
    ]
    return _filled(
        {
            "id": told.url,
            "type": ["Achievement"],
            "achievementType": "Competency",
            "name": told.name,
            "description": told.description,
            "criteria": {"narrative": told.criteria},
            "humanCode": told.code,
            "inLanguage": told.language,
            "tag": [told.framework],
            "alignment": [_alignment(one) for one in told.alignments],
            "resultDescription": [
                {
                    "id": f"{told.url}{SCALE}",
                    "type": ["ResultDescription"],
                    "name": told.scale,
                    "resultType": "RubricCriterionLevel",
                    "rubricCriterionLevel": levels,
                }
            ],
        }
    )


def claims(document: Mapping[str, Any]) -> Json:
    """Return what is signed of a credential as a JWT (8.2.4): itself, and what JWT asks for."""
    return {
        **document,
        "iss": document["issuer"]["id"],
        "sub": document["credentialSubject"]["id"],
        "jti": document["id"],
        "nbf": int(datetime.fromisoformat(document["validFrom"]).timestamp()),
    }


def email_hash(email: str, salt: str) -> str:
    """Return an IdentityHash (B.4.2) of an address; in small letters, as people type it or not."""
    return "sha256$" + hashlib.sha256(f"{email.strip().lower()}{salt}".encode()).hexdigest()


def moment(at: datetime) -> str:
    """Return a moment to the second: ``nbf`` has to say the same as ``validFrom``."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _identifiers(holder: Holder) -> Json:
    found = []
    if holder.email:
        found.append(
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": email_hash(holder.email, holder.salt),
                "identityType": "emailAddress",
                "salt": holder.salt,
            }
        )
    if holder.name:
        found.append(
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": holder.name,
                "identityType": "name",
            }
        )
    return {"identifier": found} if found else {}


def _alignment(told: Alignment) -> Json:
    return _filled(
        {
            "type": ["Alignment"],
            "targetName": told.name,
            "targetUrl": told.url,
            "targetFramework": told.framework,
            "targetCode": told.code,
            "targetType": told.kind,
        }
    )


def _filled(values: Json) -> Json:
    """Return ``values`` without what is empty: the specification knows no nulls."""
    return {name: value for name, value in values.items() if value not in ("", [])}
