"""That somebody was erased: enough to keep a course list from bringing them back, and no more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.models.base import Base


class Erasure(Base):
    """A person of a platform who was erased and has not come back by themselves.

    Holds no personal data: without the installation's secret key nobody can tell of whom it is.
    """

    __tablename__ = "erasures"

    person_hash: Mapped[str] = mapped_column(primary_key=True)
    """HMAC-SHA-256 of registration and ``sub`` under a key of this installation, hexadecimal."""
    erased_at: Mapped[datetime] = mapped_column(default=clock.now)
