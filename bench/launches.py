"""What does a launch cost, from the login to the first page with its rows?

Each round measures every tool once, forward and backward in turn, so that a busy moment of the
machine hits all of them alike; a ratio is taken within its round. A tool's turn logs all its
learners in, then signs their tokens while no clock runs, then launches them: the platform's work,
which is the driver's, is no part of the figures.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench.browser import Connection
from bench.crowd import CONCURRENT, timed
from bench.launching import Arrival, Login, arrive, log_in, sign
from bench.stage import BASELINE, ON_POSTGRES, ON_SQLITE, Tool, Visitor
from bench.tables import percentile, spread, table

GOALS = {ON_SQLITE: 1.0, ON_POSTGRES: 0.8}
"""Launches a second, as a share of the baseline's."""
GOAL_P95 = 2.0
"""Time of the slowest twentieth, as a multiple of the baseline's."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One tool's part of a round; times in seconds, processor time per launch."""

    rate: float
    totals: list[float]
    logins: list[float]
    arrivals: list[float]
    driver_cpu: float
    server_cpu: float
    last: Arrival

    @property
    def p95(self) -> float:
        """The time within which 95 of 100 launches reached their page."""
        return percentile(self.totals, 0.95)


def take_turn(tool: Tool, visitors: list[Visitor]) -> Turn:
    """Let everybody launch once."""
    logins = timed(tool.server, [partial(_log_in, tool, visitor) for visitor in visitors])
    signed = [(login, sign(tool, login)) for login in logins.made]
    arrivals = timed(tool.server, [partial(_arrive, tool, *one) for one in signed])
    count = len(visitors)
    pairs = zip(logins.seconds, arrivals.seconds, strict=True)
    return Turn(
        rate=count / (logins.wall + arrivals.wall),
        totals=[login + arrival for login, arrival in pairs],
        logins=logins.seconds,
        arrivals=arrivals.seconds,
        driver_cpu=(logins.driver_cpu + arrivals.driver_cpu) / count,
        server_cpu=(logins.server_cpu + arrivals.server_cpu) / count,
        last=arrivals.made[-1],
    )


def _log_in(tool: Tool, visitor: Visitor, connection: Connection) -> Login:
    return log_in(connection, tool, visitor)


def _arrive(tool: Tool, login: Login, token: str, connection: Connection) -> Arrival:
    return arrive(connection, tool, login, token)


def measure(tools: list[Tool], rounds: int, launches: int) -> dict[str, list[Turn]]:
    """Play so many rounds; return each tool's turns."""
    turns: dict[str, list[Turn]] = {tool.name: [] for tool in tools}
    for number in range(rounds):
        for tool in tools if number % 2 == 0 else reversed(tools):
            turns[tool.name].append(take_turn(tool, tool.visitors[:launches]))
    return turns


def warm_up(tools: list[Tool], launches: int) -> None:
    """Let each tool see every learner before, in the order in which they come back."""
    for tool in tools:
        for start in range(0, launches, len(tool.visitors)):
            take_turn(tool, tool.visitors[: launches - start])


def report(tools: list[Tool], turns: dict[str, list[Turn]]) -> str:
    """Return the tables of a measurement."""
    baseline = turns[BASELINE]
    rounds, launches = len(baseline), len(baseline[0].totals)
    ratios = [_ratios(name, turns[name], baseline) for name in turns if name != BASELINE]
    return "\n".join(
        (
            table(
                f"Launch: login, launch, redirects, first page"
                f" ({rounds} rounds of {launches} launches each, {CONCURRENT} at a time)",
                ("tool", "launches/s", "p50 ms", "p95 ms", "server CPU ms", "driver CPU ms"),
                [_figures(name, turns[name]) for name in turns],
            ),
            table(
                f"Launch, as ratios to {BASELINE} in the same round (min – median – max)",
                ("tool", "launches/s", "goal", "p95", "goal", "server CPU"),
                ratios,
            ),
            table(
                "Launch: where the time goes (p50 in ms, median of the rounds)",
                ("tool", "login", "launch and page", "requests", "page bytes"),
                [_steps(name, turns[name]) for name in turns],
                f"key sets fetched in all: {tools[0].platform.key_set_requests}",
            ),
        )
    )


def _median(turns: list[Turn], of: Callable[[Turn], float]) -> float:
    return statistics.median(of(turn) for turn in turns)


def _ms(turns: list[Turn], of: Callable[[Turn], float]) -> str:
    return f"{1000 * _median(turns, of):.2f}"


def _figures(name: str, turns: list[Turn]) -> list[str]:
    return [
        name,
        f"{_median(turns, lambda turn: turn.rate):.0f}",
        _ms(turns, lambda turn: percentile(turn.totals, 0.5)),
        _ms(turns, lambda turn: turn.p95),
        _ms(turns, lambda turn: turn.server_cpu),
        _ms(turns, lambda turn: turn.driver_cpu),
    ]


def _ratios(name: str, turns: list[Turn], baseline: list[Turn]) -> list[str]:
    pairs = list(zip(turns, baseline, strict=True))
    return [
        name,
        spread([ours.rate / theirs.rate for ours, theirs in pairs]),
        f"≥ {GOALS[name]}",
        spread([ours.p95 / theirs.p95 for ours, theirs in pairs]),
        f"≤ {GOAL_P95}",
        spread(
            [ours.server_cpu / theirs.server_cpu for ours, theirs in pairs if theirs.server_cpu]
        ),
    ]


def _steps(name: str, turns: list[Turn]) -> list[str]:
    return [
        name,
        _ms(turns, lambda turn: percentile(turn.logins, 0.5)),
        _ms(turns, lambda turn: percentile(turn.arrivals, 0.5)),
        str(1 + turns[-1].last.requests),
        str(len(turns[-1].last.page)),
    ]
