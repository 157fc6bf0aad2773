"""The servers that are measured: each its own gunicorn with the same options."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
THREADS = 4
FIRST_PORT, LAST_PORT = 5161, 5199
START_SECONDS = 30
OPTIONS = (
    f"--threads={THREADS}",
    "--worker-class=gthread",
    "--keep-alive=5",
    "--preload",
    "--log-level=warning",
    "--no-control-socket",
)
"""As in config/gunicorn.conf.py, but without its access log, which the baseline does not have."""


class BenchFailed(Exception):
    """A server did not start or gave an answer that a benchmark cannot count; the text says it."""


def free_port() -> int:
    """Return a port of loopback on which nothing listens."""
    for port in range(FIRST_PORT, LAST_PORT + 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise BenchFailed(f"no free port from {FIRST_PORT} to {LAST_PORT}")


@dataclass(frozen=True, slots=True)
class Server:
    """A running gunicorn."""

    name: str
    port: int
    pid: int

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """Return the processor time of its workers so far; 0 where /proc does not tell."""
        try:
            children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            return sum(_cpu_seconds(pid) for pid in children)
        except OSError:
            return 0.0


def _cpu_seconds(pid: str) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serve(
    name: str, app: str, port: int, workers: int, settings: Mapping[str, str]
) -> Iterator[Server]:
    """Run ``app`` (module:variable) in ``workers`` processes on ``port`` until the block ends.

    ``settings`` are added to the environment. Raises BenchFailed, with what it wrote, if it does
    not answer within half a minute.
    """
    where = (f"--workers={workers}", f"--bind=127.0.0.1:{port}")
    command = [sys.executable, "-m", "gunicorn", *OPTIONS, *where, app]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **settings}, stdout=log, stderr=log
        )
        try:
            if not _answers(port, process):
                log.seek(0)
                raise BenchFailed(f"{name} did not start:\n{log.read().decode()[-4000:]}")
            yield Server(name, port, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until a worker answers HTTP; False if it ended or took too long."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(b"GET /bench-asks HTTP/1.0\r\n\r\n")
                if connection.recv(12):
                    return True
        except OSError:
            pass
        time.sleep(0.1)
    return False
