"""The sandbox LMS as a Flask application."""

from flask import Flask, Response, g, request

from lti_tool.sandbox import (
    admin,
    control,
    control_data,
    deep_linking,
    groups,
    launches,
    lineitems,
    log,
    mailbox,
    nrps,
    oidc,
    pages,
    registration,
    scores,
    tokens,
    webservices,
)
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.sandbox.state import Sandbox, sandbox
from lti_tool.sandbox.switches import drop_connection, faulty_answer

# Which areas of the log and of the switches a blueprint's requests belong to.
_AREAS = {
    "launch": "launch",
    "deep_linking": "launch",
    "jwks": "jwks",
    "token": "token",
    "ags": "ags",
    "nrps": "nrps",
    "groups": "groups",
    "registration": "registration",
    "webservices": "webservices",
}


def create_app(settings: SandboxSettings) -> Flask:
    """Make the sandbox; serve it from one process, with threads."""
    app = Flask("lti_tool.sandbox", static_url_path="/static")
    state = Sandbox(settings)
    app.extensions["sandbox"] = state
    app.secret_key = state.secret_key()
    port = settings.base_url.rpartition(":")[2].strip("/")
    app.config.update(
        # Cookies do not know ports: two sandboxes on one host must not share their sessions.
        SESSION_COOKIE_NAME=f"sandbox_{port}" if port.isdigit() else "sandbox_session",
        SESSION_COOKIE_SAMESITE="Lax",
        TEMPLATES_AUTO_RELOAD=False,
    )
    for module in (
        oidc,
        tokens,
        lineitems,
        nrps,
        groups,
        registration,
        deep_linking,
        pages,
        admin,
        control,
        mailbox,
    ):
        app.register_blueprint(module.bp)
    app.register_blueprint(registration.jwks_bp)
    app.register_blueprint(webservices.bp)
    app.register_blueprint(webservices.control_bp)
    app.before_request(_misbehave)
    app.after_request(_finish)
    app.context_processor(pages.common_values)
    app.add_template_filter(pages.clock, "clock")
    return app


def _misbehave() -> Response | None:
    request.get_data(cache=True)
    switch = sandbox().switches.take(_AREAS.get(request.blueprint or "", ""))
    if switch is None:
        return None
    g.switch = switch
    return faulty_answer(switch, sandbox().personality.bad_token_status)


def _finish(response: Response) -> Response:
    area = _AREAS.get(request.blueprint or "")
    if area is not None:
        log.record_exchange(sandbox(), area, response)
    if response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
    switch = g.get("switch")
    if switch is not None and switch.fault == "lose_answer":
        return drop_connection()
    return response


# These modules add their routes to the blueprints of control, oidc and lineitems.
_ROUTES = (control_data, launches, scores)
