"""The first page of an activity: where am I, what is left, how does the score add up."""

from __future__ import annotations

import uuid

from lti_tool.views.guards import allow, learners
from lti_tool.views.pages.learner.blueprint import ACTIVITY, bp
from lti_tool.views.pages.learner.frame import show
from lti_tool.views.session import services, viewer


@bp.get(ACTIVITY)
@allow(*learners)
def overview(activity_id: uuid.UUID) -> str:
    """Show where the learner is, with one button to the next thing."""
    page = services().participations.overview(viewer(), activity_id)
    return show("learner/overview.html", page)
