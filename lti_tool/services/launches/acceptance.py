"""A genuine launch becomes a session: one transaction, single use, bound if a cookie proves it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import LaunchRefused, WhoCanFix
from lti_tool.lti.adapter import Accepted
from lti_tool.lti.messages import LtiMessage
from lti_tool.lti.platform import frame_ancestors
from lti_tool.models.base import Identified, insert_row
from lti_tool.models.database import Database
from lti_tool.models.launches import LaunchSession, UsedLogin
from lti_tool.rules.landing import Landing, landing
from lti_tool.rules.standing_roles import of_session
from lti_tool.rules.vocabulary import BoundBy, DeploymentState
from lti_tool.secrecy import Secrets, digest, same
from lti_tool.services.launches.binding import StorageHint, bind, give_ticket, handle_of
from lti_tool.services.launches.logins import storage_key
from lti_tool.services.launches.records import Records, find, save, with_link
from lti_tool.services.launches.sessions import is_live
from lti_tool.services.platforms import deployments
from lti_tool.services.privacy import erasures

LIFE = timedelta(hours=8)
REPLAY_WITHIN = timedelta(minutes=5)
"""A launch that is sent again this soon by the same browser leads to its session."""
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
class Acceptance:
    """Takes one launch into the database."""

    secrets: Secrets
    state_key: bytes
    accepted: Accepted
    browser_secrets: Sequence[str]
    """What the browser's cookies say."""

    def record(self, db: Database) -> Launched:
        """Keep the launch and open its session.

        Raises LaunchRefused: ``platform_disabled``, ``login_used``, ``deployment_pending`` (the
        unknown deployment is kept for the operator all the same), ``deployment_disabled``.
        """
        try:
            outcome = self._in_transaction(db)
        except IntegrityError:
            # Another launch made the same course, person or link this moment: now it is there.
            outcome = self._in_transaction(db)
        if isinstance(outcome, LaunchRefused):
            outcome.facts = {**self.accepted.facts, **outcome.facts}
            outcome.dialog = _dialog(self.accepted)
            raise outcome
        return outcome

    def _in_transaction(self, db: Database) -> Launched | LaunchRefused:
        """Return a refusal instead of raising it, so that what was noted is kept."""
        platform_id, state_hash = self.accepted.platform.id, digest(self.accepted.state.id)
        with db.write() as session:
            message = with_link(session, platform_id, self.accepted.message)
            records = find(session, platform_id, message, state_hash)
            if records.registration.disabled_at is not None:
                return LaunchRefused("platform_disabled", WhoCanFix.OPERATOR)
            if records.used_login is not None:
                return self._repeat(session, records.used_login, records)
            refused = _admit(session, records, message.deployment_id)
            if refused is not None:
                return refused
            is_new_here = records.membership is None
            save(session, records, message)
            if is_new_here and records.membership is not None:
                # Not by a launch about their data, which is in no course: looking is not returning.
                records.begins_anew = erasures.welcome_back(
                    session, self.secrets, platform_id, message.sub
                )
            return self._open(session, records, message, state_hash)

    def _open(
        self, session: Session, records: Records, message: LtiMessage, state_hash: str
    ) -> Launched:
        launch = self._new_session(records, message)
        used = UsedLogin(
            state_hash=state_hash, expires_at=self.accepted.state.expires_at, session_id=launch.id
        )
        handle, ticket = "", ""
        if self._is_same_browser():
            launch.browser_hash = self.accepted.state.browser_hash
            bind(launch, BoundBy.COOKIE)
            handle = handle_of(self.secrets, launch.id)
        else:
            ticket = give_ticket(launch, self.accepted.state.storage_secret(self.state_key))
        session.flush()
        for row in (launch, used):
            insert_row(session, row)
        return self._launched(records, handle, ticket)

    def _repeat(
        self, session: Session, used: UsedLogin, records: Records
    ) -> Launched | LaunchRefused:
        """Lead a reload or a double click to the session that is there; refuse any other replay."""
        launch = session.get(LaunchSession, used.session_id) if used.session_id else None
        recent = clock.now() - used.used_at < REPLAY_WITHIN
        if launch is None or not recent or not is_live(launch) or not self._is_same_browser():
            return LaunchRefused("login_used", WhoCanFix.LEARNER)
        return self._launched(records, handle=handle_of(self.secrets, launch.id))

    def _is_same_browser(self) -> bool:
        expected = self.accepted.state.browser_hash
        return any(same(digest(secret), expected) for secret in self.browser_secrets)

    def _new_session(self, records: Records, message: LtiMessage) -> LaunchSession:
        """Return the session; ``save`` has made every row that it points to."""
        session_id, now = uuid.uuid4(), clock.now()
        return LaunchSession(
            id=session_id,
            handle_hash=digest(handle_of(self.secrets, session_id)),
            kind=message.kind,
            registration_id=records.registration.id,
            deployment_id=_id(records.deployment),
            user_id=_id(records.user),
            context_id=_id(records.context),
            membership_id=_id(records.membership),
            resource_link_id=_id(records.link),
            role=message.role,
            locale=message.locale,
            message=_kept_of(message, records),
            created_at=now,
            last_seen_at=now,
            expires_at=now + LIFE,
        )

    def _launched(self, records: Records, handle: str = "", ticket: str = "") -> Launched:
        accepted, message = self.accepted, self.accepted.message
        target, origin = accepted.state.storage_target, accepted.platform.storage_origin
        registration, user, membership = records.registration, records.user, records.membership
        activity_id = records.link.activity_id if records.link else None
        standing, granted = (
            (membership.role, membership.granted_role) if membership else (None, None)
        )
        role = of_session(message.kind, message.role, standing, granted)
        is_named = bool(user and user.display_name)
        return Launched(
            handle=handle,
            ticket=ticket,
            storage=StorageHint(storage_key(accepted.state.id), target, origin),
            frame_ancestors=frame_ancestors(
                registration.authorization_endpoint,
                registration.frame_origins,
                message.frame_origins,
            ),
            locale=(user.language if user else "") or message.locale,
            landing=landing(message.kind, role, is_named, activity_id),
            activity_id=activity_id,
            begins_anew=records.begins_anew,
            facts={**accepted.facts, "message": message.kind.value, "role": message.role.value},
        )


def _admit(session: Session, records: Records, deployment_id: str) -> LaunchRefused | None:
    """Return the refusal of a deployment that is not approved; a new one is kept to be approved."""
    if records.deployment is None:
        records.deployment = deployments.meet(session, records.registration.id, deployment_id)
    if records.deployment.state is DeploymentState.APPROVED:
        return None
    return LaunchRefused(f"deployment_{records.deployment.state.value}", WhoCanFix.OPERATOR)


def _dialog(accepted: Accepted) -> dict[str, object] | None:
    """Return what an answer to a deep linking request needs (fields of Dialog)."""
    message, platform = accepted.message, accepted.platform
    if message.deep_linking is None:
        return None
    return {
        "issuer": platform.issuer,
        "client_id": platform.client_id,
        "deployment_id": message.deployment_id,
        "settings": message.deep_linking,
    }


def _id(row: Identified | None) -> uuid.UUID | None:
    return row.id if row is not None else None


def _kept_of(message: LtiMessage, records: Records) -> dict[str, object]:
    """Return what later steps need of the message, and no more."""
    kept: dict[str, object] = {"frames": list(message.frame_origins), "roles": list(message.roles)}
    if message.for_user:
        kept["for_user"] = message.for_user
        kept["for_user_name"] = message.for_user_name
    if records.begins_anew:
        kept["begins_anew"] = True
    if records.copied_from:
        kept["copied_from"] = list(records.copied_from)
    if message.return_url:
        kept["return_url"] = message.return_url
    if message.deep_linking is not None:
        settings = message.deep_linking
        kept["deep_linking"] = {key: settings[key] for key in SETTINGS_KEPT if key in settings}
    return kept
