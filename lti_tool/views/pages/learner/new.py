"""The hub of the New phase: being given a reflection, and what one has answered."""

from __future__ import annotations

import uuid

from werkzeug.wrappers import Response

from lti_tool.rules.vocabulary import Phase
from lti_tool.schemas.responses import DeclineForm
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.blueprint import ACTIVITY, bp
from lti_tool.views.pages.learner.frame import show
from lti_tool.views.session import services, viewer


@bp.get(f"{ACTIVITY}/new")
@allow(*learners)
def new(activity_id: uuid.UUID, **_others: object) -> str:
    """Show what there is to answer, what was answered, and what came in."""
    page = services().responses.new(viewer(), activity_id)
    return show("learner/new.html", page, Phase.NEW)


@bp.post(f"{ACTIVITY}/new/ask")
@allow(*learners)
def ask(activity_id: uuid.UUID) -> Response:
    """Give the learner a reflection to answer; before the first, perhaps an exemplar."""
    if services().calibrations.is_due(viewer(), activity_id):
        return see_other("learner.practice", activity_id=activity_id)
    return given(activity_id, services().responses.ask(viewer(), activity_id))


@bp.post(f"{ACTIVITY}/new/<uuid:allocation_id>/decline")
@allow(*learners)
@form_page(new)
def decline(activity_id: uuid.UUID, allocation_id: uuid.UUID) -> Response:
    """Pass a reflection on and give another."""
    reason = read_form(DeclineForm)["reason"]
    other = services().responses.decline(viewer(), activity_id, allocation_id, reason)
    return given(activity_id, other, "passed_on")


@bp.post(f"{ACTIVITY}/new/<uuid:allocation_id>/take-up")
@allow(*learners)
def take_up(activity_id: uuid.UUID, allocation_id: uuid.UUID) -> Response:
    """Answer a reflection after all."""
    services().responses.take_up(viewer(), activity_id, allocation_id)
    return given(activity_id, allocation_id)


def given(activity_id: uuid.UUID, allocation_id: uuid.UUID | None, notice: str = "") -> Response:
    """Lead to the reflection that was given, or back to the hub if there is none."""
    if allocation_id is None:
        return see_other("learner.new", notice="nothing_there", activity_id=activity_id)
    return see_other(
        "learner.respond", notice=notice, activity_id=activity_id, allocation_id=allocation_id
    )
