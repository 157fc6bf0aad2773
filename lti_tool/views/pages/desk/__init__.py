"""The tutor's desk: what waits for a decision, where each learner stands, one learner."""

from __future__ import annotations

from lti_tool.views.pages.desk import deciding, learners
from lti_tool.views.pages.desk.blueprint import bp

__all__ = ["bp", "deciding", "learners"]
