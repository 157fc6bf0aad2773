"""The educator's studio: making, embedding, changing and previewing activities."""

from __future__ import annotations

from lti_tool.views.pages.studio import (
    access,
    beginning,
    columns,
    copying,
    criteria,
    exemplars,
    frameworks,
    looking,
    making,
    managing,
    moodle,
    picking,
    previewing,
    rehearsing,
    settings,
)
from lti_tool.views.pages.studio.blueprint import bp

__all__ = [
    "access",
    "beginning",
    "bp",
    "columns",
    "copying",
    "criteria",
    "exemplars",
    "frameworks",
    "looking",
    "making",
    "managing",
    "moodle",
    "picking",
    "previewing",
    "rehearsing",
    "settings",
]
