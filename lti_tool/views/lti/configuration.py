"""``/lti/jwks`` and ``/lti/config.json``: what platforms read of us."""

from __future__ import annotations

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from lti_tool.views.session import services

bp = Blueprint("lti_configuration", __name__, url_prefix="/lti")

KEYS_CACHED = "public, max-age=3600"


@bp.get("/jwks")
def jwks() -> Response:
    """Publish our key set; the next key is in it long before it signs."""
    response = jsonify(services().keys.jwks())
    response.headers["Cache-Control"] = KEYS_CACHED
    return response


@bp.get("/config.json")
def canvas() -> Response:
    """Publish the configuration from which Canvas makes a developer key."""
    response = jsonify(services().platforms.canvas_configuration())
    response.headers["Cache-Control"] = KEYS_CACHED
    return response
