"""Moodle's side of the companion, set up and broken by ``companion.php``."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

FOLDER = "MOODLE_FOLDER"
"""Environment variable: Moodle's own folder, for its command line."""
RUN_AS = "MOODLE_RUN_AS"
"""Environment variable: what goes before ``php``, such as ``runuser -u www-data --``."""
SWITCH = "MOODLE_SWITCH"
"""Environment variable: a command that starts Moodle, and stops it with the argument ``stop``."""
SCRIPT = Path(__file__).with_name("companion.php")


@dataclass(frozen=True)
class WebServices:
    """Runs ``companion.php`` on the machine that Moodle is on."""

    folder: str
    run_as: tuple[str, ...]

    @classmethod
    def from_environment(cls) -> WebServices:
        """Read the environment; without Moodle's folder the test is skipped, loudly."""
        folder = os.environ.get(FOLDER, "")
        if not folder:
            pytest.skip(f"NOT TRIED IN MOODLE: {FOLDER} (Moodle's own folder) is not set")
        return cls(folder, tuple(os.environ.get(RUN_AS, "").split()))

    def run(self, *what: str, given: str = "") -> str:
        """Run it with something to read; return what it printed."""
        command = [*self.run_as, "php", str(SCRIPT), *what]
        done = subprocess.run(
            command,
            cwd=self.folder,
            check=True,
            input=given,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout.strip()

    @contextmanager
    def fault(self, *what: str, mended: tuple[str, ...]) -> Iterator[None]:
        """Break something for a while."""
        self.run(*what)
        try:
            yield
        finally:
            self.run(*mended)

    def switch(self, *argument: str) -> None:
        """Start Moodle, or stop it."""
        subprocess.run([*os.environ[SWITCH].split(), *argument], check=True)
