"""The OAuth 2 token endpoint: client credentials with a signed assertion (RFC 7523)."""

import secrets
import time
from typing import Any

import jwt
from flask import Blueprint, Response, jsonify, request

from lti_tool.sandbox import log, toolkeys
from lti_tool.sandbox import vocabulary as v
from lti_tool.sandbox.records import AccessToken, Tool
from lti_tool.sandbox.state import Sandbox, sandbox

bp = Blueprint("token", __name__)

TOKEN_SECONDS = 3600
_LEEWAY = 30
_MAX_ASSERTION_SECONDS = 3600
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class TokenRefused(Exception):
    """A token request that is refused, with OAuth's error code (RFC 6749, 5.2)."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code


@bp.post("/lti/token")
def token() -> Response:
    """Give an access token for the scopes that the tool may have and asked for."""
    log.describe("Access token request")
    here = sandbox()
    try:
        _check_form()
        tool = _authenticated_tool(here, request.form.get("client_assertion", ""))
        scopes = _granted_scopes(here, tool, request.form.get("scope", ""))
    except TokenRefused as refusal:
        answer = jsonify(error=refusal.code, error_description=str(refusal))
        answer.status_code = 400
        return answer
    saved = give_token(here, tool, scopes)
    return jsonify(
        {
            "access_token": saved.token,
            "token_type": here.personality.bearer_word,
            "expires_in": TOKEN_SECONDS,
            "scope": " ".join(scopes),
        }
    )


def give_token(here: Sandbox, tool: Tool, scopes: list[str]) -> AccessToken:
    """Make and save an access token; expired ones are forgotten."""
    now = time.time()
    for old in here.store.access_tokens.all():
        if old.expires < now - TOKEN_SECONDS:
            here.store.access_tokens.pop(old.token)
    made = AccessToken(secrets.token_urlsafe(32), tool.client_id, scopes, now + TOKEN_SECONDS)
    return here.store.access_tokens.put(made.token, made)


def _check_form() -> None:
    if request.mimetype != "application/x-www-form-urlencoded":
        raise TokenRefused("invalid_request", "the request must be form-encoded")
    if request.form.get("grant_type") != "client_credentials":
        raise TokenRefused("unsupported_grant_type", "grant_type must be client_credentials")
    if request.form.get("client_assertion_type") != _ASSERTION_TYPE:
        raise TokenRefused("invalid_request", f"client_assertion_type must be {_ASSERTION_TYPE}")


def _authenticated_tool(here: Sandbox, assertion: str) -> Tool:
    log.show_token("client_assertion", assertion)
    claimed = _claimed_issuer(assertion)
    tool = here.store.tools.get(claimed)
    if tool is None or not tool.active:
        raise TokenRefused("invalid_client", "the assertion's iss is no active client_id")
    claims = _verified(here, tool, assertion)
    if claims["sub"] != tool.client_id:
        raise TokenRefused("invalid_client", "iss and sub must both be the client_id")
    if claims["exp"] - claims["iat"] > _MAX_ASSERTION_SECONDS:
        raise TokenRefused("invalid_client", "the assertion lives for more than an hour")
    _use_once(here, f"{tool.client_id} {claims['jti']}", float(claims["exp"]))
    return tool


def _claimed_issuer(assertion: str) -> str:
    try:
        return str(jwt.decode(assertion, options={"verify_signature": False}).get("iss", ""))
    except jwt.InvalidTokenError as error:
        raise TokenRefused("invalid_request", f"the assertion is not a JWT: {error}") from error


def audiences(here: Sandbox) -> list[str]:
    """Return what the assertion's ``aud`` may be."""
    constant = here.personality.authorization_server
    return [constant] if constant else [here.url("/lti/token"), here.issuer]


def _verified(here: Sandbox, tool: Tool, assertion: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            assertion,
            toolkeys.key_for(here, tool, assertion),
            algorithms=["RS256"],
            audience=audiences(here),
            leeway=_LEEWAY,
            options={"require": ["iss", "sub", "aud", "iat", "exp", "jti"]},
        )
    except (jwt.InvalidTokenError, toolkeys.KeyNotFound) as error:
        raise TokenRefused("invalid_client", str(error)) from error
    return claims


def _use_once(here: Sandbox, key: str, expires: float) -> None:
    used = here.memory.used_assertions
    with here.lock:
        if key in used:
            raise TokenRefused("invalid_client", "this assertion (jti) was used before")
        now = time.time() - _LEEWAY
        for old in [old for old, end in used.items() if end < now]:
            del used[old]
        used[key] = expires


def _granted_scopes(here: Sandbox, tool: Tool, asked: str) -> list[str]:
    granted = [scope for scope in asked.split() if scope in tool.scopes and scope in v.ALL_SCOPES]
    if not granted and here.personality.name != "openedx":
        raise TokenRefused("invalid_scope", "none of these scopes may be given to this tool")
    if not asked:
        raise TokenRefused("invalid_request", "scope is missing")
    return granted
