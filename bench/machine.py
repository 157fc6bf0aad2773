"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path

from bench.servers import THREADS

PACKAGES = ("Flask", "gunicorn", "PyLTI1p3", "PyJWT", "cryptography", "SQLAlchemy", "psycopg")


def facts(workers: int) -> str:
    """Return the machine, the versions and the server's options, a line each."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    load = ", ".join(f"{one:.2f}" for one in os.getloadavg())
    return "\n".join(
        (
            f"machine   {_processor()}, {os.cpu_count()} cores, load before {load}",
            f"python    {platform.python_version()} on {platform.platform()}",
            f"versions  {versions}, SQLite {sqlite3.sqlite_version}",
            f"server    gunicorn, gthread, workers: {workers}, threads of each: {THREADS},"
            " on loopback; the driver shares the cores",
        )
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    named = (line.partition(": ")[2] for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
