"""Where learners read exemplars differently from the tutor."""

from __future__ import annotations

import uuid

from lti_tool.rules.calibration import LEAST_READERS
from lti_tool.views.guards import allow, staff
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer


@bp.get("/activities/<uuid:activity_id>/practice")
@allow(*staff)
def calibration(activity_id: uuid.UUID) -> str:
    """Show, criterion by criterion, how the tutor's own learners read each exemplar."""
    found = services().calibration_results.of(viewer(), activity_id)
    return page(
        "desk/calibration.html",
        found=found,
        activity=services().activities.get(viewer(), activity_id),
        activity_title=found.title,
        least=LEAST_READERS,
    )
