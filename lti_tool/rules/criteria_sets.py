"""Ready sets of response criteria, in the product's own wording.

Texts are marked here and translated when they are read: as long as an educator leaves a criterion
as it is, each reader sees it in their own language.
"""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool import i18n
from lti_tool.rules.template_prompts import N_

Level = tuple[str, str]
"""What a level is called, and what it means."""


@dataclass(frozen=True, slots=True)
class CriterionPattern:
    """A ready criterion; its methods return texts in the language in force."""

    key: str
    title: str
    question: str
    steps: tuple[Level, ...]

    def name(self) -> str:
        """Return what it is called."""
        return i18n.gettext(self.title)

    def asks(self) -> str:
        """Return what it asks."""
        return i18n.gettext(self.question)

    def levels(self) -> tuple[Level, ...]:
        """Return its levels, the lowest first."""
        return tuple((i18n.gettext(label), i18n.gettext(text)) for label, text in self.steps)


@dataclass(frozen=True, slots=True)
class CriteriaSet:
    """Criteria that go well together."""

    key: str
    title: str
    criteria: tuple[CriterionPattern, ...]

    def name(self) -> str:
        """Return what the set is called, in the language in force."""
        return i18n.gettext(self.title)


SPECIFIC = CriterionPattern(
    "specific",
    N_("Specific"),
    N_("Can you picture what happened?"),
    (
        (N_("In general words"), N_("It could have been written about almost any day.")),
        (N_("Partly"), N_("I see some of it, and would like to hear who, where or what was said.")),
        (N_("I can see it"), N_("A moment stands before me as if I had been there.")),
    ),
)
PRACTICE = CriterionPattern(
    "practice",
    N_("Connects to practice"),
    N_("Is what was learned tied to the author’s own work?"),
    (
        (N_("Not yet"), N_("It tells what was heard or read; the author’s own work is not in it.")),
        (N_("It touches it"), N_("Their work is named, without what it means for it.")),
        (N_("It is tied to it"), N_("I understand what in their work it speaks to, and why.")),
        (N_("It changes it"), N_("I understand what they do, or will do, differently.")),
    ),
)
NEXT_STEP = CriterionPattern(
    "next_step",
    N_("Opens a next step"),
    N_("Does it lead somewhere?"),
    (
        (N_("It ends here"), N_("I do not see yet what could come of it.")),
        (N_("A direction"), N_("There is a wish, and not yet a first thing to do.")),
        (N_("A first step"), N_("I could say what they will do first, and when.")),
    ),
)
REASONS = CriterionPattern(
    "reasons",
    N_("Looks for reasons"),
    N_("Does the author ask why it went as it did?"),
    (
        (N_("It tells"), N_("What happened is told; why is left open.")),
        (N_("One reason"), N_("One explanation is given and not looked at any further.")),
        (N_("Several"), N_("More than one explanation is weighed, their own part among them.")),
    ),
)
VIEWS = CriterionPattern(
    "views",
    N_("Sees other sides"),
    N_("Do others who were there have a voice in it?"),
    (
        (N_("One side"), N_("Only the author’s own view is there.")),
        (N_("Others are named"), N_("Others appear; how they may have seen it does not.")),
        (
            N_("Others are heard"),
            N_("Somebody else’s view is taken seriously and changes the picture."),
        ),
    ),
)
HONEST = CriterionPattern(
    "honest",
    N_("Says what is open"),
    N_("Is there room for doubt and for what did not work?"),
    (
        (N_("Smooth"), N_("Everything went well, or nothing could be helped.")),
        (N_("A little"), N_("Something difficult is touched and left again.")),
        (N_("Openly"), N_("Something unsolved is said plainly; I would know where to ask on.")),
    ),
)
CRITERIA_SETS = {
    one.key: one
    for one in (
        CriteriaSet("close", N_("Close to practice"), (SPECIFIC, PRACTICE, NEXT_STEP)),
        CriteriaSet("deep", N_("How it thinks"), (REASONS, VIEWS, HONEST)),
        CriteriaSet("short", N_("Just one: opens a next step"), (NEXT_STEP,)),
    )
}
"""By key, in the order in which they are offered."""


def pattern_of(key: str) -> CriterionPattern | None:
    """Return the ready criterion with this ``key``, or None."""
    every = (one for some in CRITERIA_SETS.values() for one in some.criteria)
    return next((one for one in every if one.key == key), None)
