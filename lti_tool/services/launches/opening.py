"""The session that an accepted launch opens, and where it leads."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, insert

from lti_tool import clock
from lti_tool.lti.adapter import Accepted
from lti_tool.lti.messages import LtiMessage
from lti_tool.lti.platform import frame_ancestors
from lti_tool.models.base import table_of
from lti_tool.models.launches import LaunchSession, UsedLogin
from lti_tool.rules.landing import Landing, landing
from lti_tool.rules.standing_roles import of_session
from lti_tool.rules.vocabulary import Role
from lti_tool.secrecy import Secrets, digest, same
from lti_tool.services.launches.binding import (
    StorageHint,
    bound_by_cookie,
    handle_of,
    with_ticket,
)
from lti_tool.services.launches.logins import storage_key

LIFE = timedelta(hours=8)
SETTINGS_KEPT = (
    "deep_link_return_url",
    "accept_types",
    "accept_multiple",
    "accept_lineitem",
    "accept_presentation_document_targets",
    "auto_create",
    "title",
    "text",
    "data",
)
_NEW_SESSION = insert(table_of(LaunchSession))
_USED_LOGIN = insert(table_of(UsedLogin))


@dataclass(frozen=True, slots=True)
class Launched:
    """A launch that was accepted: bound, with a handle, or to be bound with a ticket."""

    handle: str
    """Of ``/s/<handle>/``; empty until the launch is bound."""
    ticket: str
    storage: StorageHint
    frame_ancestors: tuple[str, ...]
    locale: str
    landing: Landing
    activity_id: uuid.UUID | None
    """What the link opens, if it opens an activity."""
    begins_anew: bool
    """Whether the person was erased before, and is back by this launch."""
    facts: dict[str, object]
    """For the log: no names, no handle."""


@dataclass(frozen=True, slots=True)
class Met:
    """Whom and what a launch is about, as far as its session and its first page need it."""

    registration_id: uuid.UUID
    authorization_endpoint: str
    frame_origins: Sequence[str]
    deployment_id: uuid.UUID | None
    user_id: uuid.UUID | None
    is_named: bool
    language: str
    context_id: uuid.UUID | None
    link_id: uuid.UUID | None
    activity_id: uuid.UUID | None
    membership_id: uuid.UUID | None
    standing: Role | None
    granted: Role | None
    copied_from: tuple[str, ...] = ()
    begins_anew: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """Opens the session of one launch, bound if a cookie proves the browser."""

    secrets: Secrets
    state_key: bytes
    accepted: Accepted
    browser_secrets: Sequence[str]
    """What the browser's cookies say."""

    def is_same_browser(self) -> bool:
        """Return whether the browser shows the secret that it got at login."""
        expected = self.accepted.state.browser_hash
        return any(same(digest(secret), expected) for secret in self.browser_secrets)

    def open(self, connection: Connection, met: Met, message: LtiMessage) -> Launched:
        """Use up the login, and make the session; raise IntegrityError for a login used before."""
        state, session_id = self.accepted.state, uuid.uuid4()
        handle, ticket = handle_of(self.secrets, session_id), ""
        values = _values(session_id, handle, met, message)
        if self.is_same_browser():
            values |= bound_by_cookie(state.browser_hash)
        else:
            ticket, of_ticket = with_ticket(state.storage_secret(self.state_key))
            values |= of_ticket
        connection.execute(_NEW_SESSION, values)
        used = {
            "state_hash": digest(state.id),
            "used_at": clock.now(),
            "expires_at": state.expires_at,
            "session_id": session_id,
        }
        connection.execute(_USED_LOGIN, used)
        return self.launched(met, message, "" if ticket else handle, ticket)

    def launched(self, met: Met, message: LtiMessage, handle: str, ticket: str = "") -> Launched:
        """Return where the launch leads."""
        accepted = self.accepted
        target, origin = accepted.state.storage_target, accepted.platform.storage_origin
        role = of_session(message.kind, message.role, met.standing, met.granted)
        return Launched(
            handle=handle,
            ticket=ticket,
            storage=StorageHint(storage_key(accepted.state.id), target, origin),
            frame_ancestors=frame_ancestors(
                met.authorization_endpoint, met.frame_origins, message.frame_origins
            ),
            locale=met.language or message.locale,
            landing=landing(message.kind, role, met.is_named, met.activity_id),
            activity_id=met.activity_id,
            begins_anew=met.begins_anew,
            facts={**accepted.facts, "message": message.kind.value, "role": message.role.value},
        )


def _values(session_id: uuid.UUID, handle: str, met: Met, message: LtiMessage) -> dict[str, object]:
    """Return the columns of a session that is not bound yet."""
    now = clock.now()
    return {
        "id": session_id,
        "handle_hash": digest(handle),
        "kind": message.kind,
        "registration_id": met.registration_id,
        "deployment_id": met.deployment_id,
        "user_id": met.user_id,
        "context_id": met.context_id,
        "membership_id": met.membership_id,
        "resource_link_id": met.link_id,
        "role": message.role,
        "locale": message.locale,
        "message": _kept_of(message, met),
        "created_at": now,
        "last_seen_at": now,
        "expires_at": now + LIFE,
    }


def _kept_of(message: LtiMessage, met: Met) -> dict[str, object]:
    """Return what later steps need of the message, and no more."""
    kept: dict[str, object] = {"frames": list(message.frame_origins), "roles": list(message.roles)}
    if message.for_user:
        kept["for_user"] = message.for_user
        kept["for_user_name"] = message.for_user_name
    if met.begins_anew:
        kept["begins_anew"] = True
    if met.copied_from:
        kept["copied_from"] = list(met.copied_from)
    if message.return_url:
        kept["return_url"] = message.return_url
    if message.deep_linking is not None:
        settings = message.deep_linking
        kept["deep_linking"] = {key: settings[key] for key in SETTINGS_KEPT if key in settings}
    return kept
