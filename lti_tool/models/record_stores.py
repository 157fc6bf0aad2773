"""Learning record stores: where a platform's learning records go, if an operator said so."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, true
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.models.base import Base


class RecordStore(Base):
    """The learning record store (xAPI) of one registration; without a row nothing is recorded."""

    __tablename__ = "record_stores"

    registration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True
    )
    endpoint: Mapped[str]
    """Address under which ``/statements`` is, without a slash at its end."""
    username: Mapped[str]
    password: Mapped[str]
    """Encrypted with the installation's key."""
    version: Mapped[str]
    """Version of xAPI that is spoken (``rules.learning_records.VERSIONS``)."""
    pseudonymous: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether learners go by pseudonyms that only this installation can resolve."""
    set_at: Mapped[datetime] = mapped_column(default=clock.now)
