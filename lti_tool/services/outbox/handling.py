"""How messages of each kind are sent: a handler per kind, in one table (``outbox``).

A handler is asked twice: within the transaction that claims messages, for a task for each of them,
which holds plain values only; and, where the answer brought news, within a transaction of its own.
Between the two the task runs in some thread, outside any transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from lti_tool.lti.families import Outcome, Verdict
from lti_tool.services.outbox.claims import Claim

GRADEBOOK = "gradebook"
"""The channel of all that goes to an LMS's gradebook."""

Task = Callable[[], Verdict]


class Handler(Protocol):
    """One kind of message."""

    @property
    def channel(self) -> str:
        """Kinds of one channel share a platform's slots and rest together when it is down."""

    def prepare(self, session: Session, taken: Sequence[Claim]) -> dict[uuid.UUID, Task]:
        """Return the task for each message by its id; one without a task is dropped."""

    def learn(self, session: Session, one: Claim, verdict: Verdict, now: datetime) -> None:
        """Keep what a verdict's ``moved_to`` or ``shown`` tells."""


Handlers = Mapping[str, Handler]


def prepare(
    session: Session, handlers: Handlers, taken: Sequence[Claim]
) -> list[tuple[Claim, Task]]:
    """Return claimed messages with their tasks, in their order."""
    tasks: dict[uuid.UUID, Task] = {}
    for kind in {one.kind for one in taken}:
        tasks |= handlers[kind].prepare(session, [one for one in taken if one.kind == kind])
    return [(one, tasks.get(one.message_id, gone)) for one in taken]


def gone() -> Verdict:
    """Return the verdict on a message whose subject does not exist any more."""
    return Verdict(Outcome.DROPPED, "gone")


def channels(handlers: Handlers) -> dict[str, frozenset[str]]:
    """Return the kinds of each channel."""
    names = {handler.channel for handler in handlers.values()}
    return {
        name: frozenset(kind for kind, handler in handlers.items() if handler.channel == name)
        for name in names
    }
