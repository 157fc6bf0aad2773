"""``/lti/frame-test/…``: a page to place in an LMS's page, which shows whether frames work there.

It is framed by exactly those who may frame a platform's sessions, whatever launches tell besides;
a browser that shows its own error in its place has found an address that is missing.
"""

from __future__ import annotations

import uuid

from flask import Blueprint, g

from lti_tool.views.render import page
from lti_tool.views.session import services

bp = Blueprint("frame_test", __name__, url_prefix="/lti")


@bp.get("/frame-test/<uuid:platform_id>")
def show(platform_id: uuid.UUID) -> str:
    """Say that this frame works; tells nothing of the platform."""
    g.frame_ancestors = list(services().console.frames.of(platform_id).always)
    return page("lti/frame_test.html")
