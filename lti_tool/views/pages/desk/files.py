"""Files that learners added to their reflections, as staff open them."""

from __future__ import annotations

import uuid

from werkzeug.wrappers import Response

from lti_tool.views.files import handed_out
from lti_tool.views.guards import allow, staff
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.session import services, viewer


@bp.get("/activities/<uuid:activity_id>/desk/files/<uuid:file_id>")
@allow(*staff)
def file(activity_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    """Hand out a file that stands with a reflection on the viewer's desk."""
    return handed_out(services().staff_files.open(viewer(), activity_id, file_id))
