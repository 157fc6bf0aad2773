"""Coming from the LMS's gradebook: one learner's work at once, or a list to pick from."""

from __future__ import annotations

import uuid

from flask import request
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound
from lti_tool.services.desk.reviews import Asked
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

MOST_TYPED = 100


@bp.get("/activities/<uuid:activity_id>/review")
@allow(*staff)
def review(activity_id: uuid.UUID) -> Response | str:
    """Open the work that the gradebook asks for; else say why not, and list whose can be seen."""
    subject = services().reviews.subject(viewer(), activity_id)
    if subject.asked is Asked.FOUND and "pick" not in request.args:
        return see_other(
            "desk.person", activity_id=activity_id, participation_id=subject.participation_id
        )
    search, after = request.args.get("q", "").strip()[:MOST_TYPED], _after()
    activity = services().activities.get(viewer(), activity_id)
    return page(
        "desk/review.html",
        activity=activity,
        activity_title=activity.title,
        subject=subject,
        page=services().reviews.begun(viewer(), activity_id, search, after),
        search=search,
        paged=after is not None,
    )


def _after() -> uuid.UUID | None:
    text = request.args.get("after", "")
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise NotFound("page") from error
