"""Databases that the tests of one module share: for tests that leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.databases import Templates

BACKENDS = ("sqlite", "postgresql")


@contextmanager
def shared_database(backend: str, templates: Templates, folder: Path) -> Iterator[str]:
    """Yield the URL of a migrated database on ``backend``."""
    if backend == "sqlite":
        yield templates.sqlite(folder / "shared.sqlite")
    else:
        with templates.postgres() as url:
            yield url
