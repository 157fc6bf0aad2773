"""Asking for a learner's name where both sides are blind, with a reason that the learner reads."""

from __future__ import annotations

import uuid

from werkzeug.wrappers import Response

from lti_tool.schemas.moderation import UnmaskForm
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.pages.desk.learners import PERSON, person
from lti_tool.views.session import services, viewer


@bp.post(PERSON + "/unmask")
@allow(*staff)
@form_page(person)
def unmask(activity_id: uuid.UUID, participation_id: uuid.UUID) -> Response:
    """Show staff who this is from now on, and write down who asked and why."""
    services().people.open(viewer(), activity_id, participation_id)
    reason = read_form(UnmaskForm)["unmask_reason"]
    services().masks.unmask(viewer(), activity_id, participation_id, reason)
    return see_other(
        "desk.person",
        notice="unmasked",
        activity_id=activity_id,
        participation_id=participation_id,
    )
