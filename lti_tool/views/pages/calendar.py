"""The calendar that a learner's own program fetches: no session, the address is the key."""

from __future__ import annotations

from flask import Blueprint, make_response
from werkzeug.wrappers import Response

from lti_tool.views.session import services

bp = Blueprint("calendar", __name__)


@bp.get("/calendar/<string(length=64):token>.ics")
def feed(token: str) -> Response:
    """Hand out the dates; a withdrawn address is simply not found."""
    response = make_response(services().calendars.file(token))
    response.content_type = "text/calendar; charset=utf-8"
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
