"""The tutor's desk: what waits for a decision, where each learner stands, one learner."""

from __future__ import annotations

from lti_tool.views.pages.desk import course_list, deciding, learners, reviewing
from lti_tool.views.pages.desk.blueprint import bp

__all__ = ["bp", "course_list", "deciding", "learners", "reviewing"]
