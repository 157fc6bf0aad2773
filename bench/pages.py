"""What do the staff's pages cost among many learners, against among few?

The two courses differ in size alone. Each page is opened in turn in both, in this process, so that
whatever else the machine does slows both. Each was opened before: what is kept of a large course is
kept by then (``bench.insight`` has the first opening of the figures).
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from bench import course
from bench.stage import SECRET
from bench.statements import counted
from bench.tables import table
from config.settings import Settings
from lti_tool.app import create_app, services_of
from lti_tool.models import schema
from lti_tool.services.frameworks.frameworks import Frameworks
from tests.factories.crowds import add_crowd
from tests.factories.world import World, make_world

PAGES = {
    "Today": "today",
    "To decide": "desk",
    "Learners": "people",
    "Learners, a state that none is in": "people?show=not_started",
    "Figures": "figures",
    "Cohorts": "cohorts",
    "History": "history",
    "Publish": "manage",
}
BASE = "http://127.0.0.1:5160"


@dataclass(frozen=True, slots=True)
class Cost:
    """One page: its statements, and its median seconds, among few learners and among many."""

    database: str
    page: str
    statements: tuple[int, int]
    seconds: tuple[float, float]


def measure(few: int, many: int, visits: int) -> list[Cost]:
    """Open each page ``visits`` times in both courses, on both databases."""
    costs = []
    for name, url in _databases():
        with tempfile.TemporaryDirectory(prefix="miroir-bench-") as folder:
            app = _app(url, Path(folder))
            courses = [_course(app, size) for size in (few, many)]
            if not services_of(app).db.is_sqlite:
                with services_of(app).db.engine.connect() as connection:
                    connection.exec_driver_sql("ANALYZE")
                    connection.commit()
            for page, path in PAGES.items():
                addresses = [f"/s/{handle}/activities/{key}/{path}" for handle, key in courses]
                costs.append(_cost(app, name, page, addresses, visits))
            services_of(app).db.close()
    return costs


def report(few: int, many: int, costs: list[Cost]) -> str:
    """Return the table; a ratio of 1 is a page that does not notice how many learners there are."""
    rows = [
        [
            f"{one.database}, {one.page}",
            *map(str, one.statements),
            *(f"{seconds * 1e3:.1f}" for seconds in one.seconds),
            f"{one.seconds[1] / one.seconds[0]:.2f}",
        ]
        for one in costs
    ]
    heads = ["page", f"SQL, {few:,}", f"SQL, {many:,}", f"ms, {few:,}", f"ms, {many:,}", "ratio"]
    return table(f"The staff's pages: {many:,} learners against {few:,}", heads, rows, "Medians.")


def _databases() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory(prefix="miroir-bench-") as folder:
        yield "SQLite", f"sqlite:///{folder}/pages.sqlite"
    with course.postgres() as url:
        yield "PostgreSQL", url


def _app(url: str, folder: Path) -> Flask:
    app = create_app(
        Settings(
            database_url=url,
            secret_key=SECRET,
            base_url=BASE,
            data_dir=folder,
            redis_url=None,
            allow_local_platforms=True,
            proxy_hops=0,
            log_level="WARNING",
        )
    )
    schema.upgrade(services_of(app).db)
    Frameworks(services_of(app).db).install_builtin()
    return app


def _course(app: Flask, size: int) -> tuple[str, str]:
    """Fill a course; return the educator's handle and the activity's id."""
    world: World = make_world(services_of(app).db, learners=0)
    add_crowd(world, size)
    return world.handle(world.educator), str(world.activity_id)


def _cost(app: Flask, database: str, page: str, addresses: list[str], visits: int) -> Cost:
    client = app.test_client()
    for address in addresses * 2:
        if client.get(address).status_code != 200:
            raise RuntimeError(f"{page} does not open")
    found = []
    for address in addresses:
        with counted(services_of(app).db.engine) as counts:
            client.get(address)
        found.append(counts.total() - counts["COMMIT"] - counts["ROLLBACK"])
    times: list[list[float]] = [[], []]
    for _visit in range(visits):
        for place, address in enumerate(addresses):
            start = time.perf_counter()
            client.get(address)
            times[place].append(time.perf_counter() - start)
    few, many = map(statistics.median, times)
    return Cost(database, page, (found[0], found[1]), (few, many))
