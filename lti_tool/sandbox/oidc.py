"""OpenID Connect: login initiation and authorization endpoint (1EdTech Security 1.0, 5.1.1)."""

import json
import secrets
import time
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from lti_tool.sandbox import log, tampering
from lti_tool.sandbox.claims import LaunchClaims
from lti_tool.sandbox.records import PendingLaunch, Tool
from lti_tool.sandbox.session import person_at_browser
from lti_tool.sandbox.state import Sandbox, sandbox

bp = Blueprint("launch", __name__)

_LAUNCH_SECONDS = 600
_TOKEN_SECONDS = 60
_MAX_PENDING = 5000
_REQUIRED = ("client_id", "redirect_uri", "login_hint", "nonce", "response_type", "scope")


def initiate_login(tool: Tool, launch: PendingLaunch) -> Response:
    """Answer with the form that starts the third-party login at the tool by itself."""
    here = sandbox()
    launch.id, launch.created = secrets.token_urlsafe(16), time.time()
    here.store.launches.put(launch.id, launch)
    _forget_old_launches(here)
    person = here.store.people.get(launch.person_id)
    fields: dict[str, str] = {
        "iss": here.issuer,
        "target_link_uri": launch.target_link_uri,
        "login_hint": here.subject(person) if person else "",
        "lti_message_hint": json.dumps({"cmid": launch.link_id, "launchid": launch.id}),
        "client_id": tool.client_id,
        "lti_deployment_id": tool.deployment_id,
    }
    if here.platform_storage:
        fields["lti_storage_target"] = "_parent"
    order = tampering.take(here.memory.login_tampering, here)
    fields.update(order.get("set", {}))
    for name in order.get("remove", []):
        fields.pop(name, None)
    log.describe(f"Login initiation for {tool.name}", "platform to tool")
    return auto_submit(tool.initiate_login_uri, fields)


@bp.route("/lti/auth", methods=["GET", "POST"])
def authenticate() -> Response:
    """Answer the tool's authentication request with an id_token, as a form post."""
    log.describe("Authentication request")
    parameters = request.values.to_dict()
    tool = sandbox().store.tools.get(parameters.get("client_id", ""))
    if tool is None or not tool.active:
        return _error_page("invalid_client", "This client_id is not registered or not active.")
    if parameters.get("redirect_uri") not in tool.redirect_uris:
        return _error_page("invalid_request", "This redirect_uri was not registered.")
    if person_at_browser() is None and "repost" not in parameters:
        # After another site's redirect the Lax cookie is missing; our own form brings it back.
        return auto_submit(request.base_url, {**parameters, "repost": "1"})
    problem = _problem(parameters)
    if problem is not None:
        return _refuse(parameters, *problem)
    return _answer(tool, parameters)


def _problem(parameters: dict[str, str]) -> tuple[str, str] | None:
    missing = [name for name in _REQUIRED if not parameters.get(name)]
    if missing:
        return "invalid_request", f"missing: {', '.join(missing)}"
    if parameters["response_type"] != "id_token":
        return "unsupported_response_type", "response_type must be id_token"
    if parameters.get("response_mode") != "form_post":
        return "invalid_request", "response_mode must be form_post"
    if "openid" not in parameters["scope"].split():
        return "invalid_scope", "scope must be openid"
    if parameters.get("prompt") != "none":
        return "invalid_request", "prompt must be none"
    person = person_at_browser()
    if person is None:
        return "login_required", "nobody is logged in here"
    if sandbox().subject(person) != parameters["login_hint"]:
        return "access_denied", "login_hint is not the person who is logged in"
    return None


def _answer(tool: Tool, parameters: dict[str, str]) -> Response:
    here = sandbox()
    launch = here.store.launches.pop(_launch_id(parameters.get("lti_message_hint", "")))
    if launch is None or launch.created < time.time() - _LAUNCH_SECONDS:
        return _error_page("invalid_request", "This launch was already used or is too old.")
    if launch.client_id != tool.client_id:
        return _refuse(parameters, "access_denied", "the launch belongs to another tool")
    order = tampering.take(here.memory.tampering, here)
    if "error" in order:
        description = str(order.get("error_description", ""))
        return _refuse(parameters, str(order["error"]), description)
    try:
        claims = LaunchClaims(here, tool, launch).build()
    except LookupError as error:
        return _refuse(parameters, "access_denied", str(error))
    return _send(tool, parameters, order, claims)


def _send(
    tool: Tool, parameters: dict[str, str], order: dict[str, Any], claims: dict[str, Any]
) -> Response:
    here = sandbox()
    now = int(time.time())
    claims.update(iat=now, exp=now + _TOKEN_SECONDS, nonce=parameters["nonce"])
    form = {"id_token": tampering.sign(here, order, tampering.alter_claims(order, claims))}
    if "state" in parameters:
        form["state"] = parameters["state"]
    replay = order.get("replay")
    if replay:
        previous = dict(here.memory.last_answer)
        form = previous if replay == "response" else {**form, **_only_token(previous)}
    form.update({name: str(value) for name, value in order.get("form", {}).items() if value})
    for name in (name for name, value in order.get("form", {}).items() if value is None):
        form.pop(name, None)
    here.memory.last_answer = dict(form)
    log.describe(f"{claims_title(claims)} to {tool.name}", "platform to tool")
    log.show_token("id_token", form.get("id_token", ""))
    return auto_submit(parameters["redirect_uri"], form)


def _only_token(answer: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in answer.items() if name == "id_token"}


def claims_title(claims: dict[str, Any]) -> str:
    """Return the message type of claims, for the log."""
    return str(claims.get("https://purl.imsglobal.org/spec/lti/claim/message_type", "id_token"))


def _launch_id(hint: str) -> str:
    try:
        decoded = json.loads(hint)
    except ValueError:
        return ""
    return str(decoded.get("launchid", "")) if isinstance(decoded, dict) else ""


def _refuse(parameters: dict[str, str], error: str, description: str) -> Response:
    """Send an OpenID Connect error to the redirect URI, which is known to be the tool's."""
    if sandbox().personality.errors_as_pages:
        return _error_page(error, description)
    log.describe(f"Authentication error {error}", "platform to tool")
    form = {"error": error, "error_description": description}
    if "state" in parameters:
        form["state"] = parameters["state"]
    return auto_submit(parameters["redirect_uri"], form)


def _error_page(error: str, description: str) -> Response:
    log.describe(f"Authentication error {error}")
    page = render_template("sandbox/launch_error.html", error=error, description=description)
    return Response(page, status=400)


def auto_submit(action: str, fields: dict[str, str]) -> Response:
    """Return a page whose only form posts itself; a button is there for browsers without script."""
    log.show_form(fields)
    page = render_template("sandbox/auto_submit.html", action=action, fields=fields)
    return Response(page)


def active_tool(client_id: str) -> Tool:
    """Return the tool, or end the request with 404."""
    tool = sandbox().store.tools.get(client_id)
    if tool is None or not tool.active:
        abort(404)
    return tool


def _forget_old_launches(here: Sandbox) -> None:
    for launch in here.store.launches.all()[: max(0, len(here.store.launches) - _MAX_PENDING)]:
        here.store.launches.pop(launch.id)
