"""The product as an operator runs it: gunicorn, the worker and the sandbox as real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.support.servers import SECRET, address_of, listen

ROOT = Path(__file__).parents[2]
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.conf.py"]


def until(true: Callable[[], bool], seconds: float = 90) -> None:
    """Wait until something is true; fail if it never is."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Return whether an address answers without an error."""
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with listen() as probe:
        return int(address_of(probe).rpartition(":")[2])


@dataclass
class Installation:
    """One installation on its own ports; its processes can be killed and started again."""

    database_url: str
    folder: Path
    port: int = field(default_factory=free_port)
    lms_port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The tool's base URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def lms_url(self) -> str:
        """The sandbox's base URL: another site."""
        return f"http://localhost:{self.lms_port}"

    def start_web(self) -> None:
        """Start gunicorn and wait until it answers."""
        self._start("web", [*GUNICORN, "--bind", f"127.0.0.1:{self.port}", "wsgi:app"])
        until(lambda: answers(f"{self.url}/healthz"))

    def start_worker(self) -> None:
        """Start the worker."""
        self._start("worker", [*FLASK, "worker"])

    def start_lms(self) -> None:
        """Start the sandbox and wait until it answers."""
        self._start("lms", [*FLASK, "sandbox", "--port", str(self.lms_port)])
        until(lambda: answers(self.lms_url))

    def kill(self, name: str) -> None:
        """Kill a process and all its children as the kernel would: without a word."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        """Kill everything that still runs."""
        for name in list(self.running):
            self.kill(name)

    def _start(self, name: str, command: list[str]) -> None:
        settings = {
            "MIROIR_DATABASE_URL": self.database_url,
            "MIROIR_SECRET_KEY": SECRET,
            "MIROIR_BASE_URL": self.url,
            "MIROIR_DATA_DIR": str(self.folder),
            "MIROIR_ALLOW_LOCAL_PLATFORMS": "true",
            "MIROIR_LOG_LEVEL": "WARNING",
            "MIROIR_WEB_WORKERS": "1",
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **settings},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
