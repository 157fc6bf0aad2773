"""What somebody outside finds behind a link: the one use case without a session."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.people import User
from lti_tool.models.platforms import Registration
from lti_tool.models.sharing import Share
from lti_tool.rules.sharing import LinkState, is_new_opening, state_of
from lti_tool.secrecy import digest, same
from lti_tool.services.sharing.gathering import things_of
from lti_tool.services.sharing.shares import shown_things
from lti_tool.services.sharing.things import SharedPage


@dataclass(frozen=True, slots=True)
class SharedPages:
    """The use case of opening a link; the link is the only key to it."""

    db: Database
    is_on: bool = True

    def open(self, token: str, counts: bool = True) -> SharedPage | None:
        """Return what the link shows now; None if it opens nothing, whatever the reason.

        A link opens nothing if it is unknown, ended or over, if sharing or the learner's platform
        is switched off, or if nothing is left of what was chosen. ``counts`` tells whether a person
        looks at it.
        """
        now = clock.now()
        with self.db.read() as session:
            share = _open(session, token, now) if self.is_on else None
            if share is None:
                return None
            user = session.get_one(User, share.user_id)
            things = shown_things(share, things_of(session, user.id))
            if not things.keys:
                return None
            page = SharedPage(share.name, share.expires_at, things, user.time_zone)
            is_new = counts and is_new_opening(now, share.last_opened_at)
            share_id = share.id
        if is_new:
            self._note(share_id, now)
        return page

    def _note(self, share_id: uuid.UUID, now: datetime) -> None:
        with self.db.write() as session:
            session.execute(
                update(Share)
                .where(Share.id == share_id)
                .values(last_opened_at=now, openings=Share.openings + 1)
            )


def _open(session: Session, token: str, now: datetime) -> Share | None:
    """Return the share behind a token if it is open. Found by a hash: no time tells of a part."""
    hashed = digest(token)
    share = session.scalar(
        select(Share)
        .join(User, User.id == Share.user_id)
        .join(Registration, Registration.id == User.registration_id)
        .where(
            Share.token_hash == hashed,
            User.erased_at.is_(None),
            Registration.disabled_at.is_(None),
        )
        .options(selectinload(Share.items))
    )
    if share is None or not same(share.token_hash, hashed):
        return None
    is_open = state_of(now, share.expires_at, share.revoked_at) is LinkState.OPEN
    return share if is_open else None
