"""The queue through which a web process wakes a worker; a file, or Redis for several machines.

It carries nothing but "wake up": what is to be done stands in the database, and a worker that
never hears anything finds it by looking.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from threading import Event

import structlog
from huey import Huey, RedisHuey, SqliteHuey
from redis.exceptions import RedisError

from lti_tool.services.container import Services
from lti_tool.services.outbox.messages import PROMISED

NAME = "miroir"
BUSY_SECONDS = 2
"""How long a request may wait for the queue at most; the wake-up is then left out."""

log = structlog.get_logger()


class Queue:
    """Wakes workers, from any process; ``woken`` is set in the worker that hears it."""

    def __init__(self, huey: Huey) -> None:
        self.huey = huey
        self.woken = Event()
        woken = self.woken

        def wake() -> None:
            woken.set()

        self._enqueue = huey.task(name="wake")(wake)
        self.services: Services | None = None

    def wake(self) -> None:
        """Tell a worker that something waits. Never raises: the worker looks by itself as well."""
        try:
            self._enqueue()
        except (sqlite3.Error, RedisError, OSError) as error:
            log.warning("wake_failed", error=type(error).__name__)

    def close(self) -> None:
        """Close the connections of this thread."""
        self.huey.storage.close()

    def attach(self, services: Services) -> None:
        """Wake a worker after each commit that promised something."""
        self.services = services
        services.db.after_commit(PROMISED, self.wake)


def open_queue(data_dir: Path, redis_url: str | None) -> Queue:
    """Open the queue: Redis if there is a URL, else a file in the data folder."""
    if redis_url:
        return Queue(RedisHuey(NAME, url=redis_url, results=False))
    huey = SqliteHuey(
        NAME,
        filename=str(data_dir / "queue.sqlite"),
        timeout=BUSY_SECONDS,
        fsync=False,
        results=False,
    )
    # Web processes are forked from this one; an SQLite connection must not be.
    huey.storage.close()
    return Queue(huey)
