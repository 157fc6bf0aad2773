"""The educator's studio: making, embedding, changing and previewing activities."""

from __future__ import annotations

from lti_tool.views.pages.studio import copying, making, picking, previewing, settings
from lti_tool.views.pages.studio.blueprint import bp

__all__ = ["bp", "copying", "making", "picking", "previewing", "settings"]
