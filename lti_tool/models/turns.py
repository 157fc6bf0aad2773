"""Taking turns within a process: first come, first served."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import TimeoutError as DatabaseTimeoutError


class NoTurn(DatabaseTimeoutError):
    """The turn did not come in time: somebody before holds on, or too many wait."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """Somebody in the line; ``called`` once it is their turn."""

    thread: int
    called: threading.Event = field(default_factory=threading.Event)


class Turns:
    """A lock that serves who came first.

    SQLite lets writers try again and again instead of standing in a line, so that under load some
    never get through. In here they stand in one; between processes SQLite's way still holds.
    """

    def __init__(self, patience_seconds: float) -> None:
        self.patience_seconds = patience_seconds
        self._guard = threading.Lock()
        self._line: deque[_Waiting] = deque()
        self._holder: int | None = None

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the turn within the ``with`` block.

        Raises NoTurn if it does not come in time, and RuntimeError for who holds it already: they
        would wait for themselves.
        """
        self._take()
        try:
            yield
        finally:
            self._pass_on()

    def _take(self) -> None:
        me = _Waiting(threading.get_ident())
        with self._guard:
            if self._holder == me.thread:
                raise RuntimeError("a write transaction within a write transaction")
            if self._holder is None:
                self._holder = me.thread
                return
            self._line.append(me)
        try:
            in_time = me.called.wait(self.patience_seconds)
        except BaseException:
            self._leave(me)
            raise
        if not in_time and not self._stayed_until_called(me):
            raise NoTurn(f"no turn to write within {self.patience_seconds:g} seconds")

    def _stayed_until_called(self, me: _Waiting) -> bool:
        """Leave the line; return whether the turn came at the last moment after all."""
        with self._guard:
            if me.called.is_set():
                return True
            self._line.remove(me)
            return False

    def _leave(self, me: _Waiting) -> None:
        """Leave the line for good: who was called meanwhile passes the turn on."""
        if self._stayed_until_called(me):
            self._pass_on()

    def _pass_on(self) -> None:
        with self._guard:
            if not self._line:
                self._holder = None
                return
            following = self._line.popleft()
            self._holder = following.thread
            following.called.set()
