"""Rehearsing an activity as a learner: in, on, and out again."""

from __future__ import annotations

import uuid

from werkzeug.wrappers import Response

from lti_tool.views.guards import allow, educators, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.session import services, viewer


@bp.post("/activities/<uuid:activity_id>/rehearse")
@allow(*educators)
def rehearse(activity_id: uuid.UUID) -> Response:
    """Begin a rehearsal; it opens as a learner's session in the same window."""
    begun = services().rehearsals.start(viewer(), activity_id)
    return see_other(
        "learner.overview",
        notice="rehearsal_begun",
        handle=begun.handle,
        activity_id=begun.activity_id,
    )


@bp.post("/rehearsal/on")
@allow(*learners)
def rehearse_on() -> Response:
    """Let time pass in a rehearsal."""
    notice = "rehearsal_on" if services().rehearsals.go_on(viewer()) else "rehearsal_waits"
    return see_other("learner.overview", notice=notice, activity_id=viewer().activity_id)


@bp.post("/rehearsal/end")
@allow(*learners)
def rehearse_end() -> Response:
    """Wipe the rehearsal, and go back to the activity as its educator."""
    ended = services().rehearsals.end(viewer())
    return see_other(
        "studio.manage",
        notice="rehearsal_ended",
        handle=ended.handle,
        activity_id=ended.activity_id,
    )
