"""What does a launch cost that must not succeed?

Only the POST of the token is timed. Miroir's own accepted launch stands in the last column's
divisor: whoever sends rubbish may not cost more than a learner.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench.browser import Connection, Jar, Reply
from bench.crowd import Timed, timed
from bench.launching import Login, log_in, post_token, sign
from bench.platform import new_key
from bench.servers import BenchFailed
from bench.stage import BASELINE, Tool, Visitor
from bench.tables import percentile, table

FORGER = new_key()


@dataclass(frozen=True, slots=True)
class Attempt:
    """A kind of launch, and the token and login that it brings."""

    title: str
    prepare: Callable[[Tool, list[Visitor]], list[tuple[Login, str]]]
    refused: bool = True


def _logged_in(tool: Tool, visitors: list[Visitor]) -> list[Login]:
    steps = [partial(_log_in, tool, visitor) for visitor in visitors]
    return timed(tool.server, steps).made


def _log_in(tool: Tool, visitor: Visitor, connection: Connection) -> Login:
    return log_in(connection, tool, visitor)


def _accepted(tool: Tool, visitors: list[Visitor]) -> list[tuple[Login, str]]:
    return [(login, sign(tool, login)) for login in _logged_in(tool, visitors)]


def _rubbish(_tool: Tool, visitors: list[Visitor]) -> list[tuple[Login, str]]:
    return [(Login(visitor, "rubbish", "rubbish"), "rubbish") for visitor in visitors]


def _forged(tool: Tool, visitors: list[Visitor]) -> list[tuple[Login, str]]:
    return [
        (login, tool.platform.token(login.visitor.learner, login.nonce, tool.target, FORGER))
        for login in _logged_in(tool, visitors)
    ]


def _elsewhere(tool: Tool, visitors: list[Visitor]) -> list[tuple[Login, str]]:
    return [
        (Login(Visitor(login.visitor.learner, Jar()), login.state, login.nonce), token)
        for login, token in _accepted(tool, visitors)
    ]


ATTEMPTS = (
    Attempt("accepted, for comparison", _accepted, refused=False),
    Attempt("rubbish for token and state", _rubbish),
    Attempt("signed by a foreign key", _forged),
    Attempt("from a browser that did not log in", _elsewhere),
)


def measure(tools: list[Tool], rounds: int, launches: int) -> dict[tuple[str, str], list[float]]:
    """Return, for each attempt's title and tool's name, the medians of its rounds in seconds."""
    medians: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for attempt in ATTEMPTS:
            for tool in tools:
                posts = _post(tool, attempt, tool.visitors[:launches])
                medians.setdefault((attempt.title, tool.name), []).append(
                    percentile(posts.seconds, 0.5)
                )
    return medians


def _post(tool: Tool, attempt: Attempt, visitors: list[Visitor]) -> Timed[Reply]:
    """Bring the tokens; raises BenchFailed if one opens what it must not, or the reverse."""
    prepared = attempt.prepare(tool, visitors)
    posts = timed(tool.server, [partial(_bring, login, token) for login, token in prepared])
    for reply in posts.made:
        if (reply.status == 303) is attempt.refused or reply.status >= 500:
            raise BenchFailed(f"{tool.name}, {attempt.title}: {reply.status} {reply.body[-800:]!r}")
    return posts


def _bring(login: Login, token: str, connection: Connection) -> Reply:
    return post_token(connection, login, token)


def report(tools: list[Tool], medians: dict[tuple[str, str], list[float]]) -> str:
    """Return the table of a measurement."""
    names = [tool.name for tool in tools]
    rows = []
    for attempt in ATTEMPTS:
        times = [statistics.median(medians[attempt.title, name]) for name in names]
        own = [statistics.median(medians[ATTEMPTS[0].title, name]) for name in names]
        rows.append(
            [
                attempt.title,
                *(f"{1000 * time:.2f}" for time in times),
                *(f"{time / whole:.2f}" for time, whole in zip(times[1:], own[1:], strict=True)),
            ]
        )
    heads = ("POST of the token", *(f"{name} ms" for name in names))
    shares = tuple(f"{name}: of an accepted one" for name in names if name != BASELINE)
    return table("Launches that are refused (p50, four at a time)", (*heads, *shares), rows)
