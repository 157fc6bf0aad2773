"""The responses that came in: reading them, saying how helpful they were, answering once."""

from __future__ import annotations

import uuid

from werkzeug.wrappers import Response

from lti_tool.errors import IllegalTransition
from lti_tool.rules.vocabulary import Phase
from lti_tool.schemas.responses import HelpfulnessForm, TakeawayForm
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.blueprint import ACTIVITY, bp
from lti_tool.views.pages.learner.frame import show
from lti_tool.views.session import services, viewer


@bp.get(f"{ACTIVITY}/received")
@allow(*learners)
def received(activity_id: uuid.UUID, response_id: uuid.UUID | None = None) -> str:
    """Show the responses; ``response_id`` is the one whose form came back."""
    page = services().responses.received(viewer(), activity_id)
    return show("learner/received.html", page, Phase.NEW, response_id=response_id)


@bp.post(f"{ACTIVITY}/received/<uuid:response_id>")
@allow(*learners)
@form_page(received)
def tell(activity_id: uuid.UUID, response_id: uuid.UUID) -> Response:
    """Keep how helpful a response was, and the reply to it."""
    form, notice = read_form(HelpfulnessForm), "told"
    try:
        services().responses.tell(
            viewer(),
            activity_id,
            response_id,
            form["helpfulness"],
            form["reply"],
            form["takeaway"],
        )
    except IllegalTransition as error:
        if error.subject != "response":
            raise
        notice = "replied_already"
    return see_other("learner.received", notice=notice, activity_id=activity_id)


@bp.post(f"{ACTIVITY}/received/<uuid:response_id>/takeaway")
@allow(*learners)
@form_page(received)
def take_away(activity_id: uuid.UUID, response_id: uuid.UUID) -> Response:
    """Keep what the learner takes from a response."""
    takeaway = read_form(TakeawayForm)["takeaway"]
    services().responses.take_away(viewer(), activity_id, response_id, takeaway)
    return see_other("learner.received", notice="took_away", activity_id=activity_id)
