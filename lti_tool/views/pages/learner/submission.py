"""One's own reflection after it was sent: reading it, taking it back, not waiting."""

from __future__ import annotations

import uuid

from werkzeug.wrappers import Response

from lti_tool.errors import IllegalTransition, NotFound
from lti_tool.rules.vocabulary import Phase
from lti_tool.views.guards import allow, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.blueprint import ACTIVITY, bp
from lti_tool.views.pages.learner.frame import show
from lti_tool.views.session import services, viewer


@bp.get(f"{ACTIVITY}/submission")
@allow(*learners)
def submission(activity_id: uuid.UUID) -> Response | str:
    """Show the reflection as it was sent last; who has sent none goes to write it."""
    try:
        page = services().reflections.submission(viewer(), activity_id)
    except NotFound as missing:
        if str(missing) != "submission":
            raise
        return see_other("learner.now", activity_id=activity_id)
    depths = services().my_depths.of(viewer(), activity_id)
    return show("learner/submission.html", page, Phase.NOW, depths=depths)


@bp.post(f"{ACTIVITY}/submission/take-back")
@allow(*learners)
def take_back(activity_id: uuid.UUID) -> Response:
    """Reopen the draft, if the time for that is not over."""
    try:
        services().reflections.take_back(viewer(), activity_id)
    except IllegalTransition:
        return see_other("learner.submission", notice="too_late", activity_id=activity_id)
    return see_other("learner.now", notice="taken_back", activity_id=activity_id)


@bp.post(f"{ACTIVITY}/submission/send-now")
@allow(*learners)
def send_now(activity_id: uuid.UUID) -> Response:
    """End the grace window at once."""
    services().reflections.send_now(viewer(), activity_id)
    return see_other("learner.submission", notice="sent_now", activity_id=activity_id)
