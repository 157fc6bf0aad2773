"""Platforms: invitations, dynamic registration, and what the operator does by hand."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from lti_tool import clock
from lti_tool.errors import NotFound, PlatformError, RegistrationRefused, WhoCanFix
from lti_tool.http import Http
from lti_tool.lti.canvas import canvas_configuration
from lti_tool.lti.registration import (
    PlatformConfiguration,
    check_configuration_url,
    client_metadata,
    is_endpoint,
    read_answer,
    read_configuration,
    update_hint,
)
from lti_tool.models.database import Database
from lti_tool.models.platforms import Registration
from lti_tool.rules.vocabulary import DeploymentState
from lti_tool.services.platforms import deployments
from lti_tool.services.platforms.invites import Invitation, make_invite, updated_by, usable_invite
from lti_tool.services.platforms.records import (
    PlatformListing,
    PlatformValues,
    changes,
    find_registration,
    listing_of,
    registration_hinted,
    save_registration,
    update_registration,
)
from lti_tool.services.platforms.registering import (
    Proposal,
    Registered,
    bearer_header,
    check_same_platform,
    failed,
    keep,
    values_of,
)

INVITE_HOURS = 72
MAX_CONFIGURATION_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Platforms:
    """Connects platforms and shows which are connected."""

    db: Database
    http: Http
    base_url: str
    allow_local: bool

    def invite(
        self,
        name: str,
        hours: float = INVITE_HOURS,
        approves_first: bool = True,
        updates: uuid.UUID | None = None,
    ) -> str:
        """Make a one-time registration link for the administrator of an LMS.

        The token stands in the path: whatever an LMS appends to the link cannot damage it. With
        ``updates`` the link may change that registration, if its own LMS opens it.
        """
        with self.db.write() as session:
            life = timedelta(hours=hours)
            token = make_invite(session, name, life, approves_first, updates)
        return f"{self.base_url}/lti/register/{token}"

    def invitation(self, token: str) -> Invitation:
        """Return a good invitation.

        Raises RegistrationRefused: ``invite_unknown``, ``invite_used``, ``invite_expired``.
        """
        with self.db.read() as session:
            invite = usable_invite(session, token)
            updated = updated_by(session, invite)
            return Invitation(invite.name, invite.expires_at, updated.name if updated else "")

    def configuration(self, token: str, url: str, bearer: str) -> PlatformConfiguration:
        """Ask an LMS for its configuration, on behalf of somebody with a good invitation.

        It must answer from a host that may speak for its issuer, also after redirects. Raises
        RegistrationRefused, also where the LMS does not answer (``platform_failed``).
        """
        self.invitation(token)
        check_configuration_url(url, self.allow_local)
        headers = {"Accept": "application/json", **bearer_header(bearer)}
        try:
            answer = self.http.request(
                "GET", url, headers=headers, max_bytes=MAX_CONFIGURATION_BYTES
            )
        except PlatformError as error:
            raise failed("configuration", error) from error
        return read_configuration(answer.json(), answer.url, self.allow_local)

    def proposal(self, token: str, url: str, bearer: str) -> Proposal:
        """Return what a registration would do here.

        Raises RegistrationRefused as ``configuration``, and what is known to fail later:
        ``invite_other_platform``, ``registration_known``.
        """
        platform = self.configuration(token, url, bearer)
        with self.db.read() as session:
            invite = usable_invite(session, token)
            hinted = update_hint(bearer)
            updated = updated_by(session, invite)
            if updated is None:
                if hinted and registration_hinted(session, platform.issuer, hinted) is not None:
                    raise RegistrationRefused("registration_known", WhoCanFix.OPERATOR)
                return Proposal(Invitation(invite.name, invite.expires_at), platform)
            check_same_platform(session, updated, platform, hinted)
            values = values_of(platform, updated.client_id, ())
            invitation = Invitation(invite.name, invite.expires_at, updated.name)
            return Proposal(invitation, platform, changes(updated, values))

    def register(self, token: str, url: str, bearer: str) -> Registered:
        """Register at an LMS and keep the registration; only then is the invitation used.

        A client_id that is new here adds a registration. One that is known is updated, if the
        invitation was made for that. Raises RegistrationRefused as ``proposal``.
        """
        platform = self.proposal(token, url, bearer).platform
        try:
            document = self.http.post_json(
                platform.registration_endpoint,
                client_metadata(self.base_url, platform),
                headers=bearer_header(bearer),
            )
        except PlatformError as error:
            raise failed("registration", error) from error
        client = read_answer(document)
        with self.db.write() as session:
            invite = usable_invite(session, token)
            known = find_registration(session, platform.issuer, client.client_id)
            registration = keep(session, invite, known, platform, client)
            invite.used_at, invite.registration_id = clock.now(), registration.id
            if client.deployment_id:
                deployments.install(session, registration.id, client.deployment_id)
            return Registered(
                name=registration.name,
                issuer=registration.issuer,
                client_id=registration.client_id,
                family=registration.family,
                deployment_id=client.deployment_id,
                first_is_approved=invite.approves_first,
                is_update=known is not None,
            )

    def canvas_configuration(self) -> dict[str, Any]:
        """Return the JSON from which Canvas makes a developer key."""
        return canvas_configuration(self.base_url)

    def add(
        self,
        name: str,
        values: PlatformValues,
        deployment_ids: tuple[str, ...],
        frame_origins: tuple[str, ...] = (),
    ) -> uuid.UUID:
        """Connect a platform by hand, with approved deployments; return its id.

        Raises RegistrationRefused: ``endpoint_bad``; ``registration_conflict`` if issuer and
        client_id are another's.
        """
        self._check_addresses(values)
        with self.db.write() as session:
            registration = save_registration(session, name, values)
            if frame_origins:
                registration.frame_origins = list(frame_origins)
            for deployment_id in deployment_ids:
                state = DeploymentState.APPROVED
                deployments.add(session, registration.id, deployment_id, state)
            return registration.id

    def update(self, registration_id: uuid.UUID, name: str, values: PlatformValues) -> None:
        """Change what the operator knows better: name, addresses, audience, family.

        Issuer and client_id stay: they are who the platform is. Raises NotFound,
        RegistrationRefused ``endpoint_bad``.
        """
        self._check_addresses(values)
        with self.db.write() as session:
            registration = session.get(Registration, registration_id, with_for_update=True)
            if registration is None:
                raise NotFound(str(registration_id))
            kept = replace(values, scopes=tuple(registration.scopes))
            registration.name = name
            update_registration(session, registration, kept)

    def listing(self) -> list[PlatformListing]:
        """Return all platforms with their deployments, by name."""
        query = select(Registration).options(selectinload(Registration.deployments))
        with self.db.read() as session:
            return [
                listing_of(row)
                for row in session.scalars(query.order_by(Registration.name, Registration.id))
            ]

    def show(self, wanted: str) -> PlatformListing:
        """Return the platform with this id, client_id or name; raises NotFound."""
        found = [one for one in self.listing() if wanted in (str(one.id), one.client_id, one.name)]
        if len(found) != 1:
            raise NotFound(wanted)
        return found[0]

    def _check_addresses(self, values: PlatformValues) -> None:
        """Raise RegistrationRefused ``endpoint_bad`` for an address that cannot be one."""
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not is_endpoint(getattr(values, name), self.allow_local):
                raise RegistrationRefused("endpoint_bad", WhoCanFix.OPERATOR, endpoint=name)

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
