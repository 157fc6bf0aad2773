"""Criteria of a response: plain data without a database, and when two lists ask the same.

A reader chooses one level per criterion and says why. That is feedback and nothing else: no rule
of completion or score knows of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lti_tool import i18n
from lti_tool.rules.criteria_sets import CRITERIA_SETS, CriterionPattern, pattern_of

MOST_CRITERIA = 6
LEAST_LEVELS, MOST_LEVELS = 2, 6
DEFAULT_WORDS = 5
"""Words of a comment at least, unless the educator says otherwise."""
MOST_WORDS = 100
MAX_NAME, MAX_ASKS, MAX_LABEL, MAX_DESCRIPTION = 80, 300, 60, 300
"""Characters."""


@dataclass(frozen=True, slots=True)
class LevelValues:
    """One level: what it is called, and what it means in plain words."""

    label: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class CriterionValues:
    """What an educator decides about one criterion; the lowest level comes first."""

    name: str
    asks: str = ""
    levels: tuple[LevelValues, ...] = ()
    template_key: str = ""
    """Set while it is a ready one in its own words: then each reader sees it in their language."""
    competency_id: uuid.UUID | None = None
    root: uuid.UUID | None = field(default=None, compare=False)
    """Which criterion of the versions so far it continues; None for a new one."""

    def worded(self) -> CriterionValues:
        """Return it as a reader of the language in force sees it."""
        pattern = pattern_of(self.template_key)
        return self if pattern is None else replace(from_pattern(pattern), root=self.root)

    @property
    def shape(self) -> tuple[uuid.UUID | None, int]:
        """What a correction of the wording must leave alone."""
        return self.root, len(self.levels)


@dataclass(frozen=True, slots=True)
class CriteriaValues:
    """The criteria of an activity, and how readers practise with them."""

    criteria: tuple[CriterionValues, ...] = ()
    min_words: int = DEFAULT_WORDS
    calibration_minimum: int = 0
    """How many exemplars a learner reads before the first response; 0: no practice."""
    calibration_skippable: bool = False


def from_pattern(pattern: CriterionPattern) -> CriterionValues:
    """Return a ready criterion in the language in force."""
    levels = tuple(LevelValues(label, text) for label, text in pattern.levels())
    return CriterionValues(pattern.name(), pattern.asks(), levels, pattern.key)


def ready_set(key: str, locale: str) -> tuple[CriterionValues, ...]:
    """Return a ready set in a language; nothing for a key that is none."""
    if key not in CRITERIA_SETS:
        return ()
    with i18n.use(locale):
        return tuple(from_pattern(one) for one in CRITERIA_SETS[key].criteria)


def keyed(criterion: CriterionValues) -> CriterionValues:
    """Return a criterion that keeps its key only while it is in the ready one's own words."""
    pattern = pattern_of(criterion.template_key)
    if pattern is not None:
        for locale in i18n.LOCALES:
            with i18n.use(locale):
                ready = from_pattern(pattern)
            if words(criterion) == words(ready):
                return criterion
    return replace(criterion, template_key="")


def words(criterion: CriterionValues) -> tuple[object, ...]:
    """Return all that a reader reads of a criterion."""
    return criterion.name, criterion.asks, criterion.levels


def rooted(
    before: Sequence[CriterionValues], after: Sequence[CriterionValues]
) -> tuple[CriterionValues, ...]:
    """Return ``after``, of which only those continue one that were there, each once."""
    free = {one.root for one in before if one.root}
    found = []
    for one in after:
        known = one.root in free
        free.discard(one.root)
        found.append(one if known else replace(one, root=None))
    return tuple(found)


def same_shape(before: Sequence[CriterionValues], after: Sequence[CriterionValues]) -> bool:
    """Return whether they are the same criteria in the same order, with as many levels."""
    return [one.shape for one in before] == [one.shape for one in after]


def same_words(before: Sequence[CriterionValues], after: Sequence[CriterionValues]) -> bool:
    """Return whether readers read the same as before; a ready one's key stands for its words."""
    return [_essence(one) for one in before] == [_essence(one) for one in after]


def _essence(criterion: CriterionValues) -> object:
    return criterion.template_key or words(criterion)
