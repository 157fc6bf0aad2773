"""Reminders that a learner has read, and whether they want mails."""

from __future__ import annotations

import uuid

from flask import request
from werkzeug.wrappers import Response

from lti_tool.views.guards import allow, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.blueprint import ACTIVITY, bp
from lti_tool.views.session import services, viewer


@bp.post(ACTIVITY + "/reminders/<uuid:nudge_id>")
@allow(*learners)
def read_reminder(activity_id: uuid.UUID, nudge_id: uuid.UUID) -> Response:
    """Put a reminder away."""
    services().reminders.read(viewer(), activity_id, nudge_id)
    return see_other("learner.overview", activity_id=activity_id)


@bp.post("/my-work/mails")
@allow(*learners)
def choose_mails() -> Response:
    """Let mails come, or end them."""
    on = request.form.get("on") == "1"
    services().wishes.choose_mine(viewer(), on)
    return see_other("learner.my_work", notice="mails_on" if on else "mails_off", _anchor="mails")
