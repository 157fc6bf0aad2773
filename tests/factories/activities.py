"""What an educator decides, ready to be changed in one place."""

from __future__ import annotations

from typing import Any

from lti_tool.services.activities.prompts import template_prompts
from lti_tool.services.activities.values import ActivityValues


def activity_values(**changes: Any) -> ActivityValues:
    """Return the values of a Now–New–Next activity in English."""
    defaults: dict[str, Any] = {
        "title": "Reading together",
        "locale": "en",
        "prompts": template_prompts(),
    }
    return ActivityValues(**{**defaults, **changes})
