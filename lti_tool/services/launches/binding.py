"""Binding a launch to the browser that began it (research: third-party cookies).

By cookie at once; else by what the browser stored at login, or by a person who confirms in a new
tab. Never silently: somebody else's launch, slipped into a browser, would put one person's words
under another's name (login CSRF).
"""

from __future__ import annotations

import base64
import hmac
import uuid
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import LaunchRefused, WhoCanFix
from lti_tool.models.launches import LaunchSession
from lti_tool.rules.vocabulary import BoundBy
from lti_tool.secrecy import Secrets, digest, new_token, same

TICKET_LIFE = timedelta(minutes=5)
"""Time for scripts to look into storage, or for a person to read the confirmation."""


@dataclass(frozen=True, slots=True)
class StorageHint:
    """Where a login's secret lies in the browser: LTI platform storage and our own.

    ``target`` is the platform's storage frame, empty if it has none; ``origin`` the only origin
    with which that frame is spoken to.
    """

    key: str
    target: str
    origin: str


BY_COOKIE = (BoundBy.COOKIE, BoundBy.CONFIRMATION)
"""Sessions whose browser is known by its cookies from then on."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a request for a session tells of the browser that sent it."""

    secrets: tuple[str, ...]
    """What its cookies say."""
    at_top_level: bool
    """It fills a window or tab, not a frame; False where browsers do not say."""
    from_our_pages: bool
    """One of our own pages in that browser led here; False where browsers do not say."""


def lets_in(bound_by: BoundBy | None, browser_hash: str, arrival: Arrival) -> bool:
    """Return whether a handle may be used where this request comes from (ARCHITECTURE: Decisions).

    The cookie that a session is bound to opens it anywhere. Without it a session goes on in its
    frame, since browsers and their add-ons drop cookies of frames at any moment; a handle that was
    carried into another window, or into a browser that shows another secret, opens nothing.
    """
    if not browser_hash or any(same(digest(one), browser_hash) for one in arrival.secrets):
        return True
    by_cookie = bound_by in BY_COOKIE
    if arrival.at_top_level:
        return arrival.from_our_pages and not by_cookie
    return arrival.from_our_pages or not (by_cookie and arrival.secrets)


def handle_of(secrets: Secrets, session_id: uuid.UUID) -> str:
    """Return the handle of a session: 256 bits that only we can work out from its id."""
    key = secrets.signing_key("session handle")
    made = hmac.new(key, session_id.bytes, sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def bind(launch: LaunchSession, bound_by: BoundBy) -> None:
    """Open a launch's session to the browser."""
    launch.bound_at, launch.bound_by = clock.now(), bound_by
    launch.ticket_hash = launch.ticket_expires_at = None


def bind_by_word(launch: LaunchSession, browser_secret: str) -> None:
    """Open a launch to the browser in which a person confirmed it, and to no other.

    The ticket stays good in that browser until it expires: who goes back and confirms again, or
    loads the page again, comes to their session.
    """
    launch.bound_at, launch.bound_by = clock.now(), BoundBy.CONFIRMATION
    launch.browser_hash = digest(browser_secret)


def bound_by_cookie(browser_hash: str) -> dict[str, object]:
    """Return the columns of a new session whose browser showed the secret that it got at login."""
    return {
        "browser_hash": browser_hash,
        "bound_at": clock.now(),
        "bound_by": BoundBy.COOKIE,
    }


def with_ticket(storage_secret: str) -> tuple[str, dict[str, object]]:
    """Return the one-time ticket with which a session is bound later, and the session's columns.

    Only the ticket's hash is kept.
    """
    ticket = new_token()
    return ticket, {
        "browser_hash": digest(storage_secret),
        "ticket_hash": digest(ticket),
        "ticket_expires_at": clock.now() + TICKET_LIFE,
    }


def launch_of_ticket(session: Session, ticket: str, browser_secret: str = "") -> LaunchSession:
    """Return the launch of a ticket: unbound, or confirmed before by the browser of the secret.

    Raises LaunchRefused ``ticket_expired``.
    """
    launch = session.scalars(
        select(LaunchSession)
        .where(LaunchSession.ticket_hash == digest(ticket))
        .with_for_update(of=LaunchSession)
    ).first()
    if launch is None or (launch.ticket_expires_at or launch.created_at) < clock.now():
        raise LaunchRefused("ticket_expired", WhoCanFix.LEARNER)
    if launch.bound_at is not None and not same(digest(browser_secret), launch.browser_hash):
        raise LaunchRefused("ticket_expired", WhoCanFix.LEARNER)
    return launch


def confirmation_proof(secrets: Secrets, ticket: str, browser_secret: str) -> str:
    """Return what the confirm page's form must send back: it was shown in this very browser."""
    return secrets.sign("confirm launch", f"{digest(ticket)}.{digest(browser_secret)}")
