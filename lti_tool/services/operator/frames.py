"""Which LMS pages may show Miroir in a frame, and why a given one may not."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from lti_tool.errors import NotFound
from lti_tool.lti.platform import frame_ancestors, origin_of, origins_of
from lti_tool.models.database import Database
from lti_tool.models.launches import LaunchSession
from lti_tool.models.platforms import Registration

LATEST = 100
"""Launches that are looked at for what they told."""


class FrameVerdict(StrEnum):
    """Whether a page may show Miroir."""

    ALLOWED = "allowed"
    TOLD = "told"
    """Launches told its address lately, and only those sessions may be shown there."""
    REFUSED = "refused"
    NO_ADDRESS = "no_address"


@dataclass(frozen=True, slots=True)
class Frames:
    """Origins (scheme, host, port) whose pages may show a platform's sessions."""

    always: tuple[str, ...]
    """The authorization endpoint's, and what the operator added."""
    told: tuple[str, ...]
    """What the latest launches told besides."""

    def verdict(self, address: str) -> FrameVerdict:
        """Return whether the page of an address may show Miroir (CSP 3, 6.4.2)."""
        origin = origin_of(address.strip().lower())
        if not origin:
            return FrameVerdict.NO_ADDRESS
        # A page that has moved to https may do what its http address may (CSP 3, 6.7.2.8).
        names = {origin, origin.replace("https://", "http://", 1)}
        if names & set(self.always):
            return FrameVerdict.ALLOWED
        return FrameVerdict.TOLD if names & set(self.told) else FrameVerdict.REFUSED


@dataclass(frozen=True, slots=True)
class OperatorFrames:
    """Reads what the policy of a platform's pages is made of."""

    db: Database

    def of(self, registration_id: uuid.UUID) -> Frames:
        """Return who may frame a platform's pages; raises NotFound."""
        messages = (
            select(LaunchSession.message)
            .where(LaunchSession.registration_id == registration_id)
            .order_by(LaunchSession.created_at.desc(), LaunchSession.id.desc())
            .limit(LATEST)
        )
        with self.db.read() as session:
            found = session.get(Registration, registration_id)
            if found is None:
                raise NotFound("platform")
            always = frame_ancestors(found.authorization_endpoint, found.frame_origins)
            urls = [one for kept in session.scalars(messages) for one in kept.get("frames", ())]
        told = tuple(one for one in origins_of(urls) if one not in always)
        return Frames(always, told)
