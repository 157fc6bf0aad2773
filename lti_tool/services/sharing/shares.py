"""Sharing with people outside: a learner makes a link, sees it used, changes it, ends it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from lti_tool import clock
from lti_tool.errors import InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.people import User
from lti_tool.models.sharing import Share, ShareItem
from lti_tool.rules.sharing import LinkState, state_of
from lti_tool.rules.viewer import Viewer
from lti_tool.secrecy import digest, new_token
from lti_tool.services.sharing.gathering import things_of
from lti_tool.services.sharing.things import Key, SharedPage, Things

MOST = 50
"""Open links of one person."""
KEEP_ENDED = timedelta(days=30)
"""For so long a link that opens nothing stays in its owner's list; then the sweep forgets it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a share is to show, to whom, under which name; ``things`` are texts of keys."""

    recipient: str
    name: str
    things: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShareLine:
    """A share in its owner's list."""

    id: uuid.UUID
    recipient: str
    name: str
    days: int
    state: LinkState
    created_at: datetime
    expires_at: datetime
    last_opened_at: datetime | None
    openings: int
    things: Things
    """What is left now of what was chosen."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Use cases of a learner who shows what they can do to somebody outside."""

    db: Database
    base_url: str
    is_on: bool = True
    """Whether the operator lets learners share; if not, no link opens anything either."""

    def mine(self, viewer: Viewer) -> tuple[ShareLine, ...] | None:
        """Return the viewer's shares, the newest first; None where sharing is switched off."""
        if not self.is_on:
            return None
        query = _of(viewer).order_by(Share.created_at.desc(), Share.id)
        with self.db.read() as session:
            rows = session.scalars(query).all()
            things = things_of(session, viewer.user_id) if rows else Things({})
            return tuple(_line(row, things) for row in rows)

    def offer(self, viewer: Viewer) -> Things:
        """Return all that the viewer may show; raise NotFound where sharing is switched off."""
        self._require()
        with self.db.read() as session:
            return things_of(session, viewer.user_id)

    def get(self, viewer: Viewer, share_id: uuid.UUID) -> ShareLine:
        """Return one of the viewer's shares; raise NotFound."""
        self._require()
        with self.db.read() as session:
            return _line(_own(session, viewer, share_id), things_of(session, viewer.user_id))

    def preview(self, viewer: Viewer, wanted: Wanted, days: int) -> SharedPage:
        """Return what somebody outside would see; raise InvalidInput as ``make`` does."""
        self._require()
        with self.db.read() as session:
            things = things_of(session, viewer.user_id)
        _chosen(things, wanted)
        until = clock.now() + timedelta(days=days)
        return SharedPage(wanted.name, until, things.only(wanted.things), viewer.time_zone)

    def make(self, viewer: Viewer, share_id: uuid.UUID, wanted: Wanted, days: int) -> str:
        """Make a share that is good for ``days``; return its link, for the one time it is told.

        ``share_id`` is drawn by the form: sent twice, it makes one share, and the second time
        returns an empty link. Raises InvalidInput if nothing is chosen, if something of it is not
        there any more, or for one share too many; NotFound for an id that is somebody else's.
        """
        self._require()
        token, now = new_token(), clock.now()
        with self.db.write() as session:
            session.get_one(User, viewer.user_id, with_for_update=True)  # two clicks, one share
            if session.get(Share, share_id) is not None:
                _own(session, viewer, share_id)
                return ""
            keys = _chosen(things_of(session, viewer.user_id), wanted)
            _check_room(session, viewer)
            session.add(
                Share(
                    id=share_id,
                    user_id=viewer.user_id,
                    recipient=wanted.recipient,
                    name=wanted.name,
                    token_hash=digest(token),
                    days=days,
                    created_at=now,
                    expires_at=now + timedelta(days=days),
                    items=_items(keys),
                )
            )
        return self._link(token)

    def change(self, viewer: Viewer, share_id: uuid.UUID, wanted: Wanted) -> None:
        """Let a share show something else from now on; raises as ``make``."""
        self._require()
        with self.db.write() as session:
            share = _own(session, viewer, share_id, lock=True)
            keys = _chosen(things_of(session, viewer.user_id), wanted)
            share.recipient, share.name, share.items = wanted.recipient, wanted.name, _items(keys)

    def renew(self, viewer: Viewer, share_id: uuid.UUID, days: int) -> None:
        """Let the same link be good for ``days`` from now; one that was ended stays ended.

        Raises NotFound.
        """
        self._require()
        with self.db.write() as session:
            share = _own(session, viewer, share_id, lock=True)
            if share.revoked_at is None:
                share.days, share.expires_at = days, clock.now() + timedelta(days=days)

    def replace_link(self, viewer: Viewer, share_id: uuid.UUID) -> str:
        """Return a new link in the place of the old one, which opens nothing from now on.

        A share that has ended is open again, for as long as it was made for. Raises NotFound.
        """
        self._require()
        token, now = new_token(), clock.now()
        with self.db.write() as session:
            share = _own(session, viewer, share_id, lock=True)
            if state_of(now, share.expires_at, share.revoked_at) is not LinkState.OPEN:
                share.expires_at, share.revoked_at = now + timedelta(days=share.days), None
            share.token_hash = digest(token)
        return self._link(token)

    def end(self, viewer: Viewer, share_id: uuid.UUID) -> None:
        """Let a link open nothing from this moment on; raise NotFound."""
        self._require()
        with self.db.write() as session:
            share = _own(session, viewer, share_id, lock=True)
            share.revoked_at = share.revoked_at or clock.now()

    def _link(self, token: str) -> str:
        return f"{self.base_url}/shared/{token}"

    def _require(self) -> None:
        if not self.is_on:
            raise NotFound("sharing")


def forgettable() -> ColumnElement[bool]:
    """Tell shares that have opened nothing for so long that even their owners forget them."""
    before = clock.now() - KEEP_ENDED
    return or_(Share.expires_at < before, Share.revoked_at < before)


def shown_things(share: Share, things: Things) -> Things:
    """Return what a share shows, of what its owner may show now."""
    return things.only({_key(item).text for item in share.items})


def _of(viewer: Viewer) -> Select[Share]:
    return select(Share).where(Share.user_id == viewer.user_id).options(selectinload(Share.items))


def _own(session: Session, viewer: Viewer, share_id: uuid.UUID, lock: bool = False) -> Share:
    query = _of(viewer).where(Share.id == share_id)
    share = session.scalar(query.with_for_update() if lock else query)
    if share is None:
        raise NotFound("share")
    return share


def _line(share: Share, things: Things) -> ShareLine:
    return ShareLine(
        id=share.id,
        recipient=share.recipient,
        name=share.name,
        days=share.days,
        state=state_of(clock.now(), share.expires_at, share.revoked_at),
        created_at=share.created_at,
        expires_at=share.expires_at,
        last_opened_at=share.last_opened_at,
        openings=share.openings,
        things=shown_things(share, things),
    )


def _chosen(things: Things, wanted: Wanted) -> tuple[Key, ...]:
    """Return what was chosen; raise InvalidInput unless all of it may be shown now."""
    offered, chosen = things.keys, set(wanted.things)
    if not chosen:
        raise InvalidInput({"things": [_("Choose at least one thing to show.")]})
    if chosen - offered.keys():
        message = _(
            "Something that you had chosen is not there any more, so nothing was saved. Look at"
            " what is there now, and go on."
        )
        raise InvalidInput({"things": [message]})
    return tuple(key for text, key in offered.items() if text in chosen)


def _check_room(session: Session, viewer: Viewer) -> None:
    held = select(func.count()).where(
        Share.user_id == viewer.user_id,
        Share.revoked_at.is_(None),
        Share.expires_at > clock.now(),
    )
    if (session.scalar(held) or 0) >= MOST:
        message = _("You have %(most)s links already. End one that you do not need.", most=MOST)
        raise InvalidInput({"": [message]})


def _items(keys: Collection[Key]) -> list[ShareItem]:
    return [
        ShareItem(
            kind=key.kind,
            participation_id=key.participation_id,
            competency_id=key.competency_id,
            prompt_id=key.prompt_id,
            follow_up_id=key.follow_up_id,
        )
        for key in keys
    ]


def _key(item: ShareItem) -> Key:
    return Key(
        item.kind, item.participation_id, item.competency_id, item.prompt_id, item.follow_up_id
    )
