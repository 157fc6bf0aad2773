"""``/lti/login``: the LMS asks us to begin a launch (LTI security 1.0, 5.1.1)."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, request
from werkzeug.wrappers import Response

from lti_tool.services.launches.logins import Login
from lti_tool.views.browser import browser_secrets, remember
from lti_tool.views.render import page
from lti_tool.views.session import frame_by_anybody, services

bp = Blueprint("lti_login", __name__, url_prefix="/lti")


@bp.route("/login", methods=["GET", "POST"], strict_slashes=False)
def login() -> Response:
    """Send the browser on to the LMS; writes nothing to the database."""
    frame_by_anybody()
    begun = services().launches.start_login(request.values.to_dict(), browser_secrets())
    response = _onward(begun)
    remember(response, begun.browser_secret)
    return response


def _onward(begun: Login) -> Response:
    """Redirect at top level, where cookies come back; else let a script keep the secret first."""
    if request.headers.get("Sec-Fetch-Dest") == "document":
        return redirect(begun.url)
    return make_response(page("lti/onward.html", login=begun))
