"""Completion and score: the checklist that learner, tutor and LMS all see (DESIGN 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PATIENCE = timedelta(days=14)
"""How long after submitting a learner waits for peers where the activity has no New date."""


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
class Facts:
    """What counts, all derived from the database.

    ``*_required`` are 0 where the activity does not ask for it. ``responses_required`` is already
    what the visible rule makes of it: at most as many as there are peers' reflections to answer
    once the New date has passed.
    """

    has_competencies: bool
    rated_before: bool
    rated_after: bool
    reflection_submitted: bool
    reflection_accepted: bool
    """Released, or submitted and waiting only for its grace window."""
    responses_given: int
    responses_required: int
    responses_received: int
    received_required: int
    received_date_passed: bool
    responses_rated: int
    next_step_set: bool
    confirmation_required: bool
    confirmed: bool
    something_to_answer: bool = True
    """Whether a peer's reflection is there to be answered now."""


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
        """Points earned, from 0 to ``weight``; a term that asks for nothing is earned."""
        return (
            float(self.weight) if self.of == 0 else self.weight * min(self.done, self.of) / self.of
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """The checklist and the score's arithmetic of one learner."""

    items: tuple[Item, ...]
    terms: tuple[Term, ...]

    @property
    def complete(self) -> bool:
        """Whether every line is done."""
        return all(item.state is ItemState.DONE for item in self.items)

    @property
    def score(self) -> float:
        """Points earned of 100, to one decimal."""
        return round(sum(term.points for term in self.terms), 1)

    @property
    def next_item(self) -> Item | None:
        """The line to do next, if the learner can do anything now."""
        return next((item for item in self.items if item.state is ItemState.NEXT), None)


def enough_date(new_due_at: datetime | None, submitted_at: datetime | None) -> datetime | None:
    """Return the date of *enough or date*: from then on nobody waits for others.

    The activity's New date; where it has none, two weeks after the learner's own submission, so
    that a small cohort holds nobody for ever. None if neither is known yet.
    """
    if new_due_at is not None:
        return new_due_at
    return submitted_at + PATIENCE if submitted_at is not None else None


def progress(facts: Facts, weights: Weights) -> Progress:
    """Work out checklist and score from ``facts``."""
    return Progress(_with_states(_counts(facts)), _terms(facts, weights))


def _counts(facts: Facts) -> list[tuple[ItemKey, int, int, bool]]:
    """List (key, done, of, waits for others) of every line that the activity asks for."""
    received_enough = facts.received_required
    if facts.received_date_passed:
        received_enough = min(facts.received_required, facts.responses_received)
    handed_in = facts.reflection_submitted
    nothing_there = handed_in and not facts.something_to_answer
    all_rated = handed_in and facts.responses_rated >= facts.responses_received
    lines = [
        (ItemKey.RATED_BEFORE, int(facts.rated_before), int(facts.has_competencies), False),
        (ItemKey.REFLECTION, int(facts.reflection_accepted), 1, handed_in),
        (
            ItemKey.RESPONSES_GIVEN,
            facts.responses_given,
            facts.responses_required,
            nothing_there,
        ),
        (ItemKey.RESPONSES_RECEIVED, facts.responses_received, received_enough, handed_in),
        (ItemKey.HELPFULNESS, facts.responses_rated, facts.responses_received, all_rated),
        (ItemKey.NEXT_STEP, int(facts.next_step_set), 1, False),
        (ItemKey.RATED_AFTER, int(facts.rated_after), int(facts.has_competencies), False),
        (ItemKey.CONFIRMATION, int(facts.confirmed), int(facts.confirmation_required), handed_in),
    ]
    asked = {
        ItemKey.RATED_BEFORE: facts.has_competencies,
        ItemKey.RATED_AFTER: facts.has_competencies,
        # Stays to be seen where too few peers came for anything to be asked.
        ItemKey.RESPONSES_GIVEN: max(facts.responses_required, facts.received_required) > 0,
        ItemKey.RESPONSES_RECEIVED: facts.received_required > 0,
        ItemKey.HELPFULNESS: facts.received_required > 0 or facts.responses_received > 0,
        ItemKey.CONFIRMATION: facts.confirmation_required,
    }
    return [line for line in lines if asked.get(line[0], True)]


def _with_states(lines: list[tuple[ItemKey, int, int, bool]]) -> tuple[Item, ...]:
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
        elif found_next:
            state = ItemState.OPEN
        else:
            state, found_next = ItemState.NEXT, True
        if key is ItemKey.RESPONSES_RECEIVED:
            received_done = finished
        items.append(Item(key, state, done, of))
    return tuple(items)


def _terms(facts: Facts, weights: Weights) -> tuple[Term, ...]:
    """Return the four terms of the score."""
    due = facts.responses_received
    if not facts.received_date_passed:
        due = max(due, facts.received_required)
    return (
        Term(ItemKey.REFLECTION, weights.reflection, int(facts.reflection_accepted), 1),
        Term(
            ItemKey.RESPONSES_GIVEN,
            weights.responses,
            facts.responses_given,
            facts.responses_required,
        ),
        Term(ItemKey.HELPFULNESS, weights.helpfulness, facts.responses_rated, due),
        Term(ItemKey.NEXT_STEP, weights.next_step, int(facts.next_step_set), 1),
    )
