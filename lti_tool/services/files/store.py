"""Where the bytes of files lie: a folder, each file under the hash of what is in it.

Names and who may read are in the database. A file that no row names any more is swept; one that
was written a moment ago is left alone, since its row may be about to be committed.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from sqlalchemy import select

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.attachments import Attachment

FRESH_SECONDS = 600
"""A file as young as this may belong to an upload whose row is not yet committed."""
SHELVES = 256
PIECE = 1024 * 1024
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was put into the store."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class FileStore:
    """The folder of files, which all machines of an installation share."""

    db: Database
    folder: Path

    def path(self, sha256: str) -> Path:
        """Return where a file lies; raise ValueError for what is no hash."""
        if not _HASH.fullmatch(sha256):
            raise ValueError("not a hash")
        return self.folder / sha256[:2] / sha256

    @contextmanager
    def draft(self) -> Iterator[BinaryIO]:
        """Open a file to write to, which is gone afterwards unless it was kept."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w+b", prefix="new-", dir=self.folder, delete=False
        ) as file:
            try:
                yield cast(BinaryIO, file)
            finally:
                with suppress(FileNotFoundError):
                    Path(file.name).unlink()

    def keep(self, draft: BinaryIO) -> Kept:
        """Put a draft to where its content belongs; it is safe on the disk when this returns."""
        draft.flush()
        os.fsync(draft.fileno())
        draft.seek(0)
        digest = hashlib.sha256()
        while piece := draft.read(PIECE):
            digest.update(piece)
        sha256 = digest.hexdigest()
        place = self.path(sha256)
        place.parent.mkdir(exist_ok=True)
        try:
            os.utime(place)  # an upload of the same content: the sweep takes it for a new one
        except FileNotFoundError:
            Path(str(draft.name)).rename(place)
            _sync_folder(place.parent)
        return Kept(sha256, place.stat().st_size)

    def forget(self, hashes: Collection[str]) -> int:
        """Delete those files that no row names any more; return how many."""
        return self._sweep(path for path in map(self.path, hashes) if path.exists())

    def sweep_shelf(self) -> int:
        """Delete what no row names on one shelf of 256, another one each minute."""
        number = int(clock.now().timestamp() // 60) % SHELVES
        gone = self._sweep(self._on_shelf(f"{number:02x}"))
        return gone + (self._drop_drafts() if number == 0 else 0)

    def sweep_all(self) -> int:
        """Delete whatever no row names; return how many files."""
        shelves = (self._on_shelf(f"{number:02x}") for number in range(SHELVES))
        return sum(self._sweep(shelf) for shelf in shelves) + self._drop_drafts()

    def _on_shelf(self, name: str) -> Iterable[Path]:
        shelf = self.folder / name
        return (
            (path for path in shelf.iterdir() if _HASH.fullmatch(path.name))
            if (shelf.is_dir())
            else ()
        )

    def _sweep(self, paths: Iterable[Path]) -> int:
        old = {path.name: path for path in paths if _age(path) > FRESH_SECONDS}
        if not old:
            return 0
        with self.db.read() as session:
            named = set(
                session.scalars(select(Attachment.sha256).where(Attachment.sha256.in_(old)))
            )
        forgotten = (path for name, path in old.items() if name not in named)
        # Looked at once more: the same content may have been taken in again meanwhile.
        return _delete(path for path in forgotten if _age(path) > FRESH_SECONDS)

    def _drop_drafts(self) -> int:
        """Delete what a killed process left half written."""
        if not self.folder.is_dir():
            return 0
        return _delete(path for path in self.folder.glob("new-*") if _age(path) > FRESH_SECONDS)


def copied(source: BinaryIO, target: BinaryIO, most: int, refuse: Callable[[], Exception]) -> None:
    """Copy piece by piece; raise what ``refuse`` returns beyond ``most`` bytes."""
    size = 0
    while piece := source.read(PIECE):
        size += len(piece)
        if size > most:
            raise refuse()
        target.write(piece)
    target.flush()
    target.seek(0)


def _age(path: Path) -> float:
    with suppress(FileNotFoundError):
        return clock.now().timestamp() - path.stat().st_mtime
    return 0.0


def _delete(paths: Iterable[Path]) -> int:
    gone = 0
    for path in paths:
        with suppress(FileNotFoundError):
            path.unlink()
            gone += 1
    return gone


def _sync_folder(folder: Path) -> None:
    """Make a new name safe, too: without it a power cut may lose the entry of a safe file."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
