"""One learner's way in time, and asking them for more before their levels are confirmed."""

from __future__ import annotations

import uuid

from flask import request
from werkzeug.wrappers import Response

from lti_tool.views.forms import form_page
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk import history_words, mail_words
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.pages.desk.learners import PERSON
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer


@bp.get(f"{PERSON}/timeline")
@allow(*staff)
def timeline(activity_id: uuid.UUID, participation_id: uuid.UUID) -> str:
    """Show what one learner did and what was decided, in this activity or in the course."""
    activity = services().activities.get(viewer(), activity_id)
    course = request.args.get("scope") == "course"
    return page(
        "desk/timeline.html",
        activity=activity,
        activity_title=activity.title,
        timeline=services().timelines.read(viewer(), activity_id, participation_id, course),
        words=history_words,
        mail_words=mail_words,
    )


@bp.post(f"{PERSON}/more")
@allow(*staff)
@form_page(timeline)
def ask_more(activity_id: uuid.UUID, participation_id: uuid.UUID) -> Response:
    """Ask a learner for more evidence."""
    note = request.form.get("more", "")
    services().timelines.ask_more(viewer(), activity_id, participation_id, note)
    return see_other(
        "desk.timeline",
        notice="asked_for_more",
        activity_id=activity_id,
        participation_id=participation_id,
    )
