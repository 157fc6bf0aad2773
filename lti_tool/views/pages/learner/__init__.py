"""The learner's pages: overview, Now, New, Next."""

from __future__ import annotations

from lti_tool.views.pages.learner import new, next, now, overview, received, respond, submission
from lti_tool.views.pages.learner.blueprint import bp

__all__ = ["bp", "new", "next", "now", "overview", "received", "respond", "submission"]
