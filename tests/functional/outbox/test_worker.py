"""The worker as an operator runs it: a process that is woken, stopped and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from lti_tool.models.grades import WorkerHeartbeat
from lti_tool.models.keys import AccessToken
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.health import Health
from lti_tool.services.outbox.messages import PROMISED
from lti_tool.tasks import open_queue
from tests.conftest import SECRET
from tests.functional.outbox.conftest import Lms, Stage

ROOT = Path(__file__).parents[3]


@contextmanager
def worker(url: str, data_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``flask --app wsgi worker``; kill it at the end if the test did not stop it."""
    settings = {
        "MIROIR_DATABASE_URL": url,
        "MIROIR_SECRET_KEY": SECRET,
        "MIROIR_BASE_URL": "http://127.0.0.1:5000",
        "MIROIR_DATA_DIR": str(data_dir),
        "MIROIR_ALLOW_LOCAL_PLATFORMS": "true",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


def beats(lms: Lms) -> int:
    with lms.database.read() as session:
        return session.scalar(select(func.count()).select_from(WorkerHeartbeat)) or 0


def has_token(lms: Lms) -> bool:
    """Return whether the worker has all it needs to send."""
    with lms.database.read() as session:
        return any(session.scalars(select(AccessToken.token)))


def test_a_promise_wakes_the_worker_and_sigterm_ends_it_gracefully(
    stage: Stage, database_url: str, tmp_path: Path
) -> None:
    lms = stage.lms()
    lms.database.after_commit(PROMISED, open_queue(tmp_path, None).wake)
    with worker(database_url, tmp_path) as process:
        until(lambda: beats(lms) == 1)
        assert Health(lms.database).failures() == {}
        time.sleep(1)  # now it sleeps for ten seconds, unless it is woken
        promised = time.monotonic()
        lms.promise()
        until(lambda: lms.state().state is OutboxState.SENT)
        assert time.monotonic() - promised < 8
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert beats(lms) == 0 and lms.grade() == (6.0, "Well done")


def test_a_worker_killed_while_it_sends_loses_nothing(
    stage: Stage, database_url: str, tmp_path: Path
) -> None:
    lms = stage.lms()
    lms.promise()
    lms.switch("ags", delay_ms=6_000)
    with worker(database_url, tmp_path) as process:
        until(lambda: lms.state().state is OutboxState.SENDING and has_token(lms))
        process.kill()
        process.wait()
    lms.switch("ags")
    (message,) = lms.messages()
    assert message.leased_until is not None and message.score_timestamp is not None
    with lms.database.write() as session:
        session.merge(message).leased_until = message.score_timestamp  # the lease is over
    assert stage.outbox().deliver_due() == {"sent": 1}
