"""Slow and leaky cohorts in virtual time: the rules alone, no database.

Each day some of the learners do the next thing of their checklist, as ``rules.completion`` tells
them; ``rules.allocation`` gives them reflections; ``rules.signals`` tells the tutor whom to answer.
Run it to see the figures that docs/complaints.md shows: ``python -m tests.support.simulated``.
"""

from __future__ import annotations

import random
import sys
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import mean

from lti_tool.rules.allocation import Candidate, Reviewer, next_for
from lti_tool.rules.clocks import DueDates, late_start, own_dates
from lti_tool.rules.completion import ItemKey, Progress, Weights, progress
from lti_tool.rules.requirements import Facts, Why, enough_date
from lti_tool.rules.signals import SignalKind, Watched, attention_for
from lti_tool.rules.vocabulary import WorkState

OPENED = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
DATES = DueDates(OPENED + 10 * DAY, OPENED + 21 * DAY, OPENED + 28 * DAY)
REQUIRED = 2
ANSWER_WITHIN = 3 * DAY
LAST_DAY = 70
SIZES, DROPOUTS, LATE = (6, 12, 30), (0.0, 0.2, 0.4, 0.6), (0.0, 0.3)
DILIGENCE = 0.35
"""How likely somebody does something on a day."""


@dataclass
class Somebody:
    """One learner; days count from the opening."""

    joins: int
    leaves: int | None
    """After so many deeds they are never seen again; None for who stays."""
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    deeds: int = 0
    released_at: datetime | None = None
    given: set[uuid.UUID] = field(default_factory=set)
    peers: int = 0
    """Responses received from peers."""
    by_tutor: bool = False
    answered_at: datetime | None = None
    rated: int = 0
    committed: bool = False
    completed_at: datetime | None = None

    @property
    def stays(self) -> bool:
        """Whether they are still there."""
        return self.leaves is None or self.deeds < self.leaves

    @property
    def received(self) -> int:
        """Responses of anybody."""
        return self.peers + self.by_tutor

    @property
    def dates(self) -> DueDates:
        """Their own dates: late joiners have as many days as the others."""
        late = late_start(DATES, OPENED, OPENED + self.joins * DAY, UTC)
        return own_dates(DATES, [late])


@dataclass
class Outcome:
    """What became of a cohort."""

    submitted: int = 0
    answered: int = 0
    by_tutor: int = 0
    slowest: float = 0
    """Days until the last first response."""
    active: int = 0
    complete: int = 0
    shrunk: int = 0
    """Active learners for whom fewer responses were enough, by the visible rule."""
    stuck: int = 0
    """Active learners who at some time had nothing to do, and no date that would end it."""
    longest: float = 0
    """Days from joining to completion of the slowest active learner."""


def simulate(size: int, dropout: float, late: float, seed: int) -> Outcome:
    """Let a cohort go its way; the same ``seed`` gives the same way."""
    dice = random.Random(f"{size}/{dropout}/{late}/{seed}")  # noqa: S311  (no secret)
    people = [_somebody(dice, dropout, late) for _number in range(size)]
    told = Outcome()
    shrunk: set[uuid.UUID] = set()
    for number in range(LAST_DAY):
        now = OPENED + number * DAY
        there = [one for one in people if one.joins <= number]
        for one in dice.sample(there, len(there)):
            if one.stays:
                _live(dice, one, there, now, told, shrunk)
        for one in there:
            _tutor(one, now)
    _sum_up(people, told, shrunk)
    return told


def _somebody(dice: random.Random, dropout: float, late: float) -> Somebody:
    joins = dice.randrange(1, 20) if dice.random() < late else 0
    leaves = dice.choice((0, 0, 1, 1, 2, 3)) if dice.random() < dropout else None
    return Somebody(joins, leaves, uuid.UUID(int=dice.getrandbits(128)))


def _live(
    dice: random.Random,
    one: Somebody,
    there: list[Somebody],
    now: datetime,
    told: Outcome,
    shrunk: set[uuid.UUID],
) -> None:
    """Let somebody do one thing today, or nothing; note whether they could."""
    if one.completed_at is not None:
        return
    state = _progress(one, there, now)
    if Why.TOO_FEW in (state.to_give.why, state.to_receive.why):
        shrunk.add(one.id)
    if state.complete:
        one.completed_at = now
        return
    ends = enough_date(one.dates.new_due_at, one.released_at)
    if state.next_item is None and (ends is None or ends <= now):
        told.stuck += 1
    if state.next_item is None or dice.random() > DILIGENCE:
        return
    one.deeds += 1
    key = state.next_item.key
    if key is ItemKey.REFLECTION:
        one.released_at = now
    elif key is ItemKey.RESPONSES_GIVEN:
        _respond(one, there, now)
    elif key is ItemKey.HELPFULNESS:
        one.rated = one.received
    elif key is ItemKey.NEXT_STEP:
        one.committed = True


def _respond(one: Somebody, there: list[Somebody], now: datetime) -> None:
    candidates = [
        Candidate(
            reflection_id=other.id,
            author_id=other.id,
            released_at=other.released_at,
            responses=other.received,
            author_done=len(other.given) >= REQUIRED,
        )
        for other in there
        if other.released_at is not None
    ]
    choice = next_for(Reviewer(one.id, closed=frozenset(one.given)), candidates, REQUIRED)
    if choice is None:
        return
    other = next(each for each in there if each.id == choice.author_id)
    one.given.add(other.id)
    other.peers += 1
    other.answered_at = other.answered_at or now


def _tutor(one: Somebody, now: datetime) -> None:
    """Answer whoever the list says waits for a first response."""
    watched = Watched(
        is_here=True,
        complete=one.completed_at is not None,
        can_act=False,
        last_sign_at=now,
        dates=one.dates,
        open_phases=frozenset(),
        answer_within=ANSWER_WITHIN,
        reflection=WorkState.RELEASED if one.released_at else None,
        released_at=one.released_at,
        answered=one.received > 0,
    )
    kinds = {signal.kind for signal in attention_for(watched, now).signals}
    if SignalKind.UNANSWERED in kinds:
        one.by_tutor, one.answered_at = True, now


def _progress(one: Somebody, there: list[Somebody], now: datetime) -> Progress:
    open_to_them = [other for other in there if other is not one and other.released_at is not None]
    ends = enough_date(one.dates.new_due_at, one.released_at)
    submitted = one.released_at is not None
    facts = Facts(
        has_competencies=False,
        rated_before=False,
        rated_after=False,
        reflection_submitted=submitted,
        reflection_accepted=submitted,
        responses_given=len(one.given),
        responses_required=REQUIRED,
        responses_received=one.received,
        received_required=REQUIRED,
        date_passed=ends is not None and ends <= now,
        responses_rated=one.rated,
        next_step_set=one.committed,
        confirmation_required=False,
        confirmed=False,
        answerable=sum(other.id not in one.given for other in open_to_them),
        handed_in=len(one.given),
        completed=one.completed_at is not None,
    )
    return progress(facts, Weights())


def _sum_up(people: list[Somebody], told: Outcome, shrunk: set[uuid.UUID]) -> None:
    written = [one for one in people if one.released_at is not None]
    active = [one for one in people if one.leaves is None]
    told.submitted, told.active = len(written), len(active)
    told.shrunk = sum(one.id in shrunk for one in active)
    for one in written:
        if one.answered_at is not None and one.released_at is not None:
            told.answered += 1
            told.by_tutor += one.by_tutor
            told.slowest = max(told.slowest, (one.answered_at - one.released_at) / DAY)
    for one in active:
        if one.completed_at is not None:
            told.complete += 1
            took = (one.completed_at - OPENED) / DAY - one.joins
            told.longest = max(told.longest, took)


def table(seeds: int = 20) -> str:
    """Return the figures as a Markdown table; each row is the mean of ``seeds`` cohorts."""
    lines = [
        "| learners | drop out | join late | reflections answered | of these by the tutor"
        " | slowest first response | active learners complete | stuck | fewer were enough |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for size in SIZES:
        for late in LATE:
            for dropout in DROPOUTS:
                runs = [simulate(size, dropout, late, seed) for seed in range(seeds)]
                lines.append(_line(size, dropout, late, runs))
    return "\n".join(lines)


def _line(size: int, dropout: float, late: float, runs: list[Outcome]) -> str:
    submitted, answered = sum(r.submitted for r in runs), sum(r.answered for r in runs)
    active, complete = sum(r.active for r in runs), sum(r.complete for r in runs)
    cells = (
        str(size),
        f"{dropout:.0%}",
        f"{late:.0%}",
        f"{answered / max(1, submitted):.0%}",
        f"{sum(r.by_tutor for r in runs) / max(1, answered):.0%}",
        f"{max(r.slowest for r in runs):.0f} days",
        f"{complete / max(1, active):.0%}",
        str(sum(r.stuck for r in runs)),
        f"{mean(r.shrunk / max(1, r.active) for r in runs):.0%}",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
