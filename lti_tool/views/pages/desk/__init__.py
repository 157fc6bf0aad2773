"""The tutor's desk: what waits for a decision, where each learner stands, one learner."""

from __future__ import annotations

from lti_tool.views.pages.desk import (
    bulk,
    cohorts,
    cohorts_lists,
    cohorts_tutors,
    completing,
    course_list,
    dates,
    deciding,
    history,
    learners,
    passages,
    replies,
    reviewing,
    timeline,
    today,
    unmasking,
)
from lti_tool.views.pages.desk.blueprint import bp

__all__ = [
    "bp",
    "bulk",
    "cohorts",
    "cohorts_lists",
    "cohorts_tutors",
    "completing",
    "course_list",
    "dates",
    "deciding",
    "history",
    "learners",
    "passages",
    "replies",
    "reviewing",
    "timeline",
    "today",
    "unmasking",
]
