"""The learner's pages: overview, Now, New, Next, looking back, and all of one's work."""

from __future__ import annotations

from lti_tool.views.pages.learner import (
    decisions,
    joining,
    looking_back,
    mine,
    new,
    next,
    now,
    overview,
    received,
    respond,
    submission,
)
from lti_tool.views.pages.learner.blueprint import bp

__all__ = [
    "bp",
    "decisions",
    "joining",
    "looking_back",
    "mine",
    "new",
    "next",
    "now",
    "overview",
    "received",
    "respond",
    "submission",
]
