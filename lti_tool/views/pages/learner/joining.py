"""Choosing a cohort, where learners may."""

from __future__ import annotations

import uuid

from werkzeug.wrappers import Response

from lti_tool.errors import Forbidden, NotFound
from lti_tool.schemas.cohorts import JoinForm
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.blueprint import ACTIVITY, bp
from lti_tool.views.pages.learner.frame import show
from lti_tool.views.session import services, viewer


@bp.get(f"{ACTIVITY}/cohort")
@allow(*learners)
def join(activity_id: uuid.UUID) -> str:
    """Show the cohorts that the learner can join."""
    return show("learner/join.html", services().cohort_joining.page(viewer(), activity_id))


@bp.post(f"{ACTIVITY}/cohort")
@allow(*learners)
@form_page(join)
def join_cohort(activity_id: uuid.UUID) -> Response:
    """Join a cohort; one that is no longer offered is said on the page."""
    services().cohort_joining.page(viewer(), activity_id)  # not found in another course
    chosen = read_form(JoinForm)["cohort"]
    try:
        services().cohort_joining.join(viewer(), activity_id, chosen)
    except (Forbidden, NotFound):
        return see_other("learner.join", notice="cohort_closed", activity_id=activity_id)
    return see_other("learner.overview", notice="cohort_joined", activity_id=activity_id)
