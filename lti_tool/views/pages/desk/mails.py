"""Mails of a course: which did not arrive, and the educator's summary of the week."""

from __future__ import annotations

import uuid

from flask import request
from werkzeug.wrappers import Response

from lti_tool.rules.vocabulary import Role
from lti_tool.views.guards import allow, educators, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk import mail_words
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

MAILS = "/activities/<uuid:activity_id>/mails"


@bp.get(MAILS)
@allow(*staff)
def mails(activity_id: uuid.UUID) -> str:
    """Show which mails did not arrive; to educators, what the summary of the week says."""
    activity = services().activities.get(viewer(), activity_id)
    teaches = viewer().role is Role.EDUCATOR
    return page(
        "desk/mails.html",
        activity=activity,
        activity_title=activity.title,
        set_up=services().mailing.is_set_up,
        troubles=services().mail_troubles.lately(viewer(), activity_id),
        mine=services().wishes.mine(viewer()),
        teaches=teaches,
        figures=services().weeklies.figures(viewer()) if teaches else (),
        mail_words=mail_words,
    )


@bp.post(MAILS)
@allow(*educators)
def choose_weekly(activity_id: uuid.UUID) -> Response:
    """Have the summary sent each week, or not any more."""
    services().activities.get(viewer(), activity_id)
    on = request.form.get("on") == "1"
    services().wishes.choose_weekly(viewer(), on)
    notice = "weekly_on" if on else "weekly_off"
    return see_other("desk.mails", notice=notice, activity_id=activity_id)
