"""What somebody outside sees of a learner, by a link: no session, no name of ours beside theirs."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, g, make_response, request
from werkzeug.wrappers import Response

from lti_tool import i18n
from lti_tool.views.render import page
from lti_tool.views.session import preferred_locale, services, speak

bp = Blueprint("shared", __name__)


@bp.get("/shared/<token>")
def show(token: str) -> Response:
    """Show what a link holds; of one that opens nothing, never why."""
    g.frame_ancestors = None
    asked = request.args.get("language", "")
    locale = asked if asked in i18n.LOCALES else preferred_locale()
    shown = services().shared_pages.open(token, counts=request.method == "GET")
    speak(locale, shown.time_zone if shown else "")
    template = "shared/page.html" if shown else "shared/closed.html"
    response = make_response(page(template, shown=shown, token=token))
    response.status_code = HTTPStatus.OK if shown else HTTPStatus.NOT_FOUND
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
