"""Whether a credential holds: the page to which its own address leads, for everybody."""

from __future__ import annotations

import uuid

from flask import Blueprint, make_response
from werkzeug.wrappers import Response

from lti_tool.services.credentials.facts import FOLDER
from lti_tool.views.render import page
from lti_tool.views.session import services

bp = Blueprint("credentials", __name__, url_prefix=FOLDER)


@bp.get("/<uuid:credential_id>")
def verdict(credential_id: uuid.UUID) -> Response:
    """Show whether it holds, and what it says if it does."""
    found = services().public_credentials.verdict(credential_id)
    response = make_response(page("home/credential.html", verdict=found))
    response.headers["X-Robots-Tag"] = "noindex"
    return response
