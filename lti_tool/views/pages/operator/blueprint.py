"""The console's blueprint: nothing behind it opens without the operator's session.

A cookie of its own holds the session's secret; it is no use to a launch, and a launch is none here.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from flask import Blueprint, g, request, url_for
from werkzeug.wrappers import Response

from lti_tool.errors import IllegalTransition, MiroirError, NotFound, NotSignedIn
from lti_tool.secrecy import same
from lti_tool.services.operator.operators import LIFE
from lti_tool.views.pages.operator import words
from lti_tool.views.render import page
from lti_tool.views.session import UNSAFE, services

CSRF_PURPOSE = "operator csrf"
DOORS = frozenset({"operator.knock", "operator.enter"})
"""What opens without a session: the link's own page and its button."""

bp = Blueprint("operator", __name__, url_prefix="/operator")
log = structlog.get_logger()


def is_https() -> bool:
    """Return whether we are reached by https, as the installation's settings say."""
    return services().platforms.base_url.startswith("https://")


def cookie_name() -> str:
    """Return the cookie's name; only https may have the prefix that pins it to this host."""
    return "__Host-miroir-operator" if is_https() else "miroir-operator"


def keep_cookie(response: Response, secret: str) -> None:
    """Let the browser keep a session's secret; without one, forget it."""
    response.set_cookie(
        cookie_name(),
        secret,
        max_age=int(LIFE.total_seconds()) if secret else 0,
        secure=is_https(),
        httponly=True,
        samesite="Strict",
        path="/",
    )


def form_token(secret: str) -> str:
    """Return what a form must send to prove that it is ours; ``secret`` is known to us two."""
    return services().secrets.sign(CSRF_PURPOSE, secret)


def console_page(template: str, here: str = "", **context: Any) -> str:
    """Render a page of the console; ``here`` is the section it belongs to."""
    return page(
        template,
        here=here,
        words=words,
        csrf_token=form_token(g.operator_secret),
        home_url=url_for("operator.platforms"),
        **context,
    )


@bp.before_request
def open_session() -> None:
    """Let in who has a session, and from them only forms of ours.

    Raises NotSignedIn.
    """
    g.frame_ancestors = None
    g.operator_secret = (request.view_args or {}).get("token", "")
    if request.endpoint not in DOORS:
        g.operator_secret = request.cookies.get(cookie_name(), "")
        services().console.operators.check(g.operator_secret)
    if request.method in UNSAFE:
        sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
        if not same(sent, form_token(g.operator_secret)):
            raise NotSignedIn("csrf")


@bp.errorhandler(MiroirError)
def explain(error: MiroirError) -> tuple[str, int]:
    """Answer what goes wrong here in the operator's words."""
    log.info("operator_refused", error=type(error).__name__, why=str(error))
    if isinstance(error, NotSignedIn):
        return page("operator/closed.html", why=str(error)), HTTPStatus.FORBIDDEN
    status = HTTPStatus.BAD_REQUEST
    if isinstance(error, NotFound):
        status = HTTPStatus.NOT_FOUND
    elif isinstance(error, IllegalTransition):
        status = HTTPStatus.CONFLICT
    return console_page("operator/error.html", error=words.of_error(error)), status
