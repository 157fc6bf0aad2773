"""The wake-up, through a file and through Redis; and what happens when neither works."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from lti_tool.tasks import open_queue


def answers(url: str) -> bool:
    client = redis.Redis.from_url(url)
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
    finally:
        client.close()


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("no redis-server on this machine")
    socket = tmp_path / "redis.sock"
    command = [server, "--port", "0", "--unixsocket", str(socket), "--save", ""]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 20
    while not answers(f"unix://{socket}"):
        assert time.monotonic() < end, "redis does not start"
        time.sleep(0.05)
    yield f"unix://{socket}"
    process.terminate()
    process.wait()


def hear(data_dir: Path, url: str | None) -> bool:
    """Do as a worker does that looks once; tell whether it was woken."""
    queue = open_queue(data_dir, url)
    task = queue.huey.dequeue()
    if task is not None:
        queue.huey.execute(task)
    queue.close()
    return queue.woken.is_set()


def test_a_wake_up_crosses_processes_through_a_file(tmp_path: Path) -> None:
    queue = open_queue(tmp_path, None)
    assert not hear(tmp_path, None)
    queue.wake()
    assert hear(tmp_path, None)
    assert not hear(tmp_path, None)
    queue.close()


def test_a_wake_up_crosses_processes_through_redis(tmp_path: Path, redis_url: str) -> None:
    queue = open_queue(tmp_path, redis_url)
    queue.wake()
    assert hear(tmp_path, redis_url)
    queue.close()


def test_a_queue_that_is_away_breaks_no_request(tmp_path: Path) -> None:
    queue = open_queue(tmp_path, f"unix://{tmp_path}/nobody.sock")
    queue.wake()
    queue.close()
    with pytest.raises(redis.ConnectionError):
        queue.huey.storage.queue_size()


def test_a_file_that_cannot_be_written_breaks_no_request(tmp_path: Path) -> None:
    queue = open_queue(tmp_path, None)
    (tmp_path / "queue.sqlite").unlink()
    (tmp_path / "queue.sqlite").mkdir()
    queue.wake()
    queue.close()
