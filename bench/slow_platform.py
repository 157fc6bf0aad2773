"""Does a platform whose key set never answers slow the launches of the others?

A neighbour on the same Miroir launches at a steady pace all the time. In half of the turns its key
set address accepts connections and stays silent, in the others it answers; the ratio of the two
is what its learners' trouble costs everybody else. Each turn has a neighbour of its own, so that
nothing that was learned of it before (a failure, a pause) helps.
"""

from __future__ import annotations

import socket
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench import course, launches
from bench.browser import Connection, Jar
from bench.launching import log_in, post_token, sign
from bench.platform import Learner, Platform
from bench.servers import BenchFailed, free_port, serve
from bench.stage import ON_SQLITE, Tool, Visitor, settings
from bench.tables import percentile, spread, table
from lti_tool.models import Database
from lti_tool.models.platforms import Registration

PACE = 5
"""Launches of the neighbour, a second: a class of 300 within a minute."""
DRIVERS = 30
AHEAD_SECONDS = 1.0
GOAL = 1.25

Turns = dict[bool, list[launches.Turn]]


def measure(workers: int, rounds: int, size: int, learners: int) -> Turns:
    """Return the turns of a healthy platform, by whether its neighbour hung."""
    turns: Turns = {False: [], True: []}
    with Platform() as platform, _silence() as silent, tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder, 'miroir.sqlite')}"
        people = course.furnish(url, platform, learners)
        port = free_port()
        told = settings(url, port, Path(folder))
        with serve(ON_SQLITE, "wsgi:app", port, workers, told) as server:
            tool = Tool(server, platform, [Visitor(person, Jar()) for person in people])
            launches.warm_up([tool], learners)
            for number in range(rounds):
                for hangs in (False, True) if number % 2 == 0 else (True, False):
                    keys = silent if hangs else f"{platform.url}/jwks"
                    with _neighbour(url, tool, keys):
                        turns[hangs].append(_turn(tool, size))
    return turns


def _turn(tool: Tool, size: int) -> launches.Turn:
    """Let so many learners launch, everybody in turn."""
    count = len(tool.visitors)
    visitors = [tool.visitors[number % count] for number in range(size)]
    return launches.take_turn(tool, visitors)


@contextmanager
def _silence() -> Iterator[str]:
    """Give an address that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/jwks"


@contextmanager
def _neighbour(url: str, tool: Tool, keys: str) -> Iterator[None]:
    """Connect one more platform and let its people launch until the block ends."""
    name = uuid.uuid4().hex
    other = replace(tool.platform, client_id=name, url=f"http://{name}.example")
    database = Database(url)
    with database.write() as session:
        session.add(
            Registration(
                name=name,
                issuer=other.url,
                client_id=name,
                authorization_endpoint=f"{other.url}/auth",
                token_endpoint=f"{other.url}/token",
                jwks_uri=keys,
            )
        )
    database.close()
    stop, failed = threading.Event(), list[str]()
    begun = time.monotonic()
    drivers = [
        threading.Thread(
            target=_drive, args=(replace(tool, platform=other), begun, number, stop, failed)
        )
        for number in range(DRIVERS)
    ]
    for driver in drivers:
        driver.start()
    time.sleep(AHEAD_SECONDS)
    try:
        yield
    finally:
        stop.set()
        for driver in drivers:
            driver.join()
    if failed:
        raise BenchFailed(f"the neighbour got {failed[0]}")


def _drive(tool: Tool, begun: float, number: int, stop: threading.Event, failed: list[str]) -> None:
    """Launch at every ``DRIVERS``-th beat of the pace; a fault is noted."""
    visitor = Visitor(Learner(f"neighbour-{number}", "Neighbour"), Jar())
    beat = number
    while not stop.wait(max(0.0, begun + beat / PACE - time.monotonic())):
        beat += DRIVERS
        try:
            with Connection(tool.server.port) as connection:
                login = log_in(connection, tool, visitor)
                reply = post_token(connection, login, sign(tool, login))
        except (OSError, BenchFailed) as error:
            failed.append(str(error))
            return
        if reply.status >= 500:
            failed.append(f"{reply.status} {reply.body[-300:]!r}")


def report(turns: Turns) -> str:
    """Return the table of a measurement."""
    pairs = list(zip(turns[True], turns[False], strict=True))
    rows = [
        [
            "answers" if not hangs else "never answers",
            spread([1000 * percentile(turn.totals, 0.5) for turn in turns[hangs]]),
            spread([1000 * turn.p95 for turn in turns[hangs]]),
            f"{1000 * max(max(turn.totals) for turn in turns[hangs]):.0f}",
        ]
        for hangs in (False, True)
    ]
    ratio = spread([hung.p95 / well.p95 for hung, well in pairs])
    return table(
        f"Launches of one platform while another's key set hangs ({len(pairs)} rounds of"
        f" {len(turns[True][0].totals)} launches, the neighbour at {PACE}/s)",
        ("the neighbour's key set", "p50 ms", "p95 ms", "slowest ms"),
        rows,
        f"p95 with the fault, as a ratio to without in the same round: {ratio} (goal ≤ {GOAL})",
    )
