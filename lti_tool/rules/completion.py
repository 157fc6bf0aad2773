"""Completion and score: the checklist that learner, tutor and LMS all see (DESIGN 3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lti_tool.rules.requirements import Facts, Requirement, to_give, to_rate, to_receive
from lti_tool.rules.vocabulary import Phase

NOTHING = Requirement(0, 0, 0, 0)


class ItemKey(StrEnum):
    """Lines of the checklist, in the order in which a learner meets them."""

    RATED_BEFORE = "rated_before"
    REFLECTION = "reflection"
    RESPONSES_GIVEN = "responses_given"
    RESPONSES_RECEIVED = "responses_received"
    HELPFULNESS = "helpfulness"
    NEXT_STEP = "next_step"
    RATED_AFTER = "rated_after"
    CONFIRMATION = "confirmation"


class ItemState(StrEnum):
    """Whether a line is done, the one to do next, open later, or waits for somebody else."""

    DONE = "done"
    NEXT = "next"
    OPEN = "open"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Weights:
    """Points per term; they add up to 100."""

    reflection: int = 40
    responses: int = 30
    helpfulness: int = 10
    next_step: int = 20


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist: ``done`` of ``of``."""

    key: ItemKey
    state: ItemState
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the score: ``points`` = weight × done ÷ of."""

    key: ItemKey
    weight: int
    done: int
    of: int

    @property
    def points(self) -> float:
        """Points earned, from 0 to ``weight``, to one decimal, as they are shown.

        A term that asks for nothing is earned.
        """
        if self.of == 0:
            return float(self.weight)
        return round(self.weight * min(self.done, self.of) / self.of, 1)


@dataclass(frozen=True, slots=True)
class Override:
    """A tutor's word that a learner has completed, whatever is open, with ``points`` of 100."""

    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """The checklist and the score's arithmetic of one learner."""

    items: tuple[Item, ...]
    terms: tuple[Term, ...]
    to_give: Requirement = NOTHING
    to_receive: Requirement = NOTHING
    override: Override | None = None

    @property
    def complete(self) -> bool:
        """Whether every line is done, or a tutor said that it is complete."""
        return self.override is not None or self.all_done

    @property
    def all_done(self) -> bool:
        """Whether every line is done."""
        return all(item.state is ItemState.DONE for item in self.items)

    @property
    def earned(self) -> float:
        """The sum of the terms' points, to one decimal."""
        return round(sum(term.points for term in self.terms), 1)

    @property
    def score(self) -> float:
        """Points of 100, to one decimal: what is earned, or what a tutor set."""
        return float(self.override.points) if self.override is not None else self.earned

    @property
    def next_item(self) -> Item | None:
        """The line to do next, if there is anything that the learner can and need do now."""
        if self.override is not None:
            return None
        return next((item for item in self.items if item.state is ItemState.NEXT), None)


def progress(facts: Facts, weights: Weights, override: Override | None = None) -> Progress:
    """Work out checklist and score from ``facts``."""
    give, receive = to_give(facts), to_receive(facts)
    return Progress(
        items=_with_states(_lines(facts, give, receive), _is_shut_out(facts)),
        terms=_terms(facts, weights, give),
        to_give=give,
        to_receive=receive,
        override=override,
    )


_Line = tuple[ItemKey, int, int, bool]
"""Key, done, of, and whether the line waits for somebody else."""
PHASE_OF = {
    ItemKey.RATED_BEFORE: Phase.NOW,
    ItemKey.REFLECTION: Phase.NOW,
    ItemKey.RESPONSES_GIVEN: Phase.NEW,
    ItemKey.HELPFULNESS: Phase.NEXT,
    ItemKey.NEXT_STEP: Phase.NEXT,
    ItemKey.RATED_AFTER: Phase.NEXT,
}
"""The phase whose date closes a line, where the educator takes nothing late."""
OF_OTHERS = (ItemKey.RESPONSES_RECEIVED, ItemKey.CONFIRMATION)
"""Lines that only others can bring about."""


def _lines(facts: Facts, give: Requirement, receive: Requirement) -> list[_Line]:
    """List every line that the activity asks for."""
    handed_in, rate = facts.reflection_submitted, to_rate(facts)
    rated = min(facts.responses_rated, rate)
    nothing_there = handed_in and facts.answerable == 0
    tagged = int(facts.has_competencies)
    lines = [
        (ItemKey.RATED_BEFORE, int(facts.rated_before), tagged, False),
        (ItemKey.REFLECTION, int(facts.reflection_accepted), 1, handed_in),
        (ItemKey.RESPONSES_GIVEN, give.done, give.of, nothing_there),
        (ItemKey.RESPONSES_RECEIVED, receive.done, receive.of, handed_in),
        (ItemKey.HELPFULNESS, rated, rate, handed_in and rated >= rate),
        (ItemKey.NEXT_STEP, int(facts.next_step_set), 1, False),
        (ItemKey.RATED_AFTER, int(facts.rated_after), tagged, False),
        (ItemKey.CONFIRMATION, int(facts.confirmed), int(facts.confirmation_required), handed_in),
    ]
    asked = {
        ItemKey.RATED_BEFORE: facts.has_competencies,
        ItemKey.RATED_AFTER: facts.has_competencies,
        # Stays to be seen where too few peers came for anything to be asked.
        ItemKey.RESPONSES_GIVEN: max(give.asked, receive.asked) > 0,
        ItemKey.RESPONSES_RECEIVED: receive.asked > 0,
        ItemKey.HELPFULNESS: receive.asked > 0,
        ItemKey.CONFIRMATION: facts.confirmation_required,
    }
    return [
        (key, done, of, waits or PHASE_OF.get(key) in facts.closed)
        for key, done, of, waits in lines
        if asked.get(key, True)
    ]


def _is_shut_out(facts: Facts) -> bool:
    """Whether the date for writing is over for who has not written: all else comes after that."""
    return Phase.NOW in facts.closed and not facts.reflection_submitted


def _with_states(lines: list[_Line], is_shut_out: bool) -> tuple[Item, ...]:
    """Mark the first line that the learner can do now as next; the rest is open or waits."""
    items: list[Item] = []
    found_next = False
    received_done = True
    for key, done, of, waits in lines:
        # Helpfulness is not done by having received nothing yet.
        finished = done >= of and (key is not ItemKey.HELPFULNESS or received_done)
        if finished:
            state = ItemState.DONE
        elif waits:
            state = ItemState.WAITING
        elif found_next or is_shut_out or key in OF_OTHERS:
            state = ItemState.OPEN
        else:
            state, found_next = ItemState.NEXT, True
        if key is ItemKey.RESPONSES_RECEIVED:
            received_done = finished
        items.append(Item(key, state, done, of))
    return tuple(items)


def _terms(facts: Facts, weights: Weights, give: Requirement) -> tuple[Term, ...]:
    """Return the four terms of the score."""
    waits = not facts.date_passed and not facts.completed
    due = facts.received_required if waits else to_rate(facts)
    return (
        Term(ItemKey.REFLECTION, weights.reflection, int(facts.reflection_accepted), 1),
        Term(ItemKey.RESPONSES_GIVEN, weights.responses, give.done, give.of),
        Term(ItemKey.HELPFULNESS, weights.helpfulness, min(facts.responses_rated, due), due),
        Term(ItemKey.NEXT_STEP, weights.next_step, int(facts.next_step_set), 1),
    )
