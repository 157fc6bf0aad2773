"""The tools' public keys, fetched from their jwks_uri and kept until an unknown kid comes."""

from typing import Any

import jwt
import requests

from lti_tool.sandbox import log
from lti_tool.sandbox.records import Tool
from lti_tool.sandbox.state import Sandbox

_TIMEOUT = (5, 10)


class KeyNotFound(Exception):
    """The tool's key set cannot be read, or has no key with the kid of the JWT."""


def key_for(sandbox: Sandbox, tool: Tool, token: str) -> Any:
    """Return the public key with which a tool's JWT must be signed; raises KeyNotFound."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except jwt.InvalidTokenError as error:
        raise KeyNotFound(f"not a JWT: {error}") from error
    if not kid:
        raise KeyNotFound("the JWT's header has no kid")
    known = sandbox.memory.tool_key_sets.get(tool.client_id, {})
    if kid not in known:
        known = _fetch(sandbox, tool)
        sandbox.memory.tool_key_sets[tool.client_id] = known
    if kid not in known:
        raise KeyNotFound(f"the tool publishes no key {kid}")
    return known[kid]


def _fetch(sandbox: Sandbox, tool: Tool) -> dict[str, Any]:
    status, problem, key_set = 0, "", {}
    try:
        response = requests.get(tool.jwks_uri, timeout=_TIMEOUT)
        status = response.status_code
        response.raise_for_status()
        key_set = response.json()
        keys = {jwk["kid"]: jwt.PyJWK(jwk, "RS256").key for jwk in key_set["keys"]}
    except (requests.RequestException, jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
        problem, keys = str(error), {}
    log.record(
        sandbox,
        {
            "area": "jwks",
            "title": f"Key set of {tool.name}",
            "direction": "platform to tool",
            "method": "GET",
            "url": tool.jwks_uri,
            "status": status,
            "response": {"body": key_set, **({"error": problem} if problem else {})},
        },
    )
    if problem:
        raise KeyNotFound(f"the tool's key set cannot be read: {problem}")
    return keys
