"""Opening the moderation history, for as long as personal words are erased from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.decisions import HistoryErasure


@contextmanager
def opened(session: Session, why: str) -> Iterator[None]:
    """Let rows of the history be changed within this transaction; that it was done stays noted.

    ``why`` is ``erasure`` or ``purge``. At any other time the database refuses such changes.
    """
    erasure = HistoryErasure(why=why)
    session.add(erasure)
    session.flush()
    yield
    session.flush()
    erasure.closed_at = clock.now()
    session.flush()
