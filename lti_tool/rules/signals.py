"""Who needs a tutor before anybody asks, and why (research: proactive support helps most).

Each signal begins at a moment that follows from the facts; so who stands on the list is known
without asking everybody, and a page of it costs the same in any course. A signal points, it never
judges: a person looks and decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from lti_tool.rules.clocks import DueDates
from lti_tool.rules.vocabulary import Phase, WorkState

SILENCE = timedelta(days=7)
"""Without a sign of life, while there is something to do."""
START = timedelta(days=3)
"""After the activity opened, or the learner joined, for beginning."""
BEFORE_DUE = timedelta(days=2)
"""So long before the date for it, who has not begun is told of earlier."""
UNDECIDED = timedelta(days=1)
"""For a tutor's decision on what is held."""
SITTING = timedelta(days=3)
"""For finishing a response that was begun; nobody else is given that reflection first."""
DRAFTING = timedelta(days=2)
"""After the last save of a draft that is very short."""
STEPPING = timedelta(days=5)
"""After the last response given, for choosing a next step."""
REST = timedelta(days=3)
"""After a tutor did something, the reasons of then are left in peace for so long."""


class SignalKind(IntEnum):
    """Why a learner stands on the list, the most urgent first; the numbers are stored."""

    HARSH = 10
    """A response they received has words that a tutor may want to look at."""
    UNANSWERED = 20
    """Their reflection waits for a first response."""
    HELD = 30
    """Their reflection waits for a tutor's decision."""
    LATE = 40
    """A date of theirs passed, and what it was for is open."""
    SILENT = 50
    NOT_STARTED = 60
    """Has not opened the activity."""
    SITTING = 70
    """Began a response and does not finish it."""
    DROPPED = 80
    """Rates themselves lower than before."""
    NO_NEXT_STEP = 90
    SHORT_DRAFT = 100

    @property
    def code(self) -> str:
        """The stable name in URLs and in the log of interventions."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason, and since when it holds."""

    kind: SignalKind
    since: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of a learner who has opened the activity; moments are aware."""

    is_here: bool
    """Whether they take part: not staff, and still in the course."""
    complete: bool
    can_act: bool
    """Whether something is theirs to do."""
    last_sign_at: datetime
    dates: DueDates
    open_phases: frozenset[Phase]
    """Phases in which something of theirs is not done, whoever it waits for."""
    answer_within: timedelta
    reflection: WorkState | None = None
    held_since: datetime | None = None
    released_at: datetime | None = None
    answered: bool = False
    """Whether a response has come, or is on its way."""
    draft_saved_at: datetime | None = None
    draft_words: int = 0
    draft_wanted: int = 0
    """Words below which a draft counts as very short."""
    harsh_at: datetime | None = None
    sitting_since: datetime | None = None
    dropped_at: datetime | None = None
    last_given_at: datetime | None = None
    """When all responses asked of them were given; None before."""
    handled_at: datetime | None = None
    """When a tutor last did something for them."""


@dataclass(frozen=True, slots=True)
class Attention:
    """The signals that hold, most urgent first, and when the next one begins."""

    signals: tuple[Signal, ...]
    next_at: datetime | None

    @property
    def first(self) -> Signal | None:
        """The most urgent signal."""
        return self.signals[0] if self.signals else None


def attention_for(learner: Watched, now: datetime) -> Attention:
    """Return why the learner needs a tutor at ``now``, and when time may add a reason."""
    begins = [
        Signal(kind, _rested(moment, learner.handled_at)) for kind, moment in _begins(learner)
    ]
    holding = sorted((one for one in begins if one.since <= now), key=lambda one: one.kind)
    later = [one.since for one in begins if one.since > now]
    return Attention(tuple(holding), min(later, default=None))


def written(signals: Iterable[Signal]) -> str:
    """Return signals as a text that can be stored."""
    return " ".join(f"{signal.kind.value}~{signal.since.isoformat()}" for signal in signals)


def read(text: str) -> tuple[Signal, ...]:
    """Return the signals of a text that ``written`` made."""
    found = []
    for part in text.split():
        kind, _tilde, since = part.partition("~")
        found.append(Signal(SignalKind(int(kind)), datetime.fromisoformat(since)))
    return tuple(found)


def joined_before(
    opened_at: datetime, now_due_at: datetime | None, now: datetime
) -> datetime | None:
    """Return the moment before which members must have joined to be told of as not started.

    None while nobody is to be told of yet.
    """
    if now < opened_at:
        return None
    if now_due_at is not None and now >= now_due_at - BEFORE_DUE:
        return now
    return now - START if now - START >= opened_at else None


def joined_late_before(opened_at: datetime, now_due_at: datetime | None, now: datetime) -> datetime:
    """Return the same for members who joined after the opening and have dates of their own.

    They have as much time as those who were there from the start, counted from their joining.
    """
    if now_due_at is None:
        return now - START
    return max(now - START, now - (now_due_at - opened_at) + BEFORE_DUE)


def _begins(learner: Watched) -> Iterator[tuple[SignalKind, datetime]]:
    """Yield each reason that the facts give, with the moment from which it holds."""
    if not learner.is_here:
        return
    if learner.harsh_at is not None:
        yield SignalKind.HARSH, learner.harsh_at
    yield from _about_reflection(learner)
    if learner.complete:
        return
    yield from _about_work(learner)


def _about_work(learner: Watched) -> Iterator[tuple[SignalKind, datetime]]:
    """Yield what is open of who is not complete."""
    overdue = [due for phase in learner.open_phases if (due := learner.dates.of(phase)) is not None]
    if overdue:
        yield SignalKind.LATE, min(overdue)
    if learner.can_act:
        yield SignalKind.SILENT, learner.last_sign_at + SILENCE
    if learner.sitting_since is not None:
        yield SignalKind.SITTING, learner.sitting_since + SITTING
    if learner.dropped_at is not None:
        yield SignalKind.DROPPED, learner.dropped_at
    if learner.last_given_at is not None:
        yield SignalKind.NO_NEXT_STEP, learner.last_given_at + STEPPING
    in_hand = learner.reflection in (WorkState.DRAFT, WorkState.RETURNED)
    is_short = in_hand and learner.draft_words < learner.draft_wanted
    if is_short and learner.draft_saved_at is not None:
        yield SignalKind.SHORT_DRAFT, learner.draft_saved_at + DRAFTING


def _about_reflection(learner: Watched) -> Iterator[tuple[SignalKind, datetime]]:
    """Yield what a reflection waits for; that goes for who is complete, too."""
    if learner.reflection is WorkState.HELD and learner.held_since is not None:
        yield SignalKind.HELD, learner.held_since + UNDECIDED
    released = learner.reflection is WorkState.RELEASED and not learner.answered
    if released and learner.released_at is not None:
        yield SignalKind.UNANSWERED, learner.released_at + learner.answer_within


def _rested(moment: datetime, handled_at: datetime | None) -> datetime:
    """Return when a reason is told that a tutor may already have done something about."""
    if handled_at is None or moment > handled_at:
        return moment
    return handled_at + REST
