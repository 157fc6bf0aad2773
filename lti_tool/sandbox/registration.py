"""Dynamic registration: configuration, key set and registration endpoint (1EdTech DR 1.0)."""

import secrets
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, jsonify, request

from lti_tool.sandbox import log
from lti_tool.sandbox import vocabulary as v
from lti_tool.sandbox.custom import supported_variables
from lti_tool.sandbox.records import RegistrationToken, Tool
from lti_tool.sandbox.state import Sandbox, sandbox

bp = Blueprint("registration", __name__)
jwks_bp = Blueprint("jwks", __name__)

_TOKEN_SECONDS = 3600
_PLACEMENTS = {
    v.RESOURCE_LINK: ("assignment_selection", "course_navigation", "link_selection"),
    v.DEEP_LINKING: ("assignment_selection", "editor_button", "link_selection"),
}
_CLAIMS = ["sub", "iss", "name", "given_name", "family_name", "email"]


class MetadataRefused(Exception):
    """A registration request that cannot be accepted, with the reason for people."""


@jwks_bp.get("/lti/jwks")
def key_set() -> Response:
    """Publish the platform's public keys."""
    log.describe("Key set of the platform")
    found = sandbox().keyring.key_set()
    if sandbox().personality.bare_keys:
        for key in found["keys"]:
            del key["alg"], key["use"]
    return jsonify(found)


@bp.get("/.well-known/openid-configuration")
def openid_configuration() -> Response:
    """Tell tools where everything is; Canvas wants the registration token already here."""
    log.describe("OpenID configuration")
    here = sandbox()
    if not here.personality.has_registration:
        return _refusal(404, "not_found", "this platform has no dynamic registration")
    if here.personality.config_needs_bearer and _usable_token(here) is None:
        return _refusal(401, "invalid_token", "the registration token is missing or used")
    return jsonify(configuration(here))


def configuration(here: Sandbox) -> dict[str, Any]:
    """Return the platform's OpenID configuration."""
    personality = here.personality
    found: dict[str, Any] = {
        "issuer": here.issuer,
        "token_endpoint": here.url("/lti/token"),
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": here.url("/lti/jwks"),
        "authorization_endpoint": here.url("/lti/auth"),
        "registration_endpoint": here.url("/lti/register"),
        "scopes_supported": ["openid", *v.ALL_SCOPES],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": _CLAIMS,
        v.PLATFORM_CONFIGURATION: {
            "product_family_code": personality.family,
            "version": personality.version,
            "messages_supported": _supported_messages(here),
            "variables": supported_variables(here),
        },
    }
    server = personality.authorization_server or personality.named_server
    if server:
        found["authorization_server"] = server
    return found


def _supported_messages(here: Sandbox) -> list[dict[str, Any]]:
    types = (v.RESOURCE_LINK, v.DEEP_LINKING, *here.personality.more_messages)
    if not here.personality.strict_placements:
        return [{"type": each} for each in types]
    return [{"type": each, "placements": list(_PLACEMENTS.get(each, ()))} for each in types]


def _check_messages(here: Sandbox, configured: dict[str, Any]) -> None:
    """Refuse messages and placements that are not offered, where the personality is strict."""
    for message in configured.get("messages", []) if here.personality.strict_placements else []:
        offered = _PLACEMENTS.get(message.get("type"))
        if offered is None:
            raise MetadataRefused(f"unknown message type {message.get('type')}")
        unknown = set(message.get("placements", [])) - set(offered)
        if unknown:
            raise MetadataRefused(f"unknown placements {sorted(unknown)}")


@bp.post("/lti/register")
def register() -> Response:
    """Register a tool with a one-time token and answer with what was kept."""
    log.describe("Registration request")
    here = sandbox()
    permission = _usable_token(here)
    if permission is None or not here.personality.has_registration:
        return _refusal(401, "invalid_token", "the registration token is missing, used or expired")
    sent = request.get_json(silent=True)
    wanted: dict[str, Any] = sent if isinstance(sent, dict) else {}
    try:
        tool = _tool_from(here, wanted, permission)
    except MetadataRefused as refused:
        return _refusal(400, "invalid_client_metadata", str(refused))
    if here.store.registration_tokens.pop(permission.token) is None:
        return _refusal(401, "invalid_token", "the registration token was used just now")
    here.store.tools.put(tool.client_id, tool)
    return jsonify(_answer(here, tool, wanted))


def registration_link(here: Sandbox, link: str, client_id: str = "") -> str:
    """Add a fresh one-time token and our configuration's address to a tool's registration link."""
    token = _token_of_moodle(here, client_id) if here.personality.name == "moodle" else ""
    expires = time.time() + _TOKEN_SECONDS
    made = RegistrationToken(token or secrets.token_urlsafe(24), expires, client_id)
    here.store.registration_tokens.put(made.token, made)
    configured = here.url("/.well-known/openid-configuration")
    added = urlencode({"openid_configuration": configured, "registration_token": made.token})
    return f"{link}{'&' if urlsplit(link).query else '?'}{added}"


def _token_of_moodle(here: Sandbox, client_id: str) -> str:
    """Return a token as Moodle 4.5 signs it; that of an update names the tool by its number."""
    updated = here.store.tools.get(client_id) if client_id else None
    now = int(time.time())
    return here.keyring.sign(
        {
            "sub": updated.deployment_id if updated else secrets.token_hex(8)[:15],
            "scope": "reg-update" if updated else "reg",
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
        }
    )


def new_tool(here: Sandbox, **values: Any) -> Tool:
    """Make a tool with a new client_id and deployment_id, as the personality gives them."""
    number = here.store.next_number("tool")
    deployment = here.personality.deployment_id or (
        str(number) if here.personality.name == "moodle" else secrets.token_hex(20)
    )
    tool = Tool(client_id=secrets.token_hex(8)[:15], deployment_id=deployment, **values)
    return here.store.tools.put(tool.client_id, tool)


def _usable_token(here: Sandbox) -> RegistrationToken | None:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    known = here.store.registration_tokens.get(value.strip())
    if scheme.lower() != "bearer" or known is None or known.expires < time.time():
        return None
    return known


def _tool_from(here: Sandbox, wanted: dict[str, Any], permission: RegistrationToken) -> Tool:
    configured = wanted.get(v.TOOL_CONFIGURATION)
    if not isinstance(configured, dict):
        raise MetadataRefused(f"{v.TOOL_CONFIGURATION} is missing")
    for name in (
        "response_types",
        "initiate_login_uri",
        "redirect_uris",
        "client_name",
        "jwks_uri",
    ):
        if not wanted.get(name):
            raise MetadataRefused(f"{name} is missing")
    if wanted.get("token_endpoint_auth_method") != "private_key_jwt":
        raise MetadataRefused("token_endpoint_auth_method must be private_key_jwt")
    if not isinstance(wanted["redirect_uris"], list):
        raise MetadataRefused("redirect_uris must be an array")
    _check_domain(configured)
    _check_messages(here, configured)
    values = _kept_values(here, wanted, configured)
    known = here.store.tools.get(permission.client_id)
    if known is not None:
        return Tool(known.client_id, known.deployment_id, **{**values, "active": known.active})
    return new_tool(here, **values)


def _check_domain(configured: dict[str, Any]) -> None:
    domain = str(configured.get("domain", ""))
    target = urlsplit(str(configured.get("target_link_uri", "")))
    if not domain or target.netloc.removeprefix("www.") != domain.removeprefix("www."):
        raise MetadataRefused("domain must be the host (and port) of target_link_uri")


def _kept_values(
    here: Sandbox, wanted: dict[str, Any], configured: dict[str, Any]
) -> dict[str, Any]:
    target = str(configured["target_link_uri"])
    messages = [m for m in configured.get("messages", []) if isinstance(m, dict)]
    dialog = next((m for m in messages if m.get("type") == v.DEEP_LINKING), None)
    scopes = str(wanted.get("scope", "")).split()
    custom = configured.get("custom_parameters") or {}
    return {
        "name": str(wanted["client_name"]),
        "initiate_login_uri": str(wanted["initiate_login_uri"]),
        "redirect_uris": [str(uri) for uri in wanted["redirect_uris"]],
        "jwks_uri": str(wanted["jwks_uri"]),
        "logo_uri": str(wanted.get("logo_uri") or ""),
        "target_link_uri": target,
        "deep_linking_uri": str(dialog.get("target_link_uri") or target) if dialog else "",
        "domain": str(configured["domain"]),
        "description": str(configured.get("description") or ""),
        "scopes": [scope for scope in scopes if scope in v.ALL_SCOPES],
        "claims": [str(claim) for claim in configured.get("claims", [])],
        "custom": {str(name): str(value) for name, value in custom.items()},
        "active": not here.personality.starts_pending,
    }


def _answer(here: Sandbox, tool: Tool, wanted: dict[str, Any]) -> dict[str, Any]:
    asked = wanted[v.TOOL_CONFIGURATION]
    kept = [
        message
        for message in asked.get("messages", [])
        if isinstance(message, dict) and message.get("type") in here.personality.kept_messages
    ]
    configured: dict[str, Any] = {
        "version": "1.3.0",
        "target_link_uri": tool.target_link_uri,
        "domain": tool.domain,
        "description": tool.description,
        "custom_parameters": tool.custom,
        "messages": kept,
        "claims": tool.claims,
    }
    if here.personality.tells_deployment:
        configured["deployment_id"] = tool.deployment_id
    return {
        "client_id": tool.client_id,
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["client_credentials", "implicit"],
        "initiate_login_uri": tool.initiate_login_uri,
        "redirect_uris": tool.redirect_uris,
        "client_name": tool.name,
        "jwks_uri": tool.jwks_uri,
        "logo_uri": tool.logo_uri,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(tool.scopes),
        v.TOOL_CONFIGURATION: configured,
    }


def _refusal(status: int, code: str, description: str) -> Response:
    answer = jsonify(error=code, error_description=description)
    answer.status_code = status
    return answer
