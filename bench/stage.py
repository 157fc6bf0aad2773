"""What a launch benchmark plays on: one platform, the baseline, and Miroir on both databases."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import course
from bench.browser import Jar
from bench.platform import Learner, Platform
from bench.servers import Server, free_port, serve

SECRET = "a secret of the benchmark, long enough for anybody"
BASELINE, ON_SQLITE, ON_POSTGRES = "pylti1p3", "Miroir, SQLite", "Miroir, PostgreSQL"
TOOLS = (BASELINE, ON_SQLITE, ON_POSTGRES)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A learner and the browser in which they use one tool."""

    learner: Learner
    jar: Jar


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool under measurement, with its course of learners."""

    server: Server
    platform: Platform
    visitors: list[Visitor]

    @property
    def name(self) -> str:
        """What the tables call it."""
        return self.server.name

    @property
    def target(self) -> str:
        """The target_link_uri of the course's link."""
        return f"{self.server.url}/lti/launch"


@contextmanager
def set_stage(learners: int, workers: int) -> Iterator[list[Tool]]:
    """Start everything; give the tools, the baseline first.

    With one worker the baseline keeps its cache in memory; with more it needs one that they share.
    """
    with ExitStack() as stack:
        platform = stack.enter_context(Platform())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="miroir-bench-")))
        sqlite = f"sqlite:///{folder / 'miroir.sqlite'}"
        postgres = stack.enter_context(course.postgres())
        told = {"BENCH_PLATFORM": json.dumps(platform.described())}
        if workers > 1:
            (folder / "cache").mkdir()
            told["BENCH_CACHE"] = str(folder / "cache")
        baseline = serve(BASELINE, "bench.baseline:app", free_port(), workers, told)
        people = [Learner(f"learner-{n}", f"Learner {n}") for n in range(learners)]
        tools = [_tool(stack.enter_context(baseline), platform, people)]
        for name, url in ((ON_SQLITE, sqlite), (ON_POSTGRES, postgres)):
            people = course.furnish(url, platform, learners)
            server = stack.enter_context(_miroir(name, url, folder / name, workers))
            tools.append(_tool(server, platform, people))
        yield tools


def _tool(server: Server, platform: Platform, people: list[Learner]) -> Tool:
    return Tool(server, platform, [Visitor(learner, Jar()) for learner in people])


@contextmanager
def _miroir(name: str, database_url: str, data: Path, workers: int) -> Iterator[Server]:
    port = free_port()
    with serve(name, "wsgi:app", port, workers, settings(database_url, port, data)) as server:
        yield server


def settings(database_url: str, port: int, data: Path) -> dict[str, str]:
    """Return Miroir's settings as environment variables."""
    return {
        "MIROIR_DATABASE_URL": database_url,
        "MIROIR_SECRET_KEY": SECRET,
        "MIROIR_BASE_URL": f"http://127.0.0.1:{port}",
        "MIROIR_DATA_DIR": str(data),
        "MIROIR_ALLOW_LOCAL_PLATFORMS": "true",
    }
