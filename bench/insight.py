"""What do an activity's figures cost at 10,000 learners, compared with 100?

Opened for the first time, which counts in any case, and again, which in a large course is a look at
what is kept. The baseline reads the same rows and counts them in Python, learner by learner, as
such pages often do; all are timed in the same run on the same database, in turns.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import course
from bench.tables import table
from lti_tool.models import Database, schema
from lti_tool.models.activities import Activity
from lti_tool.services.frameworks.frameworks import Frameworks
from lti_tool.services.insight.crowds import Wanted
from lti_tool.services.insight.insights import Insights
from tests.factories.varied import add_varied
from tests.factories.world import World, make_world
from tests.support.queries import counted
from tests.support.recount import recount

FEW = 100
HEADS = ("", "few", "many", "ratio", "statements")


@dataclass(frozen=True, slots=True)
class Timed:
    """Median seconds with few and with many learners, and the statements sent in each."""

    name: str
    few: float
    many: float
    statements: tuple[int, int]

    @property
    def ratio(self) -> float:
        """How many times as long many take."""
        return self.many / self.few


def measure(many: int, rounds: int) -> list[Timed]:
    """Time the figures and the baseline on both databases."""
    found = []
    with tempfile.TemporaryDirectory(prefix="miroir-bench-") as folder, course.postgres() as server:
        for name, url in (
            ("SQLite", f"sqlite:///{Path(folder, 'miroir.sqlite')}"),
            ("PostgreSQL", server),
        ):
            database = Database(url)
            try:
                found += _measure(name, database, many, rounds)
            finally:
                database.close()
    return found


def _measure(name: str, database: Database, many: int, rounds: int) -> list[Timed]:
    schema.upgrade(database)
    Frameworks(database).install_builtin()
    worlds = make_world(database, learners=0), make_world(database, learners=0)
    for world, number in zip(worlds, (FEW, many), strict=True):
        add_varied(world, number)
    if not database.is_sqlite:  # as it does by itself in time, after so many rows
        with database.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    return [
        _timed(f"{label}, {name}", database, worlds, work, rounds)
        for label, work in (
            ("figures, first opening", figures_anew),
            ("figures, opened again", figures),
            ("row by row in Python", row_by_row),
        )
    ]


def figures(world: World) -> None:
    """Read all figures of an activity."""
    viewer = world.viewer(world.educator)
    Insights(world.database).activity(viewer, world.activity_id, Wanted())


def figures_anew(world: World) -> None:
    """Count them, whatever is kept."""
    viewer = world.viewer(world.educator)
    Insights(world.database).activity(viewer, world.activity_id, Wanted(), is_anew=True)


def row_by_row(world: World) -> None:
    """Count the same figures from rows."""
    with world.database.read() as session:
        recount(session, session.get_one(Activity, world.activity_id))


def _timed(
    name: str,
    database: Database,
    worlds: tuple[World, World],
    work: Callable[[World], None],
    rounds: int,
) -> Timed:
    sent = []
    for world in worlds:
        with counted(database) as statements:
            work(world)
        sent.append(len(statements))
    seconds: tuple[list[float], list[float]] = ([], [])
    for _round in range(rounds):
        for world, kept in zip(worlds, seconds, strict=True):
            start = time.perf_counter()
            work(world)
            kept.append(time.perf_counter() - start)
    few, many = map(statistics.median, seconds)
    return Timed(name, few, many, (sent[0], sent[1]))


def report(many: int, found: list[Timed]) -> str:
    """Return the table of a measurement."""
    rows = [
        [
            one.name,
            f"{one.few * 1000:.0f} ms",
            f"{one.many * 1000:.0f} ms",
            f"{one.ratio:.1f}",
            " / ".join(map(str, one.statements)),
        ]
        for one in found
    ]
    pairs = zip(found[::3], found[2::3], strict=True)
    faster = ", ".join(f"{slow.many / fast.many:.1f}" for fast, slow in pairs)
    title = f"Figures of an activity: {FEW} learners and {many:,}"
    return table(
        title, HEADS, rows, f"First openings, times as fast as the baseline with many: {faster}."
    )
