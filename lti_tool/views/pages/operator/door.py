"""Into the console by a one-time link, and out of it."""

from __future__ import annotations

import structlog
from flask import g
from werkzeug.wrappers import Response

from lti_tool.views.notices import see_other
from lti_tool.views.pages.operator.blueprint import bp, form_token, keep_cookie
from lti_tool.views.render import page
from lti_tool.views.session import services

log = structlog.get_logger()


@bp.get("/enter/<token>")
def knock(token: str) -> str:
    """Show one button: whatever looks into links on their way must not use this one up."""
    expires_at = services().console.operators.expiry(token)
    return page("operator/enter.html", expires_at=expires_at, csrf_token=form_token(token))


@bp.post("/enter/<token>")
def enter(token: str) -> Response:
    """Use the link up and open the console in this browser."""
    secret = services().console.operators.enter(token)
    log.info("operator_entered")
    response = see_other("operator.platforms")
    keep_cookie(response, secret)
    return response


@bp.post("/leave")
def leave() -> str:
    """End the session."""
    services().console.operators.leave(g.operator_secret)
    log.info("operator_left")
    g.forget_operator = True
    return page("operator/closed.html", why="left")


@bp.after_request
def forget(response: Response) -> Response:
    """Take the cookie of a session that was ended from the browser."""
    if g.get("forget_operator"):
        keep_cookie(response, "")
    return response
