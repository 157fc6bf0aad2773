"""Whether a platform's learning records go anywhere: asked at every step, so remembered.

An installation without a store pays one small select in half a minute for it.
"""

from __future__ import annotations

import time
import uuid
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Pool, select
from sqlalchemy.orm import Session

from lti_tool.models.record_stores import RecordStore

FRESH_SECONDS = 30.0
"""For so long another process may not know of a change; what it promised meanwhile is dropped."""

_remembered: WeakKeyDictionary[Pool, tuple[float, frozenset[uuid.UUID]]] = WeakKeyDictionary()
"""By database: engines that only differ in their options share a pool of connections."""
_lock = Lock()


def is_on(session: Session, registration_id: uuid.UUID) -> bool:
    """Return whether a platform's learning records are kept in a store."""
    bind, now = session.get_bind(), time.monotonic()
    pool = (bind.engine if isinstance(bind, Connection) else bind).pool
    with _lock:
        known = _remembered.get(pool)
    if known is None or known[0] < now:
        found = frozenset(session.scalars(select(RecordStore.registration_id)))
        known = (now + FRESH_SECONDS, found)
        with _lock:
            _remembered[pool] = known
    return registration_id in known[1]


def forget(engine: Engine) -> None:
    """Ask again at the next step: something was changed, and committed."""
    with _lock:
        _remembered.pop(engine.pool, None)
