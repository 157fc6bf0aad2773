"""A launch into a course without a link (LtiContextLaunchRequest): its activities, for staff."""

from __future__ import annotations

import uuid

from flask import request

from lti_tool.views.guards import allow, everyone
from lti_tool.views.render import page
from lti_tool.views.session import services, session_blueprint, viewer

bp = session_blueprint("course", __name__)


@bp.get("/activities")
@allow(*everyone)
def activities() -> str:
    """List the course's activities for staff; tell learners where theirs are."""
    person = viewer()
    if not person.role.moderates:
        lines = services().my_work.of(person).lines
        return page("lti/course.html", found=None, asked=[one for one in lines if one.question])
    after = request.args.get("after", type=uuid.UUID)
    found = services().activity_lists.page(person, after=after)
    waiting = services().signals.of_course(person, [one.id for one in found.rows])
    return page("lti/course.html", found=found, waiting=waiting)
