"""The learner's pages: overview, Now, New, Next, looking back, and all of one's work."""

from __future__ import annotations

from lti_tool.views.pages.learner import (
    competencies,
    credentials,
    decisions,
    files,
    joining,
    looking_back,
    mails,
    mine,
    new,
    next,
    now,
    overview,
    practice,
    received,
    respond,
    sharing,
    submission,
)
from lti_tool.views.pages.learner.blueprint import bp

__all__ = [
    "bp",
    "competencies",
    "credentials",
    "decisions",
    "files",
    "joining",
    "looking_back",
    "mails",
    "mine",
    "new",
    "next",
    "now",
    "overview",
    "practice",
    "received",
    "respond",
    "sharing",
    "submission",
]
