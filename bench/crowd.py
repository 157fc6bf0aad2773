"""Four browsers at once, and a clock on each of their steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from bench.browser import Connection
from bench.servers import Server

CONCURRENT = 4
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Timed(Generic[Made]):
    """What was made, in order, and what it took: seconds each, wall clock, processor time."""

    made: list[Made]
    seconds: list[float]
    wall: float
    driver_cpu: float
    server_cpu: float


def timed(server: Server, steps: Sequence[Callable[[Connection], Made]]) -> Timed[Made]:
    """Do all ``steps``, four at a time, each on a connection of its own, as another browser."""
    with ThreadPoolExecutor(CONCURRENT) as pool:
        shares = [steps[number::CONCURRENT] for number in range(CONCURRENT)]
        cpu, driver, start = server.cpu_seconds(), time.process_time(), time.perf_counter()
        parts = list(pool.map(partial(_share, server.port), shares))
        wall = time.perf_counter() - start
        spent = time.process_time() - driver
        used = server.cpu_seconds() - cpu
    done = [parts[n % CONCURRENT][n // CONCURRENT] for n in range(len(steps))]
    return Timed([made for made, _ in done], [took for _, took in done], wall, spent, used)


def _share(port: int, steps: Sequence[Callable[[Connection], Made]]) -> list[tuple[Made, float]]:
    done = []
    for step in steps:
        start = time.perf_counter()
        with Connection(port) as connection:
            made = step(connection)
        done.append((made, time.perf_counter() - start))
    return done
