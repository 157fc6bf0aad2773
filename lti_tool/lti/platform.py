"""What speaking LTI needs to know of a registration, as plain values that can be cached."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from lti_tool.models.platforms import Registration


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """One registration: issuer, client_id and the endpoints that matter for a launch."""

    id: uuid.UUID
    name: str
    issuer: str
    client_id: str
    authorization_endpoint: str
    jwks_uri: str
    frame_origins: tuple[str, ...]

    @property
    def storage_origin(self) -> str:
        """The only origin that platform storage may speak from (LTI-CS-OIDC, 2)."""
        return origin_of(self.authorization_endpoint)


def facts_of(registration: Registration) -> PlatformFacts:
    """Return the facts of a registration."""
    return PlatformFacts(
        id=registration.id,
        name=registration.name,
        issuer=registration.issuer,
        client_id=registration.client_id,
        authorization_endpoint=registration.authorization_endpoint,
        jwks_uri=registration.jwks_uri,
        frame_origins=tuple(registration.frame_origins),
    )


def origin_of(url: str) -> str:
    """Return scheme, host and port of an http(s) URL; "" for anything else."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("https", "http") or not host or not _is_plain(host):
        return ""
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (f":{port}" if port else "")


def origins_of(urls: Iterable[str]) -> list[str]:
    """Return the origins of ``urls`` in order, each once, without those that have none."""
    return list(dict.fromkeys(origin for origin in map(origin_of, urls) if origin))


def frame_ancestors(
    authorization_endpoint: str, known: Iterable[str], told: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return the origins that may frame our pages.

    The framing page is not the issuer's on hosted platforms, so the list has the authorization
    endpoint's origin, those ``known`` of the registration and those that the launch ``told``.
    """
    return tuple(origins_of([authorization_endpoint, *known, *told]))


def _is_plain(host: str) -> bool:
    """Return whether a host name can stand in a header: no spaces, quotes or semicolons."""
    return host.isascii() and all(one.isalnum() or one in "-._:" for one in host)
