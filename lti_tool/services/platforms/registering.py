"""What a dynamic registration tells and what becomes of it; ``platforms`` runs it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lti_tool.errors import PlatformError, RegistrationRefused, WhoCanFix
from lti_tool.lti.registration import PlatformConfiguration, RegisteredClient
from lti_tool.models.platforms import Registration, RegistrationInvite
from lti_tool.rules.vocabulary import PlatformFamily
from lti_tool.services.platforms.invites import Invitation
from lti_tool.services.platforms.records import (
    Change,
    PlatformValues,
    add_registration,
    registration_hinted,
    update_registration,
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a registration would do, for the administrator who is asked before it happens."""

    invitation: Invitation
    platform: PlatformConfiguration
    changes: tuple[Change, ...] = ()
    """Of an update: the addresses that it changes."""


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
    is_update: bool = False
    """Whether a registration that was there was changed."""


def check_same_platform(
    session: Session, updated: Registration, platform: PlatformConfiguration, hinted: str
) -> None:
    """Raise RegistrationRefused ``invite_other_platform`` unless the LMS is the one to update."""
    meant = registration_hinted(session, platform.issuer, hinted) if hinted else None
    if platform.issuer != updated.issuer or meant not in (None, updated):
        raise RegistrationRefused(
            "invite_other_platform", WhoCanFix.OPERATOR, iss=platform.issuer[:200]
        )


def keep(
    session: Session,
    invite: RegistrationInvite,
    known: Registration | None,
    platform: PlatformConfiguration,
    client: RegisteredClient,
) -> Registration:
    """Add the registration, or update the one that the invitation names and no other."""
    values = values_of(platform, client.client_id, client.scopes)
    if known is None:
        return add_registration(session, invite.name, values)
    if known.id != invite.registration_id:
        raise RegistrationRefused("registration_known", WhoCanFix.OPERATOR)
    update_registration(session, known, values)
    return known


def values_of(
    platform: PlatformConfiguration, client_id: str, scopes: tuple[str, ...]
) -> PlatformValues:
    """Return what is kept of an LMS that registered us."""
    return PlatformValues(
        issuer=platform.issuer,
        client_id=client_id,
        authorization_endpoint=platform.authorization_endpoint,
        token_endpoint=platform.token_endpoint,
        token_audience=platform.token_audience,
        jwks_uri=platform.jwks_uri,
        family=platform.family,
        scopes=scopes,
    )


def bearer_header(token: str) -> dict[str, str]:
    """Return the header with the LMS's registration token; Canvas wants it for every request."""
    return {"Authorization": f"Bearer {token}"} if token.isascii() and token else {}


def failed(step: str, error: PlatformError) -> RegistrationRefused:
    """Return the refusal of a ``step`` at which the LMS gave no usable answer."""
    return RegistrationRefused(
        "platform_failed",
        WhoCanFix.LMS_ADMIN,
        step=step,
        cause=error.reason,
        status=error.status,
        answer=error.body,
    )
