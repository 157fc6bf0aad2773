"""Miroir's own xAPI profile: the verbs, kinds of activities and extensions of its statements.

What others have defined keeps their identifiers; what is ours is found under the installation's own
address. JSON-LD after ADL's xAPI Profiles Specification 1.0, served under ``/xapi/profile``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lti_tool.rules.learning_records import Event

PATH = "/xapi"
VERSION = "1.0"
"""Rises when a concept, or what a statement holds, changes; statements name it."""
PUBLISHED = "2026-05-01T00:00:00Z"
CONTEXT = "https://w3id.org/xapi/profiles/context"
ADL, STREAMS = "http://adlnet.gov/expapi", "http://activitystrea.ms/schema/1.0"


@dataclass(frozen=True, slots=True)
class Concept:
    """A term; ``iri`` is that of who defined it, empty if it is ours."""

    key: str
    kind: str
    """``verbs``, ``activity-types`` or ``extensions``, as in its address."""
    names: Mapping[str, str]
    definition: str = ""
    iri: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    """JSON Schema of an extension's value."""

    def id(self, base_url: str) -> str:
        """Return its identifier."""
        return self.iri or f"{base_url}{PATH}/{self.kind}/{self.key}"


def _verb(key: str, iri: str, definition: str, **names: str) -> Concept:
    return Concept(key, "verbs", names, definition, iri)


VERBS = {
    Event.SUBMITTED: _verb("submitted", f"{STREAMS}/submit", "", en="submitted", fr="a remis"),
    Event.RESPONDED: _verb(
        "commented", f"{ADL}/verbs/commented", "", en="commented", fr="a commenté"
    ),
    Event.RATED: _verb(
        "rated", "http://id.tincanapi.com/verb/rated", "", en="rated", fr="a évalué"
    ),
    Event.PLANNED: _verb(
        "planned", "https://w3id.org/xapi/tla/verbs/planned", "", en="planned", fr="a prévu"
    ),
    Event.CONFIRMED: _verb(
        "reached-level",
        "",
        "A tutor confirmed, on evidence, that the actor has reached a level of a competency.",
        en="reached a level of",
        fr="a atteint un niveau de",
    ),
    Event.COMPLETED: _verb(
        "completed", f"{ADL}/verbs/completed", "", en="completed", fr="a terminé"
    ),
}


def _type(key: str, iri: str, definition: str, **names: str) -> Concept:
    return Concept(key, "activity-types", names, definition, iri)


ACTIVITY = _type(
    "peer-reflection",
    "",
    "An activity in which learners reflect on their own practice, respond to peers and commit to"
    " a next step, moderated by a tutor.",
    en="Peer reflection",
    fr="Réflexion entre pairs",
)
REFLECTION = _type(
    "reflection", "", "What a learner wrote about their practice.", en="Reflection", fr="Réflexion"
)
NEXT_STEP = _type(
    "next-step", "", "What a learner commits to, and by when.", en="Next step", fr="Prochain pas"
)
RESPONSE = _type("response", f"{STREAMS}/review", "", en="Response", fr="Réponse")
COMPETENCY = _type(
    "competency", "https://w3id.org/xapi/tla/activity-types/competency", "", en="Competency"
)
COURSE = _type("course", f"{ADL}/activities/course", "", en="Course")
TYPES = (ACTIVITY, REFLECTION, NEXT_STEP)
WHOLE = {"type": "integer", "minimum": 1}
EXTENSIONS = (
    Concept(
        "level",
        "extensions",
        {"en": "Level", "fr": "Niveau"},
        "Place of the confirmed level on the framework's scale, 1 the lowest.",
        schema=WHOLE,
    ),
    Concept(
        "levels",
        "extensions",
        {"en": "Levels", "fr": "Niveaux"},
        "How many levels that scale has.",
        schema=WHOLE,
    ),
)


def profile_id(base_url: str) -> str:
    """Return the identifier of the profile, which is its address."""
    return f"{base_url}{PATH}/profile"


def version_id(base_url: str) -> str:
    """Return the identifier of this version; each statement has it as a category."""
    return f"{profile_id(base_url)}/v{VERSION}"


def profile(base_url: str) -> dict[str, Any]:
    """Return the profile as JSON-LD."""
    ours = [one for one in (*VERBS.values(), *TYPES, *EXTENSIONS) if not one.iri]
    return {
        "@context": CONTEXT,
        "id": profile_id(base_url),
        "type": "Profile",
        "conformsTo": "https://w3id.org/xapi/profiles#1.0",
        "prefLabel": {"en": "Miroir", "fr": "Miroir"},
        "definition": {
            "en": "Tutor-moderated peer reflection: what learners do and reach, without a word"
            " of what they write."
        },
        "author": {"type": "Organization", "name": "Miroir"},
        "versions": [{"id": version_id(base_url), "generatedAtTime": PUBLISHED}],
        "concepts": [concept(one, base_url) for one in ours],
        "templates": [_template(event, verb, base_url) for event, verb in VERBS.items()],
    }


def concept(one: Concept, base_url: str) -> dict[str, Any]:
    """Return a concept of ours as JSON-LD."""
    kinds = {"verbs": "Verb", "activity-types": "ActivityType", "extensions": "ResultExtension"}
    told: dict[str, Any] = {
        "id": one.id(base_url),
        "type": kinds[one.kind],
        "inScheme": version_id(base_url),
        "prefLabel": dict(one.names),
        "definition": {"en": one.definition},
    }
    if one.schema:
        told["inlineSchema"] = _json(one.schema)
    return told


def find(kind: str, key: str) -> Concept | None:
    """Return the concept of ours with this address, if there is one."""
    every = (*VERBS.values(), *TYPES, *EXTENSIONS)
    found = (one for one in every if not one.iri and (one.kind, one.key) == (kind, key))
    return next(found, None)


OBJECTS = {
    Event.SUBMITTED: REFLECTION,
    Event.RESPONDED: RESPONSE,
    Event.RATED: RESPONSE,
    Event.PLANNED: NEXT_STEP,
    Event.CONFIRMED: COMPETENCY,
    Event.COMPLETED: ACTIVITY,
}
"""The kind of thing that each event is about."""


def _template(event: Event, verb: Concept, base_url: str) -> dict[str, Any]:
    """Return the statement template of an event: which verb goes with which kind of object."""
    rules = {
        Event.COMPLETED: ("$.result.completion", "$.result.score.scaled"),
        Event.RATED: ("$.result.score.raw",),
        Event.CONFIRMED: tuple(f"$.result.extensions['{one.id(base_url)}']" for one in EXTENSIONS),
    }.get(event, ())
    return {
        "id": f"{base_url}{PATH}/templates/{event.value}",
        "type": "StatementTemplate",
        "inScheme": version_id(base_url),
        "prefLabel": {"en": verb.names["en"].capitalize()},
        "definition": {"en": f"A learner {verb.names['en']} something of this kind."},
        "verb": verb.id(base_url),
        "objectActivityType": OBJECTS[event].id(base_url),
        "rules": [
            {"location": "$.timestamp", "presence": "included"},
            {"location": "$.result.response", "presence": "excluded"},
            *({"location": place, "presence": "included"} for place in rules),
        ],
    }


def _json(schema: Mapping[str, Any]) -> str:
    """Return a schema as text, as the specification wants it in a profile."""
    return json.dumps(schema)
