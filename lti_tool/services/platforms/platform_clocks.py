"""Platforms' clocks against ours, told by the launches themselves; nearly for nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from lti_tool import clock
from lti_tool.models.database import Database
from lti_tool.models.operator import PlatformClock

MEASURE_EVERY = timedelta(hours=1)
PAUSE = timedelta(minutes=1)
"""At most one write per platform and process in this time, however the offsets jump."""
JUMP_SECONDS = 10
"""A difference that is written before the hour is over."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PlatformClocks:
    """Writes a platform's offset once an hour, or when it has changed much."""

    db: Database
    _noted: dict[uuid.UUID, tuple[datetime, int]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def note(self, registration_id: uuid.UUID, issued_at: float) -> None:
        """Note when an accepted launch was issued by the platform's clock (``iat``, seconds).

        Most of the time this looks into memory and writes nothing. Never raises: the launch has
        happened.
        """
        now = clock.now()
        offset = round(issued_at - now.timestamp())
        last = self._noted.get(registration_id)
        if last is not None:
            age, jump = now - last[0], abs(offset - last[1])
            if age < PAUSE or (age < MEASURE_EVERY and jump < JUMP_SECONDS):
                return
        self._keep(registration_id, offset, refused=False)

    def note_refused(self, registration_id: uuid.UUID, offset: int) -> None:
        """Note the offset, in seconds, of a launch that was refused because of its times."""
        last = self._noted.get(registration_id)
        if last is None or clock.now() - last[0] >= PAUSE or abs(offset - last[1]) >= JUMP_SECONDS:
            self._keep(registration_id, offset, refused=True)

    def _keep(self, registration_id: uuid.UUID, offset: int, refused: bool) -> None:
        now = clock.now()
        self._noted[registration_id] = now, offset
        row = PlatformClock(
            registration_id=registration_id,
            offset_seconds=max(-(2**31), min(offset, 2**31 - 1)),
            measured_at=now,
            refused=refused,
        )
        try:
            with self.db.write() as session:
                session.merge(row)
        except SQLAlchemyError as failure:
            # Another process wrote the same row first, or the database rests: the next one will do.
            log.info("clock_not_kept", error=str(failure)[:300])
