"""Several workers, crashes and races: nothing is lost, nothing is sent twice at once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import time_machine

from lti_tool import clock
from lti_tool.errors import WhoCanFix
from lti_tool.http import Answer, Http
from lti_tool.lti.families import Outcome, Verdict
from lti_tool.models.participations import Participation
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.outbox import claims, messages, scores
from lti_tool.services.outbox.claims import LEASE, Claim
from lti_tool.services.outbox.outbox import Outbox
from tests.functional.outbox.conftest import Lms, Stage, progress

SENT = Verdict(Outcome.SENT, status=200)
KINDS = (scores.KIND,)


def take(lms: Lms, room: int = 10, mine: int = 0) -> list[Claim]:
    """Claim as a worker does that has ``mine`` in flight."""
    with lms.database.write() as session:
        return claims.claim(session, lms.world.registration_id, KINDS, room, mine, clock.now())


def note(lms: Lms, claim: Claim, verdict: Verdict) -> str:
    with lms.database.write() as session:
        return claims.record(session, claim, verdict, clock.now(), 0.5)


def test_three_workers_send_each_message_once(stage: Stage) -> None:
    lms = stage.lms(learners=12)
    for number in range(12):
        lms.promise(number, points=number)
    outboxes = [stage.outbox() for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        counts = sum(pool.map(Outbox.deliver_due, outboxes), Counter())
    assert counts == {"sent": 12}
    assert len(lms.posts()) == 12
    assert sorted(value for value, _ in lms.grades().values()) == [n / 10 for n in range(12)]


def test_claims_of_two_workers_never_overlap(stage: Stage) -> None:
    lms = stage.lms(learners=8)
    for number in range(8):
        lms.promise(number)
    start = threading.Barrier(4)

    def worker(_: int) -> list[Claim]:
        start.wait()
        return take(lms, room=3)

    with ThreadPoolExecutor(4) as pool:
        taken = [claim.message_id for some in pool.map(worker, range(4)) for claim in some]
    assert len(taken) == len(set(taken)) > 0


def test_one_worker_at_a_time_serves_a_platform(stage: Stage) -> None:
    lms = stage.lms(learners=6)
    for number in range(6):
        lms.promise(number)
    first = take(lms, room=4)
    assert len(first) == 4 and take(lms, room=2) == []
    assert len(take(lms, room=1, mine=4)) == 1
    with time_machine.travel(clock.now() + LEASE + timedelta(seconds=1)):
        assert len(take(lms)) == 1  # the other one has died


def test_no_more_than_its_limit_is_in_flight_to_a_platform(stage: Stage) -> None:
    lms, now, most = stage.lms(learners=20), Counter[str](), 0
    for number in range(20):
        lms.promise(number)

    class Watched(Http):
        def request(self, method: str, url: str, **how: Any) -> Answer:
            nonlocal most
            if "/scores" in url:
                now["scores"] += 1
                most = max(most, now["scores"])
                time.sleep(0.02)
            try:
                return super().request(method, url, **how)
            finally:
                now["scores"] -= "/scores" in url

    http = Watched(allow_local=True)
    stage.stack.callback(http.close)
    assert replace(stage.outbox(), http=http, per_platform=3).deliver_due() == {"sent": 20}
    assert 2 <= most <= 3


def test_what_was_at_hand_when_the_platform_failed_counts_no_try(stage: Stage) -> None:
    lms = stage.lms(learners=8)
    for number in range(8):
        lms.promise(number)
    lms.switch("ags", "down")
    assert stage.outbox().deliver_due() == {"queued": 4}
    attempts = sorted(message.attempts for message in lms.messages())
    assert attempts == [0, 0, 0, 0, 1, 1, 1, 1]


def test_a_worker_that_is_stopped_puts_back_what_it_has_at_hand(stage: Stage) -> None:
    lms, stop = stage.lms(learners=12), threading.Event()
    for number in range(12):
        lms.promise(number)

    class StoppedMeanwhile(Http):
        def request(self, method: str, url: str, **how: Any) -> Answer:
            if "/scores" in url:
                stop.set()
            return super().request(method, url, **how)

    http = StoppedMeanwhile(allow_local=True)
    stage.stack.callback(http.close)
    counts = replace(stage.outbox(), http=http).deliver_due(stop)
    assert 1 <= counts["sent"] <= 8
    states = Counter(message.state for message in lms.messages())
    assert states == {OutboxState.SENT: counts["sent"], OutboxState.QUEUED: 12 - counts["sent"]}


def test_a_worker_killed_before_it_recorded_is_replaced_after_the_lease(stage: Stage) -> None:
    lms = stage.lms()
    lms.promise()
    (dead,) = take(lms)
    assert stage.outbox().deliver_due() == {}
    with time_machine.travel(clock.now() + LEASE + timedelta(seconds=1)):
        assert stage.outbox().deliver_due() == {"sent": 1}
        assert note(lms, dead, SENT) == ""  # the dead one wakes up: its word counts no more
    (message,) = lms.messages()
    assert message.state is OutboxState.SENT and message.attempts == 2
    assert message.score_timestamp is not None and message.score_timestamp > dead.timestamp


def test_while_one_is_sent_a_newer_one_waits(stage: Stage) -> None:
    lms = stage.lms()
    lms.promise(points=10)
    (first,) = take(lms)
    lms.promise(points=20)
    assert take(lms) == []
    note(lms, first, SENT)
    (second,) = take(lms)
    assert second.payload["scoreGiven"] == 20
    assert second.timestamp - first.timestamp >= timedelta(seconds=1)


def test_a_failed_send_makes_way_for_a_newer_score(stage: Stage) -> None:
    lms = stage.lms()
    lms.promise(points=10)
    (first,) = take(lms)
    lms.promise(points=20)
    later = Verdict(Outcome.LATER, "timeout", WhoCanFix.LMS_ADMIN)
    assert note(lms, first, later) == "superseded"
    assert stage.outbox().deliver_due() == {"sent": 1}
    assert lms.grade() == (2.0, "Well done")


def test_promises_at_the_same_time_leave_one_in_the_queue(stage: Stage) -> None:
    lms = stage.lms()
    start = threading.Barrier(6)

    def promise(number: int) -> None:
        start.wait()
        lms.promise(points=number)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(promise, range(6)))
    states = Counter(message.state for message in lms.messages())
    assert states == {OutboxState.QUEUED: 1, OutboxState.SUPERSEDED: 5}


def test_recording_and_promising_at_the_same_time_do_not_collide(stage: Stage) -> None:
    lms = stage.lms(learners=4)
    later = Verdict(Outcome.LATER, "timeout", WhoCanFix.LMS_ADMIN)
    for round_ in range(5):
        for number in range(4):
            lms.promise(number, points=10 * round_ + 1)
        lms.make_due(clock.now())
        taken = take(lms)
        with ThreadPoolExecutor(8) as pool:
            noted = [pool.submit(note, lms, claim, later) for claim in taken]
            promised = [pool.submit(lms.promise, n, 10 * round_ + 5) for n in range(4)]
            for future in (*noted, *promised):
                future.result()
    queued = [m for m in lms.messages() if m.state is OutboxState.QUEUED]
    assert {message.payload["scoreGiven"] for message in queued} == {45}


def test_what_is_rolled_back_was_never_promised(stage: Stage) -> None:
    lms = stage.lms()
    woken: list[bool] = []
    lms.database.after_commit(messages.PROMISED, lambda: woken.append(True))
    try:
        with lms.database.write() as session:
            participation = session.get_one(Participation, lms.participations[0])
            scores.promise(session, participation, progress(), "")
            raise RuntimeError("the use case fails")
    except RuntimeError:
        pass
    assert lms.messages() == [] and woken == []
    lms.promise()
    assert woken == [True]


def test_a_platform_that_is_down_costs_one_probe_and_delays_nobody_else(stage: Stage) -> None:
    down, well = stage.lms(learners=8), stage.lms(learners=8)
    down.switch("ags", "down")
    for number in range(8):
        down.promise(number)
        well.promise(number)
    outbox = stage.outbox()
    counts = outbox.deliver_due()
    assert counts["sent"] == 8 and len(well.grades()) == 8
    assert counts["queued"] <= 4  # what was in flight when it failed; the others were spared
    before = len(down.posts())
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        assert outbox.deliver_due() == {"queued": 1}
    assert len(down.posts()) == before + 1
