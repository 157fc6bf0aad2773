"""Results as files to take along: for a student information system, and as a report."""

from __future__ import annotations

import uuid

from flask import request
from werkzeug.wrappers import Response

from lti_tool.services.desk.gradebook_files import Told
from lti_tool.views.guards import allow, educators, staff
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

TAKE = "/activities/<uuid:activity_id>/take"
LONGEST_ID = 255
"""Characters of a ``sourcedId`` (OneRoster 1.2)."""


@bp.get(TAKE)
@allow(*staff)
def take(activity_id: uuid.UUID) -> str:
    """Show what can be taken along, and for what it is good."""
    activity = services().activities.get(viewer(), activity_id)
    return page("desk/take.html", activity=activity, activity_title=activity.title)


@bp.get(f"{TAKE}/oneroster.zip")
@allow(*educators)
def take_oneroster(activity_id: uuid.UUID) -> Response:
    """Send OneRoster's gradebook files, of this activity or of all of the course."""
    services().activities.get(viewer(), activity_id)
    whole = request.args.get("what") == "course"
    told = Told(_id("school"), _id("session"))
    files = services().gradebook_files.export(viewer(), None if whole else activity_id, told)
    headers = {"Content-Disposition": 'attachment; filename="oneroster-gradebook.zip"'}
    return Response(files, mimetype="application/zip", headers=headers)


def _id(name: str) -> str:
    """Return an identifier as it was typed, on one line."""
    return " ".join(request.args.get(name, "").split())[:LONGEST_ID]
