"""Sending the mails that are due, apart from everything that goes to an LMS."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock

from lti_tool.models import Database
from lti_tool.remote.mail import Post
from lti_tool.services.mailing.letters import KIND
from lti_tool.services.mailing.sending import MailHandler
from lti_tool.services.mailing.wishes import Wishes
from lti_tool.services.outbox.delivery import Delivery, Lane, LaneKey

AT_ONCE = 2
"""Mails under way at the same time: there is no hurry, and servers dislike floods."""


def _chance() -> float:
    return secrets.randbelow(1_000_001) / 1_000_000


@dataclass(slots=True)
class _Memory:
    """What this process remembers between two runs; one run at a time."""

    lanes: dict[LaneKey, Lane] = field(default_factory=dict)
    running: Lock = field(default_factory=Lock)


@dataclass(frozen=True, slots=True)
class Mailing:
    """The mails of an installation; without ``post`` none is sent, and what waits goes on waiting.

    It has threads of its own: a mail server that hangs holds up no score. What a worker that died
    had taken is released by the outbox, for mails as for scores.
    """

    db: Database
    wishes: Wishes
    post: Post | None
    chance: Callable[[], float] = _chance
    _memory: _Memory = field(default_factory=_Memory, repr=False, compare=False)

    @property
    def is_set_up(self) -> bool:
        """Whether mail can be sent."""
        return self.post is not None

    def deliver_due(self, stop: Event | None = None) -> Counter[str]:
        """Send all mails that are due; return how many ended in each state.

        Returns at once if this process is already at it. Raises SQLAlchemy's errors if the
        database fails; nothing is lost by that.
        """
        memory = self._memory
        if self.post is None or not memory.running.acquire(blocking=False):
            return Counter()
        try:
            for lane in memory.lanes.values():
                lane.start_over()
            return Delivery(
                self.db,
                {KIND: MailHandler(self.post, self.wishes)},
                memory.lanes,
                AT_ONCE,
                AT_ONCE,
                self.chance,
                stop or Event(),
            ).run()
        finally:
            memory.running.release()
