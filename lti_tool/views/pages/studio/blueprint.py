"""The blueprint of the educator's studio."""

from __future__ import annotations

from lti_tool.views.session import session_blueprint

bp = session_blueprint("studio", __name__)
