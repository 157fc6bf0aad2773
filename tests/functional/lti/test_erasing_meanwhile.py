"""A person launches while they are erased: one waits for the other, and neither fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text, update

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.people import Membership, User
from tests.support.forge import Forge, handle_in

ON_THE_SERVER = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""SQLite's writers are alone anyway."""


@contextmanager
def stopped_after(database: Database, statement: str) -> Iterator[tuple[Any, Any]]:
    """Stop the first transaction that executes a statement behind it; give (is there, go on)."""
    there, go_on = threading.Event(), threading.Event()

    def stop(_connection: Any, _cursor: Any, executed: str, *_others: Any) -> None:
        if executed.startswith(statement) and not there.is_set():
            there.set()
            go_on.wait()

    event.listen(database.engine, "after_cursor_execute", stop)
    try:
        yield there, go_on
    finally:
        go_on.set()
        event.remove(database.engine, "after_cursor_execute", stop)


def until_one_waits(database: Database) -> None:
    """Return once a transaction waits for another one's rows."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    end = time.monotonic() + 60
    while True:
        with database.look() as connection:
            if connection.scalar(waiting):
                return
        assert time.monotonic() < end, "nobody waits"
        threading.Event().wait(0.01)


@ON_THE_SERVER
@pytest.mark.parametrize(
    ("first", "behind"),
    [("erase", "DELETE FROM memberships"), ("launch", "UPDATE memberships")],
    ids=["who is being erased launches", "who launches is erased"],
)
def test_neither_is_in_the_other_s_way(forge: Forge, first: str, behind: str) -> None:
    handle_in(forge.launch())
    database, again = forge.services.db, forge.other_browser()
    with database.write() as session:
        user = session.scalars(select(User)).one()
        session.execute(update(Membership).values(last_seen_at=clock.now() - timedelta(hours=2)))
    deeds = {
        "erase": lambda: forge.services.privacy.erase(forge.registration_id, user.id),
        "launch": lambda: handle_in(again.launch(name="Lea of another name")),
    }
    second = next(name for name in deeds if name != first)
    with ThreadPoolExecutor(2) as pool, stopped_after(database, behind) as (there, go_on):
        one = pool.submit(deeds[first])
        there.wait()
        other = pool.submit(deeds[second])
        until_one_waits(database)
        go_on.set()
        one.result(), other.result()
    with database.read() as session:
        names = {one.name: one.erased_at is None for one in session.scalars(select(User))}
        left = len(session.scalars(select(Membership)).all())
    back = {"Lea of another name": True} if first == "erase" else {}
    assert (names, left) == ({"": False, **back}, len(back))
