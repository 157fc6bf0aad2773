"""The operator's way in: one-time links that a command prints, and the sessions they open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from lti_tool import clock
from lti_tool.errors import NotSignedIn
from lti_tool.models.database import Database
from lti_tool.models.operator import OperatorLink, OperatorSession
from lti_tool.secrecy import digest, new_token

LINK_HOURS = 1.0
MAX_LINK_HOURS = 24 * 7
LIFE = timedelta(hours=8)
IDLE = timedelta(hours=1)
SEEN_PRECISION = timedelta(minutes=1)
"""``last_seen_at`` is written at most this often."""


@dataclass(frozen=True, slots=True)
class Operators:
    """Who may use the console: whoever can run a command on the server, and nobody else."""

    db: Database
    base_url: str

    def link(self, hours: float = LINK_HOURS) -> str:
        """Make a link that opens the console once within ``hours``."""
        token, now = new_token(), clock.now()
        with self.db.write() as session:
            session.add(
                OperatorLink(
                    token_hash=digest(token),
                    created_at=now,
                    expires_at=now + timedelta(hours=hours),
                )
            )
        return f"{self.base_url}/operator/enter/{token}"

    def expiry(self, token: str) -> datetime:
        """Return until when a link is good; raises NotSignedIn for one that is not."""
        query = select(OperatorLink.expires_at).where(
            OperatorLink.token_hash == digest(token),
            OperatorLink.used_at.is_(None),
            OperatorLink.expires_at > clock.now(),
        )
        with self.db.read() as session:
            found = session.scalars(query).first()
        if found is None:
            raise NotSignedIn("link")
        return found

    def enter(self, token: str) -> str:
        """Use up a link and open a session; return the cookie's value.

        Raises NotSignedIn if the link is unknown, expired or used: of two who use it at the same
        moment one gets in.
        """
        secret, now = new_token(), clock.now()
        with self.db.write() as session:
            used = session.execute(
                update(OperatorLink)
                .where(
                    OperatorLink.token_hash == digest(token),
                    OperatorLink.used_at.is_(None),
                    OperatorLink.expires_at > now,
                )
                .values(used_at=now)
                .returning(OperatorLink.id)
            ).all()
            if not used:
                raise NotSignedIn("link")
            session.add(
                OperatorSession(
                    secret_hash=digest(secret),
                    created_at=now,
                    last_seen_at=now,
                    expires_at=now + LIFE,
                )
            )
        return secret

    def check(self, secret: str) -> None:
        """Raise NotSignedIn unless ``secret`` is that of a live session; note that it was seen."""
        now = clock.now()
        with self.db.read() as session:
            found = session.scalars(
                select(OperatorSession).where(OperatorSession.secret_hash == digest(secret))
            ).first()
        if found is None or found.expires_at <= now or found.last_seen_at <= now - IDLE:
            raise NotSignedIn("session")
        if now - found.last_seen_at >= SEEN_PRECISION:
            with self.db.write() as session:
                session.execute(
                    update(OperatorSession)
                    .where(OperatorSession.id == found.id)
                    .values(last_seen_at=now)
                )

    def leave(self, secret: str) -> None:
        """End a session."""
        with self.db.write() as session:
            session.execute(
                delete(OperatorSession).where(OperatorSession.secret_hash == digest(secret))
            )
