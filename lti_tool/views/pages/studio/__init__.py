"""The educator's studio: making, embedding, changing and previewing activities."""

from __future__ import annotations

from lti_tool.views.pages.studio import (
    beginning,
    copying,
    frameworks,
    looking,
    making,
    managing,
    picking,
    previewing,
    rehearsing,
    settings,
)
from lti_tool.views.pages.studio.blueprint import bp

__all__ = [
    "beginning",
    "bp",
    "copying",
    "frameworks",
    "looking",
    "making",
    "managing",
    "picking",
    "previewing",
    "rehearsing",
    "settings",
]
