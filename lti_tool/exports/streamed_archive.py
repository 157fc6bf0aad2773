"""A ZIP that is written while it is sent: it never stands whole in memory, nor on a disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime

PIECE = 64 * 1024
"""Bytes to gather before they are sent on."""


class _Outlet(io.RawIOBase):
    """A file that can only be written on; what was written is taken away from it."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = memoryview(data)  # type: ignore[arg-type]  # whatever has a buffer, as of RawIOBase
        self._written += piece
        return piece.nbytes

    def taken(self, at_least: int = 0) -> bytes:
        """Return what was written since the last time, if it is as much as ``at_least``."""
        if len(self._written) < max(at_least, 1):
            return b""
        taken = bytes(self._written)
        self._written.clear()
        return taken


def streamed_archive(
    files: Iterable[tuple[str, Iterable[bytes]]], made_at: datetime
) -> Iterator[bytes]:
    """Yield a ZIP of ``files`` (name and content, piece by piece), each dated ``made_at``.

    A file's pieces are asked for when it is its turn, so they may come from a database.
    """
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in files:
            entry = zipfile.ZipInfo(name, made_at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as file:
                for piece in pieces:
                    file.write(piece)
                    if sent := outlet.taken(PIECE):
                        yield sent
    if sent := outlet.taken():
        yield sent
