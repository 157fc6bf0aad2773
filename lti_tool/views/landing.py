"""The address of each landing; shared by launches and by the home page."""

from __future__ import annotations

import uuid
from typing import Any

from lti_tool.rules.landing import Landing

ENDPOINTS = {
    Landing.NAME: "home.name",
    Landing.CHOOSE: "studio.choose",
    Landing.ATTACH: "studio.attach",
    Landing.DESK: "desk.today",
    Landing.REVIEW: "desk.review",
    Landing.LEARNER: "learner.overview",
    Landing.PRIVACY: "privacy.person",
    Landing.COURSE: "course.activities",
    Landing.NO_LINK: "course.activities",
}
"""Landings with a page of their own; the others are told on the home page."""


def address(landing: Landing, activity_id: uuid.UUID | None) -> tuple[str, dict[str, Any]]:
    """Return endpoint and values of a landing, for ``url_for``."""
    needs_activity = landing in (Landing.DESK, Landing.REVIEW, Landing.LEARNER)
    values = {"activity_id": activity_id} if needs_activity else {}
    return ENDPOINTS.get(landing, "home.index"), values
