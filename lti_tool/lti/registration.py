"""Dynamic registration (1EdTech LTI Dynamic Registration 1.0): what we read, ask and answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lti_tool.errors import RegistrationRefused, WhoCanFix
from lti_tool.lti import claims as c
from lti_tool.lti.platform import origin_of
from lti_tool.rules.vocabulary import PlatformFamily

FAMILIES = {
    "moodle": PlatformFamily.MOODLE,
    "canvas": PlatformFamily.CANVAS,
    "openedx": PlatformFamily.OPENEDX,
    "blackboard": PlatformFamily.BLACKBOARD,
    "desire2learn": PlatformFamily.D2L,
    "d2l": PlatformFamily.D2L,
    "brightspace": PlatformFamily.D2L,
    "sakai": PlatformFamily.SAKAI,
}
SHARED_ISSUERS = {
    "https://canvas.instructure.com": ("instructure.com", "canvaslms.com"),
    "https://blackboard.com": ("blackboard.com",),
}
"""Hosted platforms whose schools share one issuer: hosts that may publish its configuration."""
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "locale")
"""What we ask to be told of people; no e-mail address."""
CUSTOM = {
    "context_history": "$Context.id.history",
    "resource_link_history": "$ResourceLink.id.history",
    "course_group_id": "$CourseGroup.id",
    "link_start": "$ResourceLink.available.startDateTime",
    "link_end": "$ResourceLink.available.endDateTime",
    "due": "$ResourceLink.submission.endDateTime",
}
MOODLE_CUSTOM = {"group_ids": "$Moodle.Person.userGroupIds"}
DESCRIPTION = "Peer reflection with a tutor: Now, New, Next."
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
MAX_URL = 2000


@dataclass(frozen=True, slots=True)
class PlatformConfiguration:
    """What an LMS says of itself in its OpenID configuration."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    registration_endpoint: str
    token_audience: str | None
    family: PlatformFamily
    product: str
    """Product and version as the LMS names itself."""
    scopes: tuple[str, ...]
    """Service scopes that we ask for: ours, of those that the LMS has."""
    messages: tuple[str, ...]
    """Types of the messages that we ask for."""


@dataclass(frozen=True, slots=True)
class RegisteredClient:
    """What an LMS answered: our client_id there, the deployment if it named one, what it grants."""

    client_id: str
    deployment_id: str
    scopes: tuple[str, ...]


def check_configuration_url(url: str, allow_local: bool) -> None:
    """Raise RegistrationRefused unless ``url`` is one that we may ask for a configuration."""
    if not _is_allowed(url, allow_local):
        raise _refused("configuration_url_bad", url=url[:200])


def read_configuration(document: object, url: str, allow_local: bool) -> PlatformConfiguration:
    """Read the configuration that was found at ``url``.

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
        if not isinstance(endpoint, str) or not _is_allowed(endpoint, allow_local):
            raise _refused("endpoint_bad", endpoint=name)
    audience = document.get("authorization_server")
    details = document.get(c.PLATFORM_CONFIGURATION)
    family, product = _product(details if isinstance(details, dict) else {})
    return PlatformConfiguration(
        issuer=issuer,
        authorization_endpoint=document["authorization_endpoint"],
        token_endpoint=document["token_endpoint"],
        jwks_uri=document["jwks_uri"],
        registration_endpoint=document["registration_endpoint"],
        token_audience=audience if isinstance(audience, str) and audience else None,
        family=family,
        product=product,
        scopes=_scopes(document.get("scopes_supported")),
        messages=_messages(details, family),
    )


def client_metadata(base_url: str, platform: PlatformConfiguration) -> dict[str, Any]:
    """Return what we ask the LMS to register (LTI-DR 1.0, 3.4 and 3.5)."""
    launch = f"{base_url}/lti/launch"
    moodle = platform.family is PlatformFamily.MOODLE
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": f"{base_url}/lti/login",
        "redirect_uris": [launch],
        "client_name": "Miroir",
        "jwks_uri": f"{base_url}/lti/jwks",
        "logo_uri": f"{base_url}/static/img/mark.svg",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(platform.scopes),
        c.TOOL_CONFIGURATION: {
            "domain": urlsplit(base_url).netloc,
            "description": DESCRIPTION,
            "target_link_uri": launch,
            "custom_parameters": {**CUSTOM, **(MOODLE_CUSTOM if moodle else {})},
            "claims": list(CLAIMS),
            "messages": [
                {"type": message, "target_link_uri": launch, "label": "Miroir"}
                for message in platform.messages
            ],
        },
    }


def canvas_configuration(base_url: str) -> dict[str, Any]:
    """Return the JSON for a Canvas developer key that is made from a URL."""
    launch = f"{base_url}/lti/launch"
    dialog = {"message_type": c.DEEP_LINKING_MESSAGE, "target_link_uri": launch, "text": "Miroir"}
    return {
        "title": "Miroir",
        "description": DESCRIPTION,
        "oidc_initiation_url": f"{base_url}/lti/login",
        "target_link_uri": launch,
        "public_jwk_url": f"{base_url}/lti/jwks",
        "scopes": list(c.SCOPES),
        "custom_fields": dict(CUSTOM),
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": urlsplit(base_url).netloc,
                "tool_id": "miroir",
                "privacy_level": "name_only",
                "settings": {
                    "text": "Miroir",
                    "placements": [
                        {**dialog, "placement": placement}
                        for placement in ("assignment_selection", "link_selection")
                    ],
                },
            }
        ],
    }


def read_answer(document: object) -> RegisteredClient:
    """Read what the LMS answered; raises RegistrationRefused ``answer_malformed``.

    Its scopes are a hint only (Moodle lists one too many); launches tell what is granted.
    """
    client_id = document.get("client_id") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(client_id, str) or not client_id:
        raise _refused("answer_malformed")
    scopes, tool = document.get("scope"), document.get(c.TOOL_CONFIGURATION)
    deployment = tool.get("deployment_id") if isinstance(tool, dict) else None
    return RegisteredClient(
        client_id=client_id,
        deployment_id=str(deployment) if isinstance(deployment, str | int) else "",
        scopes=tuple(scopes.split()) if isinstance(scopes, str) else (),
    )


def family_of(product_family_code: str) -> PlatformFamily:
    """Return the family of a ``product_family_code``, however it is written ("Open edX")."""
    plain = "".join(filter(str.isalnum, product_family_code.lower()))
    return next((f for code, f in FAMILIES.items() if code in plain), PlatformFamily.GENERIC)


def _refused(reason: str, **facts: object) -> RegistrationRefused:
    return RegistrationRefused(reason, WhoCanFix.LMS_ADMIN, **facts)


def _is_allowed(url: str, allow_local: bool) -> bool:
    """Return whether a URL may be an endpoint; which hosts it may reach is the session's guard."""
    schemes = ("https://", "http://") if allow_local else ("https://",)
    return len(url) <= MAX_URL and url.startswith(schemes) and bool(origin_of(url))


def _speaks_for(url: str, issuer: str, allow_local: bool) -> bool:
    """Return whether a configuration at ``url`` may be that of ``issuer``."""
    host = urlsplit(url).hostname or ""
    shared = SHARED_ISSUERS.get(issuer, ())
    if any(host == domain or host.endswith(f".{domain}") for domain in shared):
        return True
    local = allow_local and host in ("localhost", "127.0.0.1", "::1")
    return local or (bool(origin_of(issuer)) and urlsplit(issuer).hostname == host)


def _product(details: Mapping[str, Any]) -> tuple[PlatformFamily, str]:
    code, version = details.get("product_family_code"), details.get("version")
    name = code if isinstance(code, str) else ""
    label = f"{name} {version}" if isinstance(version, str) else name
    return family_of(name), label.strip()[:100]


def _scopes(supported: object) -> tuple[str, ...]:
    if not isinstance(supported, list):
        return c.SCOPES
    return tuple(scope for scope in c.SCOPES if scope in supported)


def _messages(details: object, family: PlatformFamily) -> tuple[str, ...]:
    """Return the messages to ask for; Canvas refuses types that it does not have."""
    wanted = (c.RESOURCE_LINK_MESSAGE, c.DEEP_LINKING_MESSAGE, c.SUBMISSION_REVIEW_MESSAGE)
    listed = details.get("messages_supported") if isinstance(details, dict) else None
    if family is not PlatformFamily.CANVAS or not isinstance(listed, list):
        return wanted
    types = [message.get("type") for message in listed if isinstance(message, dict)]
    return tuple(message for message in wanted if message in types)
