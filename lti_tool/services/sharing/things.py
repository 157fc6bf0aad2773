"""What can be shown to somebody outside: a tuple per kind, each thing with the key that names it.

All of it is as it stands at this moment. What somebody sees is what a learner could offer now, cut
down to what they chose: nothing that is not in both.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from lti_tool.rules.vocabulary import Audience, Outcome, Role
from lti_tool.services.frameworks.attribution import Attribution
from lti_tool.services.frameworks.frameworks import LevelView


@dataclass(frozen=True, slots=True)
class Key:
    """Which thing it is; the columns of a ``ShareItem``."""

    kind: str
    participation_id: uuid.UUID
    competency_id: uuid.UUID | None = None
    prompt_id: uuid.UUID | None = None
    follow_up_id: uuid.UUID | None = None

    @property
    def text(self) -> str:
        """The same for a form: opaque, and only good for comparing."""
        ids = (self.participation_id, self.competency_id, self.prompt_id, self.follow_up_id)
        return "-".join([self.kind, *(one.hex if one else "" for one in ids)])


class Keyed(Protocol):
    """Whatever may be chosen."""

    @property
    def key(self) -> Key:
        """Which thing it is."""


@dataclass(frozen=True, slots=True)
class CompetencyRef:
    """Which competency something is about; texts per language."""

    id: uuid.UUID
    framework_id: uuid.UUID
    code: str
    statement: Mapping[str, str]
    position: int


@dataclass(frozen=True, slots=True)
class LevelThing:
    """A level that a tutor confirmed and that stands now."""

    key: Key
    competency: CompetencyRef
    level: int
    of: int
    """How many levels the scale had when it was confirmed."""
    label: Mapping[str, str]
    worded: Mapping[str, str]
    """The competency as it was worded then; empty if it still is."""
    at: datetime
    course: str
    by: str
    """Who confirmed it, as the learner knows them; empty where they are not told."""
    role: Role
    verify: str = ""
    """Where everybody can check it: a credential's page; empty if there is none without a name."""


@dataclass(frozen=True, slots=True)
class RatingThing:
    """What the learner said of themselves in one activity; labels per language, or empty."""

    key: Key
    competency: CompetencyRef
    before: Mapping[str, str]
    after: Mapping[str, str]
    at: datetime
    """When they said the later of the two."""
    course: str


@dataclass(frozen=True, slots=True)
class TextThing:
    """An answer of a reflection that was sent and that peers may read; sanitised HTML."""

    key: Key
    question: str
    locale: str
    """The language of the question."""
    html: str
    audience: Audience
    """Who reads it within the course."""
    hides_names: bool
    """Whether peers know its author by a pseudonym only."""
    at: datetime
    activity: str
    course: str


@dataclass(frozen=True, slots=True)
class StepThing:
    """A next step that the learner kept, whole or in part, in their words."""

    key: Key
    action: str
    outcome: Outcome
    result: str
    at: datetime
    course: str


@dataclass(frozen=True, slots=True)
class FrameworkRef:
    """A framework with its scale, lowest level first, and whose words it is."""

    title: Mapping[str, str]
    levels: tuple[LevelView, ...]
    attribution: Attribution | None
    tells_scale: bool
    """Whether outsiders may read what the levels mean: some publishers allow no copies."""


@dataclass(frozen=True, slots=True)
class CompetencyGroup:
    """One competency with what is shown of it."""

    competency: CompetencyRef
    levels: tuple[LevelThing, ...]
    ratings: tuple[RatingThing, ...]


@dataclass(frozen=True, slots=True)
class FrameworkGroup:
    """The competencies of one framework of which something is shown."""

    framework: FrameworkRef
    competencies: tuple[CompetencyGroup, ...]


@dataclass(frozen=True, slots=True)
class Things:
    """A learner's things, kind by kind; another kind is another tuple here."""

    frameworks: Mapping[uuid.UUID, FrameworkRef]
    levels: tuple[LevelThing, ...] = ()
    ratings: tuple[RatingThing, ...] = ()
    texts: tuple[TextThing, ...] = ()
    steps: tuple[StepThing, ...] = ()

    @property
    def keys(self) -> dict[str, Key]:
        """The keys of all of them, by their texts."""
        kinds: tuple[Sequence[Keyed], ...] = (self.levels, self.ratings, self.texts, self.steps)
        return {thing.key.text: thing.key for kind in kinds for thing in kind}

    def only(self, keys: Collection[str]) -> Things:
        """Return those that were chosen, by the texts of their keys."""
        return replace(
            self,
            levels=tuple(one for one in self.levels if one.key.text in keys),
            ratings=tuple(one for one in self.ratings if one.key.text in keys),
            texts=tuple(one for one in self.texts if one.key.text in keys),
            steps=tuple(one for one in self.steps if one.key.text in keys),
        )

    @property
    def groups(self) -> tuple[FrameworkGroup, ...]:
        """Levels and ratings under their competencies, framework by framework."""
        found = {one.competency.id: one.competency for one in self.levels}
        found |= {one.competency.id: one.competency for one in self.ratings}
        ordered = sorted(found.values(), key=lambda one: (one.position, one.id))
        return tuple(
            FrameworkGroup(
                framework, tuple(self._group(one) for one in ordered if one.framework_id == key)
            )
            for key, framework in self.frameworks.items()
            if any(one.framework_id == key for one in ordered)
        )

    def _group(self, competency: CompetencyRef) -> CompetencyGroup:
        return CompetencyGroup(
            competency,
            tuple(one for one in self.levels if one.competency.id == competency.id),
            tuple(one for one in self.ratings if one.competency.id == competency.id),
        )


@dataclass(frozen=True, slots=True)
class SharedPage:
    """What somebody outside sees."""

    name: str
    until: datetime
    things: Things
    time_zone: str
    """The learner's; days are told as they were for them."""
