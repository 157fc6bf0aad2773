"""The tool as an operator runs it: web server and worker as processes of their own."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from tests.support.servers import address_of, listen

ROOT = Path(__file__).parents[3]
SECONDS = 60
"""Patience with a start."""


@dataclass(frozen=True)
class Tool:
    """A running tool; ``url`` is another site than a Moodle at 127.0.0.1."""

    url: str
    environment: dict[str, str]

    def invite(self, name: str) -> str:
        """Return the registration link that an operator sends to Moodle's administrator."""
        return self.run("platforms", "invite", "--name", name).splitlines()[-1]

    def invite_update(self, platform: str) -> str:
        """Return the registration link that updates a connection which is there."""
        return self.run("platforms", "invite", "--update", platform).splitlines()[-1]

    def published_keys(self) -> set[str]:
        """Return the ids of the keys in our public key set."""
        with urllib.request.urlopen(f"{self.url}/lti/jwks", timeout=SECONDS) as answer:
            return {key["kid"] for key in json.load(answer)["keys"]}

    def self_test(self, platform: str) -> list[str]:
        """Run a platform's self-test, which may fail; return its lines."""
        return self.run("platforms", "test", platform, may_fail=True).splitlines()

    def run(self, *command: str, may_fail: bool = False) -> str:
        """Run one of the operator's commands; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=ROOT,
            env=self.environment,
            check=not may_fail,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout


@contextmanager
def running_tool(folder: Path) -> Iterator[Tool]:
    """Run the tool with its data and logs in ``folder``."""
    with ExitStack() as stack:
        listening = stack.enter_context(listen())
        url = address_of(listening, "localhost")
        tool = Tool(url, os.environ | _settings(url, folder))
        tool.run("db", "upgrade")
        bind = f"fd://{listening.fileno()}"
        gunicorn = ["gunicorn", "--config", "config/gunicorn.conf.py", "--bind", bind, "wsgi:app"]
        worker = ["flask", "--app", "wsgi", "worker"]
        stack.enter_context(_process(gunicorn, tool, folder / "web.log", listening.fileno()))
        stack.enter_context(_process(worker, tool, folder / "worker.log"))
        _wait_until_ready(url)
        yield tool


def _settings(url: str, folder: Path) -> dict[str, str]:
    return {
        "MIROIR_SECRET_KEY": secrets.token_urlsafe(48),
        "MIROIR_BASE_URL": url,
        "MIROIR_DATA_DIR": str(folder),
        "MIROIR_DATABASE_URL": f"sqlite:///{folder / 'miroir.sqlite'}",
        "MIROIR_REDIS_URL": "",
        "MIROIR_ALLOW_LOCAL_PLATFORMS": "true",
        "MIROIR_WEB_WORKERS": "1",
    }


@contextmanager
def _process(module: list[str], tool: Tool, log: Path, *sockets: int) -> Iterator[None]:
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=ROOT,
            env=tool.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=sockets,
        ) as process,
    ):
        try:
            yield
        finally:
            process.terminate()


def _wait_until_ready(url: str) -> None:
    """Wait until the web server answers and the worker has shown a sign of life."""
    until = time.monotonic() + SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
