"""The profile of our learning records, for everybody to read: ``/xapi/profile`` (xAPI Profiles)."""

from __future__ import annotations

import json

from flask import Blueprint
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound
from lti_tool.exports import xapi_profile
from lti_tool.exports.xapi_profile import PATH, VERSION
from lti_tool.views.session import services

bp = Blueprint("xapi", __name__, url_prefix=PATH)
JSON_LD = "application/ld+json"


@bp.get("/profile")
@bp.get(f"/profile/v{VERSION}")
def profile() -> Response:
    """Show the profile: its verbs, kinds of activities, extensions and templates."""
    return _answer(xapi_profile.profile(services().platforms.base_url))


@bp.get("/<any(verbs, 'activity-types', extensions):kind>/<key>")
def concept(kind: str, key: str) -> Response:
    """Show one concept of ours, under the address that is its identifier."""
    found = xapi_profile.find(kind, key)
    if found is None:
        raise NotFound("concept")
    base_url = services().platforms.base_url
    return _answer({"@context": xapi_profile.CONTEXT, **xapi_profile.concept(found, base_url)})


def _answer(document: object) -> Response:
    response = Response(json.dumps(document, ensure_ascii=False), content_type=JSON_LD)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
