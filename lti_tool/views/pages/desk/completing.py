"""Completion by a tutor's word, and notes, on the page of one learner."""

from __future__ import annotations

import uuid

from werkzeug.wrappers import Response

from lti_tool.errors import IllegalTransition
from lti_tool.schemas.extensions import NoteForm, OverrideForm
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk.blueprint import bp
from lti_tool.views.pages.desk.learners import PERSON, person
from lti_tool.views.session import services, viewer


@bp.post(PERSON + "/complete")
@allow(*staff)
@form_page(person)
def complete(activity_id: uuid.UUID, participation_id: uuid.UUID) -> Response:
    """Count the activity as complete for a learner."""
    form = read_form(OverrideForm)
    services().overrides.complete(
        viewer(), activity_id, participation_id, form["override_points"], form["override_reason"]
    )
    return _back("counted_complete", activity_id, participation_id)


@bp.post(PERSON + "/complete/undo")
@allow(*staff)
def undo_complete(activity_id: uuid.UUID, participation_id: uuid.UUID) -> Response:
    """Let what is done count again."""
    try:
        services().overrides.undo(viewer(), activity_id, participation_id)
    except IllegalTransition:
        return _back("not_undone", activity_id, participation_id)
    return _back("counted_again", activity_id, participation_id)


@bp.post(PERSON + "/note")
@allow(*staff)
@form_page(person)
def note_person(activity_id: uuid.UUID, participation_id: uuid.UUID) -> Response:
    """Keep a note on a learner."""
    form = read_form(NoteForm)
    services().interventions.note(
        viewer(), activity_id, participation_id, form["kind"], form["note"]
    )
    return _back("noted", activity_id, participation_id)


def _back(notice: str, activity_id: uuid.UUID, participation_id: uuid.UUID) -> Response:
    return see_other(
        "desk.person", notice=notice, activity_id=activity_id, participation_id=participation_id
    )
