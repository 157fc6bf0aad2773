"""Registrations as rows: what is kept of a platform, and what an operator sees of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import RegistrationRefused, WhoCanFix
from lti_tool.models.keys import PlatformKeySet
from lti_tool.models.platforms import Registration
from lti_tool.rules.vocabulary import DeploymentState, PlatformFamily


@dataclass(frozen=True, slots=True)
class PlatformValues:
    """What has to be known of a platform to be connected."""

    issuer: str
    client_id: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_audience: str | None = None
    """``aud`` of our client assertion where it is not the token endpoint."""
    family: PlatformFamily = PlatformFamily.GENERIC
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeploymentListing:
    """A deployment as an operator sees it."""

    deployment_id: str
    state: DeploymentState
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class PlatformListing:
    """A platform as an operator sees it."""

    id: uuid.UUID
    name: str
    issuer: str
    client_id: str
    authorization_endpoint: str
    token_endpoint: str
    token_audience: str | None
    jwks_uri: str
    family: PlatformFamily
    frame_origins: tuple[str, ...]
    disabled_at: datetime | None
    deployments: tuple[DeploymentListing, ...]


def save_registration(session: Session, name: str, values: PlatformValues) -> Registration:
    """Keep a registration; one that is there is updated, if it is the same platform's.

    An LMS registers a tool anew to change it. Who the platform is must not change by that: raises
    RegistrationRefused ``registration_conflict`` if its endpoints are on other hosts than before.
    """
    registration = session.scalars(
        select(Registration)
        .where(Registration.issuer == values.issuer, Registration.client_id == values.client_id)
        .with_for_update()
    ).first()
    if registration is None:
        registration = Registration(issuer=values.issuer, client_id=values.client_id)
        session.add(registration)
    elif _hosts(registration) != _hosts(values):
        raise RegistrationRefused("registration_conflict", WhoCanFix.OPERATOR)
    registration.name = name
    registration.authorization_endpoint = values.authorization_endpoint
    registration.token_endpoint = values.token_endpoint
    registration.token_audience = values.token_audience
    registration.jwks_uri = values.jwks_uri
    registration.family = values.family
    registration.scopes = list(values.scopes)
    session.flush()
    cached = session.get(PlatformKeySet, registration.id)
    if cached is not None:
        session.delete(cached)
    return registration


def listing_of(registration: Registration) -> PlatformListing:
    """Return what an operator sees of a registration."""
    return PlatformListing(
        id=registration.id,
        name=registration.name,
        issuer=registration.issuer,
        client_id=registration.client_id,
        authorization_endpoint=registration.authorization_endpoint,
        token_endpoint=registration.token_endpoint,
        token_audience=registration.token_audience,
        jwks_uri=registration.jwks_uri,
        family=registration.family,
        frame_origins=tuple(registration.frame_origins),
        disabled_at=registration.disabled_at,
        deployments=tuple(
            DeploymentListing(one.deployment_id, one.state, one.first_seen_at)
            for one in sorted(registration.deployments, key=lambda one: one.first_seen_at)
        ),
    )


def _hosts(platform: Registration | PlatformValues) -> tuple[str | None, ...]:
    urls = (platform.authorization_endpoint, platform.token_endpoint, platform.jwks_uri)
    return tuple(urlsplit(url).hostname for url in urls)
