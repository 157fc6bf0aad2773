"""Answering a deep linking request: a page that posts the signed answer to the LMS by itself."""

from __future__ import annotations

import uuid

import structlog
from flask import g, request
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound
from lti_tool.services.launches.deep_linking import MOST_ITEMS, Reply
from lti_tool.views.guards import allow, everyone, staff
from lti_tool.views.notices import see_other
from lti_tool.views.render import page
from lti_tool.views.session import services, session_blueprint, viewer

bp = session_blueprint("deep_linking", __name__)
log = structlog.get_logger()


@bp.get("/deep-linking/respond/<uuid:activity_id>")
@allow(*staff)
def respond(activity_id: uuid.UUID) -> str:
    """Hand one activity to the LMS."""
    return _handing_over(services().deep_linking.respond(viewer(), [activity_id]))


@bp.get("/deep-linking/respond")
@allow(*staff)
def respond_all() -> Response | str:
    """Hand the chosen activities to the LMS."""
    try:
        chosen = [uuid.UUID(one) for one in request.args.getlist("activity")]
    except ValueError as error:
        raise NotFound("activity") from error
    if not chosen:
        return see_other("studio.existing", notice="none_chosen")
    if len(chosen) > MOST_ITEMS:
        return see_other("studio.existing", notice="too_many_chosen", activity=chosen[:MOST_ITEMS])
    return _handing_over(services().deep_linking.respond(viewer(), chosen))


@bp.get("/deep-linking/cancel")
@allow(*staff)
def cancel() -> str:
    """Hand the LMS the empty answer."""
    return _handing_over(services().deep_linking.cancel(viewer()))


@bp.get("/deep-linking/give-up")
@allow(*everyone)
def give_up() -> str:
    """Tell the LMS why nothing can be added; a page of ours has told the person."""
    return _handing_over(services().deep_linking.give_up(viewer(), g.request_id))


def _handing_over(reply: Reply) -> str:
    told = reply.told
    log.info("deep_linking_answered", count=len(reply.titles), told=told.log)
    g.form_action = list(reply.form_action)
    return page("lti/deep_linking.html", reply=reply)
