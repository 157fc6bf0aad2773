"""The course list as the LMS tells it: its state, and the button that asks for it."""

from __future__ import annotations

import uuid

from flask import request
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk import list_words
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

ROSTER = "/activities/<uuid:activity_id>/roster"


@bp.get(ROSTER)
@allow(*staff)
def roster(activity_id: uuid.UUID) -> str | Response:
    """Show the state of the course list: a part of the learners' page that asks for itself."""
    activity = services().activities.get(viewer(), activity_id)
    if "HX-Request" not in request.headers:
        return see_other("desk.people", activity_id=activity_id)
    status = services().roster.status(viewer())
    return page(
        "desk/roster_state.html", activity=activity, roster=status, words=list_words, asked=True
    )


@bp.post(ROSTER)
@allow(*staff)
def update_roster(activity_id: uuid.UUID) -> Response:
    """Have the course list read."""
    services().activities.get(viewer(), activity_id)
    try:
        services().roster.want(viewer())
    except NotFound:
        return see_other("desk.people", notice="roster_none", activity_id=activity_id)
    return see_other("desk.people", notice="roster_wanted", activity_id=activity_id)
