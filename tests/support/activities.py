"""An activity without prompts, where only its place and its title matter."""

from __future__ import annotations

import uuid
from typing import Any

from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.rules.viewer import Viewer


def bare_activity(
    database: Database, viewer: Viewer, context_id: uuid.UUID | None = None, **values: Any
) -> uuid.UUID:
    """Keep an activity that ``viewer`` made, in a context or in none yet; return its id."""
    activity = Activity(
        registration_id=viewer.registration_id,
        deployment_id=viewer.deployment_id,
        context_id=context_id,
        created_by_id=viewer.user_id,
        **{"title": "Mirror", **values},
    )
    with database.write() as session:
        session.add(activity)
    return activity.id
