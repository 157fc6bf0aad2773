"""Answering a deep linking request: a page that posts the signed answer to the LMS by itself."""

from __future__ import annotations

import uuid

from flask import g

from lti_tool.services.deep_linking import Reply
from lti_tool.views.guards import allow, staff
from lti_tool.views.render import page
from lti_tool.views.session import services, session_blueprint, viewer

bp = session_blueprint("deep_linking", __name__)


@bp.get("/deep-linking/respond/<uuid:activity_id>")
@allow(*staff)
def respond(activity_id: uuid.UUID) -> str:
    """Hand the chosen activity to the LMS."""
    return _handing_over(services().deep_linking.respond(viewer(), activity_id))


@bp.get("/deep-linking/cancel")
@allow(*staff)
def cancel() -> str:
    """Hand the LMS the empty answer."""
    return _handing_over(services().deep_linking.cancel(viewer()))


def _handing_over(reply: Reply) -> str:
    g.form_action = list(reply.form_action)
    return page("lti/deep_linking.html", reply=reply)
