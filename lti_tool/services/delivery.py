"""Sending what is due: a few threads, each platform in its own lane (DESIGN 6, Outbox).

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
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

import structlog
from sqlalchemy.exc import SQLAlchemyError

from lti_tool import clock
from lti_tool.errors import WhoCanFix
from lti_tool.lti.ags import Ags
from lti_tool.lti.families import Outcome, Verdict
from lti_tool.models.database import Database
from lti_tool.rules.retry import pause_after
from lti_tool.services import claims
from lti_tool.services.claims import Claim

LOOK_SECONDS = 0.5
"""How often the outbox is looked through for platforms with something due."""

log = structlog.get_logger()


@dataclass(slots=True)
class Lane:
    """What this process knows of one platform: sends in flight, claims at hand, its rest."""

    in_flight: int = 0
    at_hand: deque[Claim] = field(default_factory=deque)
    failures: int = 0
    """In a row."""
    rests_until: datetime | None = None

    def slots(self, limit: int, now: datetime) -> int:
        """Return how many may be in flight now: none in its rest, one alone after a failure."""
        if self.rests_until is not None and now < self.rests_until:
            return 0
        return 1 if self.failures else limit

    def wants(self, limit: int, now: datetime) -> int:
        """Return how many to claim, so that there is one at hand for each that is in flight."""
        slots = self.slots(limit, now)
        wanted = (2 * slots if slots > 1 else slots) - self.in_flight - len(self.at_hand)
        return wanted if 2 * wanted >= slots else 0

    def note(self, verdict: Verdict, now: datetime) -> None:
        """Learn from what became of a send."""
        self.in_flight -= 1
        if verdict.platform_down:
            self.failures += 1
            self.rests_until = now + pause_after(self.failures, verdict.retry_after)
        elif verdict.outcome is not Outcome.LATER:
            self.failures, self.rests_until = 0, None

    def start_over(self) -> None:
        """Forget what a run that the database ended had in flight."""
        self.in_flight = 0
        self.at_hand.clear()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One run over the outbox; ``lanes`` outlives it."""

    db: Database
    ags: Ags
    lanes: dict[uuid.UUID, Lane]
    threads: int
    limit: int
    """Sends that one platform may have in flight, over all processes."""
    chance: Callable[[], float]
    running: dict[Future[Verdict], Claim] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def run(self, stop: Event) -> Counter[str]:
        """Send until nothing is due or ``stop`` is set; return how many ended in each state.

        Raises SQLAlchemy's errors if the database fails; what was in flight then is sent again
        after its lease.
        """
        with ThreadPoolExecutor(self.threads, thread_name_prefix="outbox") as pool:
            due, looked_at = self._look(), time.monotonic()
            while True:
                due = set() if stop.is_set() else self._claim(due)
                self._start(pool, stop)
                if not self.running:
                    self._give_back(self.lanes.values())
                    return self.counts
                done, _ = wait(self.running, LOOK_SECONDS, FIRST_COMPLETED)
                ended = [self._end(future) for future in done]
                self._start(pool, stop)
                self._record(ended)
                if (done and not due) or time.monotonic() - looked_at > LOOK_SECONDS:
                    due, looked_at = self._look(), time.monotonic()

    def _look(self) -> set[uuid.UUID]:
        with self.db.read() as session:
            return claims.platforms_with_due(session, clock.now())

    def _claim(self, due: set[uuid.UUID]) -> set[uuid.UUID]:
        """Claim for every platform that has room; return those that may have more."""
        more = set()
        for registration_id in due:
            lane, now = self.lanes.setdefault(registration_id, Lane()), clock.now()
            wanted = lane.wants(self.limit, now)
            mine = lane.in_flight + len(lane.at_hand)
            if not wanted:
                more |= {registration_id} if mine else set()
                continue
            with self.db.write() as session:
                taken = claims.claim(session, registration_id, wanted, mine, now)
            lane.at_hand.extend(taken)
            if len(taken) == wanted:
                more.add(registration_id)
        return more

    def _start(self, pool: ThreadPoolExecutor, stop: Event) -> None:
        """Send what is at hand, as far as slots and threads allow; nothing after ``stop``."""
        if stop.is_set():
            return
        for lane in self.lanes.values():
            slots = lane.slots(self.limit, clock.now())
            while lane.at_hand and lane.in_flight < slots and len(self.running) < self.threads:
                one = lane.at_hand.popleft()
                lane.in_flight += 1
                self.running[pool.submit(self._send, one)] = one

    def _send(self, one: Claim) -> Verdict:
        return self.ags.send(one.column, one.subject, one.payload, one.timestamp)

    def _end(self, future: Future[Verdict]) -> tuple[Claim, Verdict]:
        """Take note of a send that ended."""
        one = self.running.pop(future)
        verdict = _verdict(future, one)
        self.lanes[one.registration_id].note(verdict, clock.now())
        return one, verdict

    def _record(self, ended: list[tuple[Claim, Verdict]]) -> None:
        """Write down how sends ended: the sent ones together, each other by itself."""
        now = clock.now()
        sent = [(one, verdict) for one, verdict in ended if verdict.outcome is Outcome.SENT]
        if sent:
            with self.db.write() as session:
                for one, verdict in sent:
                    state = claims.record(session, one, verdict, now, 0)
                    self._tell(one, verdict, state, now)
        for one, verdict in ended:
            if verdict.outcome is not Outcome.SENT:
                with self.db.write() as session:
                    state = claims.record(session, one, verdict, now, self.chance())
                self._tell(one, verdict, state, now)
        resting = [self.lanes[one.registration_id] for one, v in ended if v.platform_down]
        self._give_back(resting)

    def _give_back(self, lanes: Iterable[Lane]) -> None:
        """Put back into the queue what these lanes have at hand and do not send now."""
        for lane in lanes:
            while lane.at_hand:
                with self.db.write() as session:
                    claims.give_back(session, lane.at_hand.popleft(), clock.now())

    def _tell(self, one: Claim, verdict: Verdict, state: str, now: datetime) -> None:
        self.counts[state or "lost"] += 1
        log.info(
            "score",
            state=state or "lost",
            reason=verdict.reason,
            status=verdict.status,
            message_id=str(one.message_id),
            registration_id=str(one.registration_id),
            attempt=one.attempts,
            lag_seconds=round((now - one.promised_at).total_seconds(), 1),
        )


def _verdict(future: Future[Verdict], one: Claim) -> Verdict:
    """Return what a send came to; a fault of ours delays that one message and is logged."""
    error = future.exception()
    if error is None:
        return future.result()
    log.error("score_fault", exc_info=error, message_id=str(one.message_id))
    reason = "database" if isinstance(error, SQLAlchemyError) else "fault"
    return Verdict(Outcome.LATER, reason, WhoCanFix.OPERATOR, detail=type(error).__name__)
