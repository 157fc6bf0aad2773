"""Registrations as rows: what is kept of a platform, and what an operator sees of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from lti_tool.errors import RegistrationRefused, WhoCanFix
from lti_tool.models.keys import AccessToken, PlatformKeySet
from lti_tool.models.platforms import Deployment, Registration
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


SET = ("authorization_endpoint", "token_endpoint", "token_audience", "jwks_uri")
"""The addresses of a registration, which an update may change."""


@dataclass(frozen=True, slots=True)
class Change:
    """One address of a registration before and after an update; ``name`` is one of ``SET``."""

    name: str
    before: str
    after: str


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
    scopes: tuple[str, ...]
    created_at: datetime
    disabled_at: datetime | None
    deployments: tuple[DeploymentListing, ...]


def save_registration(session: Session, name: str, values: PlatformValues) -> Registration:
    """Keep what an operator typed; a registration that is there is changed, but never moved.

    Who the platform is must not change by a slip of the pen: raises RegistrationRefused
    ``registration_conflict`` if its endpoints are on other hosts than before.
    """
    registration = find_registration(session, values.issuer, values.client_id)
    if registration is None:
        return add_registration(session, name, values)
    if _hosts(registration) != _hosts(values):
        raise RegistrationRefused("registration_conflict", WhoCanFix.OPERATOR)
    registration.name = name
    update_registration(session, registration, values)
    return registration


def find_registration(session: Session, issuer: str, client_id: str) -> Registration | None:
    """Return the registration of an issuer and a client_id, locked where rows can be."""
    return session.scalars(
        select(Registration)
        .where(Registration.issuer == issuer, Registration.client_id == client_id)
        .with_for_update()
    ).first()


def registration_hinted(session: Session, issuer: str, hint: str) -> Registration | None:
    """Return the registration that ``lti.registration.update_hint`` means, if there is one."""
    named = exists().where(
        Deployment.registration_id == Registration.id, Deployment.deployment_id == hint
    )
    return session.scalars(
        select(Registration)
        .where(Registration.issuer == issuer, (Registration.client_id == hint) | named)
        .limit(1)
    ).first()


def add_registration(session: Session, name: str, values: PlatformValues) -> Registration:
    """Keep a new registration."""
    registration = Registration(issuer=values.issuer, client_id=values.client_id, name=name)
    _set(registration, values)
    session.add(registration)
    session.flush()
    return registration


def update_registration(
    session: Session, registration: Registration, values: PlatformValues
) -> None:
    """Bring a registration to ``values``; its name, deployments, courses and people stay.

    Keys and tokens that were fetched from the addresses before are forgotten.
    """
    _set(registration, values)
    for model in (PlatformKeySet, AccessToken):
        session.execute(delete(model).where(model.registration_id == registration.id))
    session.flush()


def changes(registration: Registration, values: PlatformValues) -> tuple[Change, ...]:
    """Return which addresses an update would change, for the person who is asked first."""
    pairs = {name: (getattr(registration, name) or "", getattr(values, name) or "") for name in SET}
    return tuple(Change(name, *pair) for name, pair in pairs.items() if pair[0] != pair[1])


def values_of(listed: PlatformListing) -> PlatformValues:
    """Return what is known of a platform, ready to be changed."""
    return PlatformValues(
        issuer=listed.issuer,
        client_id=listed.client_id,
        authorization_endpoint=listed.authorization_endpoint,
        token_endpoint=listed.token_endpoint,
        jwks_uri=listed.jwks_uri,
        token_audience=listed.token_audience,
        family=listed.family,
        scopes=listed.scopes,
    )


def _set(registration: Registration, values: PlatformValues) -> None:
    for name in SET:
        setattr(registration, name, getattr(values, name))
    registration.family = values.family
    registration.scopes = list(values.scopes)


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
        scopes=tuple(registration.scopes),
        created_at=registration.created_at,
        disabled_at=registration.disabled_at,
        deployments=tuple(
            DeploymentListing(one.deployment_id, one.state, one.first_seen_at)
            for one in sorted(registration.deployments, key=lambda one: one.first_seen_at)
        ),
    )


def _hosts(platform: Registration | PlatformValues) -> tuple[str | None, ...]:
    urls = (platform.authorization_endpoint, platform.token_endpoint, platform.jwks_uri)
    return tuple(urlsplit(url).hostname for url in urls)
