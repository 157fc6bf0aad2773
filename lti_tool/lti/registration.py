"""Dynamic registration (1EdTech LTI Dynamic Registration 1.0): what we read, ask and answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt

from lti_tool.errors import RegistrationRefused, WhoCanFix
from lti_tool.lti import claims as c
from lti_tool.lti.canvas import DESCRIPTION
from lti_tool.lti.platform import origin_of
from lti_tool.lti.registration_families import (
    ASKING,
    CLAIMS,
    CUSTOM,
    Message,
    family_of,
    message_fields,
    messages_for,
)
from lti_tool.lti.validation import is_storable
from lti_tool.rules.vocabulary import PlatformFamily

_CANVAS_HOSTS = ("instructure.com", "canvaslms.com")
SHARED_ISSUERS = {
    "https://canvas.instructure.com": _CANVAS_HOSTS,
    "https://canvas.beta.instructure.com": _CANVAS_HOSTS,
    "https://canvas.test.instructure.com": _CANVAS_HOSTS,
    "https://blackboard.com": ("blackboard.com",),
}
"""Hosted platforms whose schools share one issuer: the domains where all of its addresses are."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
MAX_URL, MAX_LABEL, MAX_ID = 2000, 100, 255
ACCOUNT_NAME = "https://canvas.instructure.com/lti/account_name"


@dataclass(frozen=True, slots=True)
class PlatformConfiguration:
    """What an LMS says of itself in its OpenID configuration."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    registration_endpoint: str
    token_audience: str | None
    """``aud`` of our client assertion where it is not the token endpoint."""
    family: PlatformFamily
    product: str
    """Product and version as the LMS names itself."""
    scopes: tuple[str, ...]
    """Service scopes that we ask for: ours, of those that the LMS has."""
    messages: tuple[Message, ...]
    """The messages that we ask for."""
    account: str = ""
    """What the LMS calls the school or account, if it tells (Canvas)."""


@dataclass(frozen=True, slots=True)
class RegisteredClient:
    """What an LMS answered: our client_id there, the deployment if it named one, what it grants."""

    client_id: str
    deployment_id: str
    scopes: tuple[str, ...]


def check_configuration_url(url: str, allow_local: bool) -> None:
    """Raise RegistrationRefused unless ``url`` is one that we may ask for a configuration."""
    if not is_endpoint(url, allow_local):
        raise _refused("configuration_url_bad", url=url[:200])


def read_configuration(document: object, url: str, allow_local: bool) -> PlatformConfiguration:
    """Read the configuration that was found at ``url``, the address that answered in the end.

    Raises RegistrationRefused: ``configuration_malformed``, ``issuer_foreign`` (an LMS may speak
    for its own issuer only), ``endpoint_bad``.
    """
    if not isinstance(document, dict) or not isinstance(document.get("issuer"), str):
        raise _refused("configuration_malformed")
    issuer: str = document["issuer"]
    if not _speaks_for(url, issuer, allow_local):
        raise _refused("issuer_foreign", iss=issuer[:200], url=url[:200])
    for name in ENDPOINTS:
        endpoint = document.get(name)
        if not isinstance(endpoint, str) or not is_endpoint(endpoint, allow_local):
            raise _refused("endpoint_bad", endpoint=name)
        if issuer in SHARED_ISSUERS and not _speaks_for(endpoint, issuer, allow_local):
            raise _refused("endpoint_bad", endpoint=name, url=endpoint[:200])
    told = document.get(c.PLATFORM_CONFIGURATION)
    details: Mapping[str, Any] = told if isinstance(told, dict) else {}
    family = family_of(_text(details.get("product_family_code")), *_place(url))
    return PlatformConfiguration(
        issuer=issuer,
        authorization_endpoint=document["authorization_endpoint"],
        token_endpoint=document["token_endpoint"],
        jwks_uri=document["jwks_uri"],
        registration_endpoint=document["registration_endpoint"],
        token_audience=_audience(document.get("authorization_server"), family),
        family=family,
        product=_product(details),
        scopes=_scopes(document.get("scopes_supported")),
        messages=messages_for(family, details.get("messages_supported")),
        account=_text(details.get(ACCOUNT_NAME))[:MAX_LABEL],
    )


def client_metadata(base_url: str, platform: PlatformConfiguration) -> dict[str, Any]:
    """Return what we ask the LMS to register (LTI-DR 1.0, 3.4 and 3.5)."""
    launch, icon = f"{base_url}/lti/launch", f"{base_url}/static/img/mark.svg"
    asking = ASKING[platform.family]
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": f"{base_url}/lti/login",
        "redirect_uris": [launch],
        "client_name": "Miroir",
        "jwks_uri": f"{base_url}/lti/jwks",
        "client_uri": base_url,
        "logo_uri": icon,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(platform.scopes),
        c.TOOL_CONFIGURATION: {
            "domain": urlsplit(base_url).netloc,
            "description": DESCRIPTION,
            "target_link_uri": launch,
            "custom_parameters": {**CUSTOM, **asking.custom},
            "claims": list(CLAIMS),
            "messages": [
                {**message_fields(message, launch), "icon_uri": icon}
                for message in platform.messages
            ],
            **asking.extra,
        },
    }


def read_answer(document: object) -> RegisteredClient:
    """Read what the LMS answered; raises RegistrationRefused ``answer_malformed``.

    Its scopes are a hint only (Moodle lists one too many); launches tell what is granted.
    """
    client_id = document.get("client_id") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(client_id, str):
        raise _refused("answer_malformed")
    if not 0 < len(client_id) <= MAX_ID or not is_storable(client_id):
        raise _refused("answer_malformed")
    scopes, tool = document.get("scope"), document.get(c.TOOL_CONFIGURATION)
    told = tool.get("deployment_id") if isinstance(tool, dict) else None
    # D2L and others write it beside the tool's configuration.
    deployment = document.get("deployment_id") if told is None else told
    known = str(deployment) if isinstance(deployment, str | int) else ""
    return RegisteredClient(
        client_id=client_id,
        deployment_id=known if len(known) <= MAX_ID and is_storable(known) else "",
        scopes=tuple(scopes.split()) if isinstance(scopes, str) else (),
    )


def update_hint(token: str) -> str:
    """Return which of its tools a registration token says it updates; "" if it says nothing.

    Moodle's token is a JWT whose scope is then ``reg-update`` and whose ``sub`` is the number of
    the tool, which is its deployment_id (startltiadvregistration.php; of a new tool it is the
    client_id). It is not verified and decides nothing: it only tells people early what would be
    refused later.
    """
    try:
        told = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return ""
    scope, subject = told.get("scope"), told.get("sub")
    updates = isinstance(scope, str) and "reg-update" in scope.split()
    return subject if updates and isinstance(subject, str) else ""


def _refused(reason: str, **facts: object) -> RegistrationRefused:
    return RegistrationRefused(reason, WhoCanFix.LMS_ADMIN, **facts)


def is_endpoint(url: str, allow_local: bool) -> bool:
    """Return whether a URL may be an endpoint; which hosts it may reach is the session's guard."""
    schemes = ("https://", "http://") if allow_local else ("https://",)
    if len(url) > MAX_URL or not url.startswith(schemes) or not is_storable(url):
        return False
    return bool(origin_of(url)) and "@" not in urlsplit(url).netloc


def _speaks_for(url: str, issuer: str, allow_local: bool) -> bool:
    """Return whether a configuration at ``url`` may be that of ``issuer``."""
    host = urlsplit(url).hostname if origin_of(url) else None
    if host is None:
        return False
    shared = SHARED_ISSUERS.get(issuer, ())
    if any(host == domain or host.endswith(f".{domain}") for domain in shared):
        return True
    local = allow_local and host in ("localhost", "127.0.0.1", "::1")
    return local or (bool(origin_of(issuer)) and urlsplit(issuer).hostname == host)


def _place(url: str) -> tuple[str, str]:
    """Return host and path of a URL that was checked."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.path


def _audience(told: object, family: PlatformFamily) -> str | None:
    """Return the audience of our client assertions, if it is not the token endpoint.

    ``authorization_server`` is it where it is a URL. Canvas writes a bare host there and expects
    its token endpoint all the same.
    """
    if isinstance(told, str) and told.startswith(("https://", "http://")) and is_storable(told):
        return told[:MAX_URL]
    return ASKING[family].audience


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) and is_storable(value) else ""


def _product(details: Mapping[str, Any]) -> str:
    label = f"{_text(details.get('product_family_code'))} {_text(details.get('version'))}"
    return label.strip()[:MAX_LABEL]


def _scopes(supported: object) -> tuple[str, ...]:
    if not isinstance(supported, list):
        return c.SCOPES
    return tuple(scope for scope in c.SCOPES if scope in supported)
