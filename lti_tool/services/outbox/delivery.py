"""Sending what is due: a few threads, each platform's channel in its own lane (DESIGN 6, Outbox).

One thread claims and records, in short transactions; the others only talk to platforms, outside
any transaction. A lane sends as many at once as its platform may have, and has as many more at
hand, so that no slot waits for the database. After failures it rests and then tries a single one:
a platform that is down delays nobody else.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event, RLock

import structlog
from sqlalchemy.exc import SQLAlchemyError

from lti_tool import clock
from lti_tool.errors import WhoCanFix
from lti_tool.lti.families import Outcome, Verdict
from lti_tool.models.database import Database
from lti_tool.rules.retry import pause_after
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.outbox import claims, handling
from lti_tool.services.outbox.claims import Claim
from lti_tool.services.outbox.handling import Handlers, Task

LOOK_SECONDS = 0.5
"""How often the outbox is looked through for platforms with something due."""

LaneKey = tuple[uuid.UUID, str]
"""A platform (registration) and a channel to it."""

log = structlog.get_logger()


@dataclass(slots=True)
class Lane:
    """What this process knows of one platform: sends in flight, claims at hand, its rest."""

    in_flight: int = 0
    at_hand: deque[tuple[Claim, Task]] = field(default_factory=deque)
    claimed: int = 0
    """Claimed and not recorded yet: in flight, at hand, or just ended."""
    failures: int = 0
    """In a row."""
    rests_until: datetime | None = None

    def slots(self, limit: int, now: datetime) -> int:
        """Return how many may be in flight now: none in its rest, one alone after a failure."""
        if self.rests_until is not None and now < self.rests_until:
            return 0
        return 1 if self.failures else limit

    def wants(self, limit: int, now: datetime) -> int:
        """Return how many to claim, so that there are two at hand for each that is in flight."""
        slots = self.slots(limit, now)
        wanted = (3 * slots if slots > 1 else slots) - self.claimed
        return wanted if wanted >= slots else 0

    def note(self, verdict: Verdict, now: datetime) -> None:
        """Learn from what became of a send."""
        self.in_flight -= 1
        if verdict.platform_down:
            self.failures += 1
            self.rests_until = now + pause_after(self.failures, verdict.retry_after)
        elif verdict.outcome is not Outcome.LATER:
            self.failures, self.rests_until = 0, None

    def start_over(self) -> None:
        """Forget what a run that the database ended had taken."""
        self.in_flight = self.claimed = 0
        self.at_hand.clear()


@dataclass(slots=True)
class Delivery:
    """One run over the outbox; ``lanes`` outlives it."""

    db: Database
    handlers: Handlers
    lanes: dict[LaneKey, Lane]
    threads: int
    limit: int
    """Sends that one platform may have in flight, over all processes."""
    chance: Callable[[], float]
    stop: Event
    pool: ThreadPoolExecutor = field(init=False)
    busy: int = 0
    """Threads that send."""
    lock: RLock = field(default_factory=RLock)
    """Held to touch lanes and ``busy``: sends end in their own threads. A send that ends before it
    is watched is noted by the thread that started it, which holds the lock already."""
    ended: SimpleQueue[tuple[Claim, Verdict]] = field(default_factory=SimpleQueue)
    counts: Counter[str] = field(default_factory=Counter)

    def run(self) -> Counter[str]:
        """Send until nothing is due or ``stop`` is set; return how many ended in each state.

        Raises SQLAlchemy's errors if the database fails; what was in flight then is sent again
        after its lease.
        """
        with ThreadPoolExecutor(self.threads, thread_name_prefix="outbox") as self.pool:
            try:
                self._work()
            finally:
                # No send may start another one once nobody records.
                self.threads = 0
        return self.counts

    def _work(self) -> None:
        due, looked_at = self._look(), time.monotonic()
        while True:
            due = set() if self.stop.is_set() else self._claim(due)
            with self.lock:
                for lane in self.lanes.values():
                    self._start(lane)
                idle = self.busy == 0
            ended = self._wait(idle)
            self._record(ended)
            if idle and not ended:
                self._give_back(self.lanes.values())
                return
            if not due or time.monotonic() - looked_at > LOOK_SECONDS:
                due, looked_at = self._look(), time.monotonic()

    def _look(self) -> set[LaneKey]:
        now, due = clock.now(), set()
        with self.db.read() as session:
            for channel, kinds in handling.channels(self.handlers).items():
                found = claims.platforms_with_due(session, kinds, now)
                due |= {(registration_id, channel) for registration_id in found}
        return due

    def _claim(self, due: set[LaneKey]) -> set[LaneKey]:
        """Claim for every lane that has room; return those that may have more."""
        more, channels = set(), handling.channels(self.handlers)
        for key in due:
            (registration_id, channel), now = key, clock.now()
            lane = self.lanes.setdefault(key, Lane())
            wanted = lane.wants(self.limit, now)
            if not wanted:
                more |= {key} if lane.claimed else set()
                continue
            kinds = channels[channel]
            with self.db.write() as session:
                taken = claims.claim(session, registration_id, kinds, wanted, lane.claimed, now)
                ready = handling.prepare(session, self.handlers, taken)
            with self.lock:
                lane.claimed += len(ready)
                lane.at_hand.extend(ready)
            if len(ready) == wanted:
                more.add(key)
        return more

    def _start(self, lane: Lane) -> None:
        """Send what a lane has at hand, as far as slots and threads allow; ``lock`` is held."""
        if self.stop.is_set():
            return
        slots = lane.slots(self.limit, clock.now())
        while lane.at_hand and lane.in_flight < slots and self.busy < self.threads:
            one, task = lane.at_hand.popleft()
            lane.in_flight += 1
            self.busy += 1
            sending = self.pool.submit(task)
            sending.add_done_callback(partial(self._end, lane, one))

    def _end(self, lane: Lane, one: Claim, sending: Future[Verdict]) -> None:
        """Take note of a send that ended, and start the next one at once."""
        verdict = _verdict(sending, one)
        with self.lock:
            self.busy -= 1
            lane.note(verdict, clock.now())
            self.ended.put((one, verdict))
            self._start(lane)

    def _wait(self, idle: bool) -> list[tuple[Claim, Verdict]]:
        """Return the sends that have ended; waits for the first unless nothing is in flight."""
        ended = []
        try:
            ended.append(self.ended.get(block=not idle, timeout=LOOK_SECONDS))
            while True:
                ended.append(self.ended.get_nowait())
        except Empty:
            return ended

    def _record(self, ended: list[tuple[Claim, Verdict]]) -> None:
        """Write down how sends ended: the sent ones together, each other by itself."""
        now = clock.now()
        # What an answer taught comes first: after a crash in between the message is sent again.
        for one, verdict in ended:
            if verdict.moved_to or verdict.shown is not None:
                with self.db.write() as session:
                    self.handlers[one.kind].learn(session, one, verdict, now)
        alike: dict[Verdict, list[Claim]] = {}
        for one, verdict in ended:
            if verdict.outcome is Outcome.SENT:
                alike.setdefault(_plain(verdict), []).append(one)
        for plain, ones in alike.items():
            with self.db.write() as session:
                ours = claims.record_sent(session, ones, plain, now)
            for one in ones:
                self._tell(one, plain, OutboxState.SENT if one.message_id in ours else "", now)
        for one, verdict in ended:
            if verdict.outcome is not Outcome.SENT:
                with self.db.write() as session:
                    state = claims.record(session, one, verdict, now, self.chance())
                self._tell(one, verdict, state, now)
        self._give_back(self._lane(one) for one, verdict in ended if verdict.platform_down)

    def _lane(self, one: Claim) -> Lane:
        return self.lanes[one.registration_id, self.handlers[one.kind].channel]

    def _give_back(self, lanes: Iterable[Lane]) -> None:
        """Put back into the queue what these lanes have at hand and do not send now."""
        for lane in lanes:
            with self.lock:
                unsent = list(lane.at_hand)
                lane.at_hand.clear()
                lane.claimed -= len(unsent)
            for one, _task in unsent:
                with self.db.write() as session:
                    claims.give_back(session, one, clock.now())

    def _tell(self, one: Claim, verdict: Verdict, state: str, now: datetime) -> None:
        """Count a message that was recorded, and log it."""
        self._lane(one).claimed -= 1
        self.counts[state or "lost"] += 1
        log.info(
            one.kind,
            state=state or "lost",
            reason=verdict.reason,
            status=verdict.status,
            message_id=str(one.message_id),
            registration_id=str(one.registration_id),
            attempt=one.attempts,
            lag_seconds=round((now - one.promised_at).total_seconds(), 1),
        )


def _plain(verdict: Verdict) -> Verdict:
    """Return what is written down of a message that was sent."""
    return Verdict(Outcome.SENT, verdict.reason, status=verdict.status)


def _verdict(sending: Future[Verdict], one: Claim) -> Verdict:
    """Return what a send came to; a fault of ours delays that one message and is logged."""
    error = sending.exception()
    if error is None:
        return sending.result()
    log.error("message_fault", exc_info=error, message_id=str(one.message_id))
    reason = "database" if isinstance(error, SQLAlchemyError) else "fault"
    return Verdict(Outcome.LATER, reason, WhoCanFix.OPERATOR, detail=type(error).__name__)
