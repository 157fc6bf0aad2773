"""The first half of a launch: the LMS asks us to log somebody in (LTI security 1.0, 5.1.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from lti_tool.errors import LaunchRefused, WhoCanFix
from lti_tool.lti.platform import PlatformFacts
from lti_tool.lti.states import new_state, seal
from lti_tool.secrecy import new_token
from lti_tool.services.launches.binding import StorageHint
from lti_tool.services.launches.registry import Registry

REQUIRED = ("iss", "login_hint", "target_link_uri")
MAX_TARGET = 100
OLD_NAMES = {
    "lti_version": "lti_version",
    "consumer_key": "oauth_consumer_key",
    "consumer": "tool_consumer_instance_guid",
}
"""What of an LTI 1.1 launch tells whose it is, none of it secret or personal."""
MAX_SECRET = 64


@dataclass(frozen=True, slots=True)
class Login:
    """Where to send the browser, what it must keep to prove that it was this one."""

    url: str
    """The platform's authorization endpoint with our request."""
    browser_secret: str
    """For the cookies; one per browser, an old one is used on."""
    storage: StorageHint
    storage_secret: str
    """For the platform's storage and our own, good for this login only."""


def start(
    registry: Registry,
    parameters: Mapping[str, str],
    browser_secrets: Sequence[str],
    redirect_uri: str,
    state_key: bytes,
) -> Login:
    """Answer a login initiation; writes nothing.

    ``browser_secrets`` are what the browser's cookies say. Raises LaunchRefused: ``lti_1_1``,
    ``login_incomplete``, or what the registry raises.
    """
    refuse_lti_1_1(parameters)
    missing = [name for name in REQUIRED if not parameters.get(name)]
    if missing:
        raise LaunchRefused("login_incomplete", WhoCanFix.LMS_ADMIN, missing=", ".join(missing))
    platform = _platform(registry, parameters)
    nonce, browser_secret = new_token(), _known_secret(browser_secrets)
    target = parameters.get("lti_storage_target", "")[:MAX_TARGET]
    state = new_state(platform.id, nonce, browser_secret, target)
    request = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": redirect_uri,
        "login_hint": parameters["login_hint"],
        "state": seal(state, state_key),
        "nonce": nonce,
    }
    if "lti_message_hint" in parameters:
        request["lti_message_hint"] = parameters["lti_message_hint"]
    return Login(
        url=with_query(platform.authorization_endpoint, request),
        browser_secret=browser_secret,
        storage=StorageHint(storage_key(state.id), target, platform.storage_origin),
        storage_secret=state.storage_secret(state_key),
    )


def refuse_lti_1_1(parameters: Mapping[str, str]) -> None:
    """Raise LaunchRefused ``lti_1_1`` for a launch of the old protocol."""
    if "oauth_consumer_key" in parameters or parameters.get("lti_version") == "LTI-1p0":
        told = {name: parameters.get(source, "")[:MAX_TARGET] for name, source in OLD_NAMES.items()}
        facts = {name: value for name, value in told.items() if value}
        raise LaunchRefused("lti_1_1", WhoCanFix.LMS_ADMIN, **facts)


def storage_key(state_id: str) -> str:
    """Return the name under which a browser stores a login's secret."""
    return f"miroir.login.{state_id}"


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """Add parameters to a URL that may have a query of its own."""
    joint = "&" if urlsplit(url).query else "?"
    return f"{url.rstrip('?&')}{joint}{urlencode(parameters)}"


def _platform(registry: Registry, parameters: Mapping[str, str]) -> PlatformFacts:
    issuer, client_id = parameters["iss"], parameters.get("client_id", "")
    try:
        return registry.by_issuer(issuer, client_id)
    except LaunchRefused as refused:
        told = {"iss": issuer[:255], "client_id": client_id[:255]}
        told["deployment_id"] = parameters.get("lti_deployment_id", "")[:255]
        refused.facts = {**told, **refused.facts}
        raise


def _known_secret(browser_secrets: Sequence[str]) -> str:
    """Return the browser's secret if it is one of ours, else a new one."""
    return next((one for one in browser_secrets if 32 <= len(one) <= MAX_SECRET), new_token())
