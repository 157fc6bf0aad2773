"""A moment by which a whole answer must be there, however slowly it trickles in.

A read time-out alone is no limit: a byte just before each time-out, in the head or in the body,
holds a thread for hours.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPResponse
from socket import socket
from typing import Any

_until: ContextVar[float | None] = ContextVar("until", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let every request in this block, redirects and all, take ``seconds`` together.

    A block around it that ends sooner counts.
    """
    until, around = time.monotonic() + seconds, _until.get()
    token = _until.set(until if around is None else min(until, around))
    try:
        yield
    finally:
        _until.reset(token)


def check() -> None:
    """Raise TimeoutError if the time of the block around us is over."""
    until = _until.get()
    if until is not None and time.monotonic() >= until:
        raise TimeoutError("the answer took too long")


class TimedResponse(HTTPResponse):
    """An answer that is read until the block's deadline and no longer."""

    def __init__(self, sock: socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        until = _until.get()
        if until is not None:
            self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock, until))


class _Timed(io.RawIOBase):
    """A socket's raw stream that gives each read only what is left of the time."""

    def __init__(self, raw: io.RawIOBase, sock: socket, until: float) -> None:
        self._raw, self._sock, self._until = raw, sock, until

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read once; raises TimeoutError when the time is over."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        patience = self._sock.gettimeout()
        if patience is None or patience > left:
            self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        """Close the stream below, too."""
        self._raw.close()
        super().close()
