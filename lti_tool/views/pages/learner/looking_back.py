"""Looking back at a next step, 30 and 90 days later."""

from __future__ import annotations

import uuid

from werkzeug.wrappers import Response

from lti_tool.rules.vocabulary import Outcome, Phase
from lti_tool.schemas.participations import FollowUpForm
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.blueprint import ACTIVITY, bp
from lti_tool.views.pages.learner.frame import show
from lti_tool.views.session import services, viewer


@bp.get(f"{ACTIVITY}/looking-back")
@allow(*learners)
def looking_back(activity_id: uuid.UUID) -> str:
    """Ask what became of the next step, and show what was said before."""
    page = services().follow_ups.page(viewer(), activity_id)
    return show("learner/looking_back.html", page, Phase.NEXT, outcomes=list(Outcome))


@bp.post(f"{ACTIVITY}/looking-back")
@allow(*learners)
@form_page(looking_back)
def look_back(activity_id: uuid.UUID) -> Response:
    """Keep what became of it."""
    form = read_form(FollowUpForm)
    services().follow_ups.answer(viewer(), activity_id, **form)
    return see_other("learner.next_step", notice="followed_up", activity_id=activity_id)
