"""Learning records as xAPI statements (ADL xAPI 1.0.3 and 2.0), and the profile they follow.

A statement holds who (an account without a name), what they did, in which activity, and numbers:
never a word that a learner, a peer or a tutor wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lti_tool.exports.xapi_profile import (
    ACTIVITY,
    COURSE,
    EXTENSIONS,
    OBJECTS,
    PATH,
    VERBS,
    Concept,
    version_id,
)
from lti_tool.rules.learning_records import Event


@dataclass(frozen=True, slots=True)
class Account:
    """Who it is, as a system that ``home_page`` stands for calls them."""

    home_page: str
    name: str

    def told(self) -> dict[str, Any]:
        """Return an xAPI agent."""
        return {
            "objectType": "Agent",
            "account": {"homePage": self.home_page, "name": self.name},
        }


@dataclass(frozen=True, slots=True)
class Record:
    """One event; ids are texts, ``at`` an ISO 8601 moment."""

    id: str
    event: Event
    at: str
    about: str
    """Opaque identifier of what was done; of a level, the address of the competency."""
    activity: str
    course: str
    way: str
    """Identifier that all records of one learner in one activity share (``registration``)."""
    title: Mapping[str, str]
    """Title of the activity by language tag."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Name of the competency by language tag."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """As the event has them: ``score``; ``level`` and ``levels``; ``helpfulness``."""


def statement(record: Record, actor: Account, base_url: str, locale: str) -> dict[str, Any]:
    """Return the statement of a record."""
    place = {
        "id": f"{base_url}{PATH}/activities/{record.activity}",
        "definition": {"type": ACTIVITY.id(base_url), "name": dict(record.title)},
    }
    course = {
        "id": f"{base_url}{PATH}/courses/{record.course}",
        "definition": {"type": COURSE.id(base_url)},
    }
    told: dict[str, Any] = {
        "id": record.id,
        "actor": actor.told(),
        "verb": _verb(VERBS[record.event], base_url),
        "object": {"objectType": "Activity", **_object(record, place, base_url)},
        "context": {
            "registration": record.way,
            "platform": "Miroir",
            "language": locale,
            "contextActivities": {
                "parent": [] if record.event is Event.COMPLETED else [place],
                "grouping": [course],
                "category": [{"id": version_id(base_url), "definition": {"type": PROFILE_TYPE}}],
            },
        },
        "timestamp": record.at,
    }
    if not told["context"]["contextActivities"]["parent"]:
        del told["context"]["contextActivities"]["parent"]
    result = _result(record, base_url)
    return told | ({"result": result} if result else {})


PROFILE_TYPE = "http://adlnet.gov/expapi/activities/profile"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"


def voiding(statement_id: str, new_id: str, base_url: str, at: str) -> dict[str, Any]:
    """Return the statement that takes another one back (xAPI Data, 2.3.2)."""
    return {
        "id": new_id,
        "actor": Account(base_url, "miroir").told(),
        "verb": {"id": VOIDED, "display": {"en": "voided"}},
        "object": {"objectType": "StatementRef", "id": statement_id},
        "timestamp": at,
    }


def _verb(verb: Concept, base_url: str) -> dict[str, Any]:
    return {"id": verb.id(base_url), "display": dict(verb.names)}


def _object(record: Record, place: dict[str, Any], base_url: str) -> dict[str, Any]:
    kind = OBJECTS[record.event]
    if record.event is Event.COMPLETED:
        return place
    definition: dict[str, Any] = {"type": kind.id(base_url)}
    if record.event is Event.CONFIRMED:
        named = {"name": dict(record.names)} if record.names else {}
        return {"id": record.about, "definition": definition | named}
    return {"id": f"{base_url}{PATH}/{kind.key}s/{record.about}", "definition": definition}


def _result(record: Record, base_url: str) -> dict[str, Any]:
    numbers = record.numbers
    if record.event is Event.COMPLETED:
        score = numbers["score"]
        told = {"scaled": round(score / 100, 4), "raw": score, "min": 0, "max": 100}
        return {"completion": True, "score": told}
    if record.event is Event.RATED:
        return {"score": {"raw": numbers["helpfulness"], "min": 1, "max": 4}}
    if record.event is Event.CONFIRMED:
        level, levels = EXTENSIONS
        return {
            "extensions": {
                level.id(base_url): numbers["level"],
                levels.id(base_url): numbers["levels"],
            }
        }
    return {}
