"""What Open Badges 3.0 demands of a credential, written down from its data model (appendix B).

1EdTech's own JSON Schema may not be passed on; this one is ours, and stricter where we always say
something.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

URI: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:.+"}
TEXT: Schema = {"type": "string", "minLength": 1}
MOMENT: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}


def _typed(*names: str) -> Schema:
    return {"type": "array", "allOf": [{"contains": {"const": name}} for name in names]}


def _object(required: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _some(of: Schema) -> Schema:
    return {"type": "array", "items": of, "minItems": 1}


ALIGNMENT = _object(
    {"type": _typed("Alignment"), "targetName": TEXT, "targetUrl": URI},
    {"targetFramework": TEXT, "targetCode": TEXT, "targetType": {"enum": ["CFItem"]}},
)
LEVEL = _object(
    {"id": URI, "type": _typed("RubricCriterionLevel"), "name": TEXT, "level": TEXT},
    {"description": TEXT},
)
SCALE = _object(
    {
        "id": URI,
        "type": _typed("ResultDescription"),
        "name": TEXT,
        "resultType": {"const": "RubricCriterionLevel"},
        "rubricCriterionLevel": _some(LEVEL),
    }
)
ACHIEVEMENT = _object(
    {
        "id": URI,
        "type": _typed("Achievement"),
        "achievementType": {"const": "Competency"},
        "name": TEXT,
        "description": TEXT,
        "criteria": _object({"narrative": TEXT}),
        "inLanguage": TEXT,
        "tag": _some(TEXT),
        "resultDescription": _some(SCALE),
    },
    {"humanCode": TEXT, "alignment": _some(ALIGNMENT)},
)
IDENTITY = _object(
    {
        "type": {"const": "IdentityObject"},
        "hashed": {"type": "boolean"},
        "identityHash": TEXT,
        "identityType": {"enum": ["emailAddress", "name"]},
    },
    {"salt": TEXT},
)
SUBJECT = _object(
    {
        "id": URI,
        "type": _typed("AchievementSubject"),
        "achievement": ACHIEVEMENT,
        "result": _some(
            _object(
                {
                    "type": _typed("Result"),
                    "resultDescription": URI,
                    "achievedLevel": URI,
                    "value": TEXT,
                }
            )
        ),
    },
    {"identifier": _some(IDENTITY)},
)
ISSUER = _object({"id": URI, "type": _typed("Profile"), "name": TEXT}, {"url": URI})
STATUS = _object(
    {
        "id": URI,
        "type": {"const": "BitstringStatusListEntry"},
        "statusPurpose": {"const": "revocation"},
        "statusListIndex": {"type": "string", "pattern": r"^\d+$"},
        "statusListCredential": URI,
    }
)
ACHIEVEMENT_CREDENTIAL = _object(
    {
        "@context": {
            "const": [
                "https://www.w3.org/ns/credentials/v2",
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            ]
        },
        "id": URI,
        "type": _typed("VerifiableCredential", "OpenBadgeCredential"),
        "issuer": ISSUER,
        "validFrom": MOMENT,
        "awardedDate": MOMENT,
        "name": TEXT,
        "credentialSubject": SUBJECT,
        "credentialSchema": _some(
            _object({"id": URI, "type": {"const": "1EdTechJsonSchemaValidator2019"}})
        ),
        "credentialStatus": STATUS,
    }
)
