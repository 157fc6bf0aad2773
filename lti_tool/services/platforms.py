"""Platforms: invitations, dynamic registration, and what the operator does by hand."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from lti_tool import clock
from lti_tool.errors import NotFound, PlatformError, RegistrationRefused, WhoCanFix
from lti_tool.http import Http
from lti_tool.lti.registration import (
    PlatformConfiguration,
    canvas_configuration,
    check_configuration_url,
    client_metadata,
    read_answer,
    read_configuration,
)
from lti_tool.models.database import Database
from lti_tool.models.platforms import Registration, RegistrationInvite
from lti_tool.rules.vocabulary import DeploymentState, PlatformFamily
from lti_tool.secrecy import digest, new_token
from lti_tool.services import deployments
from lti_tool.services.platform_records import (
    PlatformListing,
    PlatformValues,
    listing_of,
    save_registration,
)

INVITE_HOURS = 72
MAX_CONFIGURATION_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Invitation:
    """A registration link that is still good."""

    name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Registered:
    """A platform that has just been connected."""

    name: str
    issuer: str
    client_id: str
    family: PlatformFamily
    deployment_id: str
    """Approved already; empty if the platform did not name it."""
    first_is_approved: bool
    """Whether the first deployment that launches will be approved by itself."""


@dataclass(frozen=True, slots=True)
class Platforms:
    """Connects platforms and shows which are connected."""

    db: Database
    http: Http
    base_url: str
    allow_local: bool

    def invite(self, name: str, hours: float = INVITE_HOURS, approves_first: bool = True) -> str:
        """Make a one-time registration link for the administrator of an LMS.

        The token stands in the path: whatever an LMS appends to the link cannot damage it.
        """
        token, now = new_token(), clock.now()
        invite = RegistrationInvite(
            name=name,
            token_hash=digest(token),
            created_at=now,
            expires_at=now + timedelta(hours=hours),
            approves_first=approves_first,
        )
        with self.db.write() as session:
            session.add(invite)
        return f"{self.base_url}/lti/register/{token}"

    def invitation(self, token: str) -> Invitation:
        """Return a good invitation.

        Raises RegistrationRefused: ``invite_unknown``, ``invite_used``, ``invite_expired``.
        """
        with self.db.read() as session:
            invite = _usable_invite(session, token)
            return Invitation(invite.name, invite.expires_at)

    def configuration(self, token: str, url: str, bearer: str) -> PlatformConfiguration:
        """Ask an LMS for its configuration, on behalf of somebody with a good invitation.

        Raises RegistrationRefused, also where the LMS does not answer (``platform_failed``).
        """
        self.invitation(token)
        check_configuration_url(url, self.allow_local)
        try:
            document = self.http.get_json(
                url, headers=_bearer(bearer), max_bytes=MAX_CONFIGURATION_BYTES
            )
        except PlatformError as error:
            raise _failed("configuration", error) from error
        return read_configuration(document, url, self.allow_local)

    def register(self, token: str, url: str, bearer: str) -> Registered:
        """Register at an LMS and keep the registration; only then is the invitation used.

        Raises RegistrationRefused as ``configuration``, and ``registration_conflict``.
        """
        platform = self.configuration(token, url, bearer)
        try:
            document = self.http.post_json(
                platform.registration_endpoint,
                client_metadata(self.base_url, platform),
                headers=_bearer(bearer),
            )
        except PlatformError as error:
            raise _failed("registration", error) from error
        client = read_answer(document)
        values = PlatformValues(
            issuer=platform.issuer,
            client_id=client.client_id,
            authorization_endpoint=platform.authorization_endpoint,
            token_endpoint=platform.token_endpoint,
            token_audience=platform.token_audience,
            jwks_uri=platform.jwks_uri,
            family=platform.family,
            scopes=client.scopes,
        )
        with self.db.write() as session:
            invite = _usable_invite(session, token)
            registration = save_registration(session, invite.name, values)
            invite.used_at, invite.registration_id = clock.now(), registration.id
            if client.deployment_id:
                state = DeploymentState.APPROVED
                deployments.add(session, registration.id, client.deployment_id, state)
            return Registered(
                name=registration.name,
                issuer=registration.issuer,
                client_id=registration.client_id,
                family=registration.family,
                deployment_id=client.deployment_id,
                first_is_approved=invite.approves_first,
            )

    def canvas_configuration(self) -> dict[str, Any]:
        """Return the JSON from which Canvas makes a developer key."""
        return canvas_configuration(self.base_url)

    def add(self, name: str, values: PlatformValues, deployment_ids: tuple[str, ...]) -> uuid.UUID:
        """Connect a platform by hand, with approved deployments; return its id.

        Raises RegistrationRefused ``registration_conflict`` if issuer and client_id are another's.
        """
        with self.db.write() as session:
            registration = save_registration(session, name, values)
            for deployment_id in deployment_ids:
                state = DeploymentState.APPROVED
                deployments.add(session, registration.id, deployment_id, state)
            return registration.id

    def listing(self) -> list[PlatformListing]:
        """Return all platforms with their deployments, by name."""
        query = select(Registration).options(selectinload(Registration.deployments))
        with self.db.read() as session:
            return [listing_of(row) for row in session.scalars(query.order_by(Registration.name))]

    def show(self, wanted: str) -> PlatformListing:
        """Return the platform with this id, client_id or name; raises NotFound."""
        found = [one for one in self.listing() if wanted in (str(one.id), one.client_id, one.name)]
        if len(found) != 1:
            raise NotFound(wanted)
        return found[0]

    def set_disabled(self, registration_id: uuid.UUID, disabled: bool) -> None:
        """Stop all launches and sessions of a platform, or let it launch again."""
        moment = clock.now() if disabled else None
        with self.db.write() as session:
            session.execute(
                update(Registration)
                .where(Registration.id == registration_id)
                .values(disabled_at=moment)
            )

    def set_deployment(
        self, registration_id: uuid.UUID, deployment_id: str, state: DeploymentState
    ) -> None:
        """Approve a deployment, whether it was seen or not, or disable it."""
        with self.db.write() as session:
            deployments.add(session, registration_id, deployment_id, state)

    def set_frame_origins(self, registration_id: uuid.UUID, origins: list[str]) -> None:
        """Set the origins that may frame us besides those that launches tell."""
        with self.db.write() as session:
            session.execute(
                update(Registration)
                .where(Registration.id == registration_id)
                .values(frame_origins=origins)
            )


def _usable_invite(session: Session, token: str) -> RegistrationInvite:
    """Return the invitation of a token; locked where the database has row locks."""
    invite = session.scalars(
        select(RegistrationInvite)
        .where(RegistrationInvite.token_hash == digest(token))
        .with_for_update()
    ).first()
    if invite is None:
        raise RegistrationRefused("invite_unknown", WhoCanFix.OPERATOR)
    if invite.used_at is not None:
        raise RegistrationRefused("invite_used", WhoCanFix.OPERATOR)
    if invite.expires_at <= clock.now():
        raise RegistrationRefused("invite_expired", WhoCanFix.OPERATOR)
    return invite


def _bearer(token: str) -> dict[str, str]:
    """Return the header with the LMS's registration token; Canvas wants it for every request."""
    return {"Authorization": f"Bearer {token}"} if token.isascii() and token else {}


def _failed(step: str, error: PlatformError) -> RegistrationRefused:
    return RegistrationRefused(
        "platform_failed",
        WhoCanFix.LMS_ADMIN,
        step=step,
        cause=error.reason,
        status=error.status,
        answer=error.body,
    )
