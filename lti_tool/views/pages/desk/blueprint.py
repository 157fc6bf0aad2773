"""The blueprint of the tutor's desk."""

from __future__ import annotations

from lti_tool.views.session import session_blueprint

bp = session_blueprint("desk", __name__)
