"""A short practice before the first response: reading an exemplar, comparing with the tutor."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from flask import g
from werkzeug.wrappers import Response

from lti_tool.rules.vocabulary import Phase
from lti_tool.schemas.responses import ResponseForm
from lti_tool.services.learner.criteria_fields import typed_over
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.blueprint import ACTIVITY, bp
from lti_tool.views.pages.learner.frame import show
from lti_tool.views.session import services, viewer

PRACTICE = f"{ACTIVITY}/new/practice"


@bp.get(PRACTICE)
@allow(*learners)
def practice(activity_id: uuid.UUID, **_others: object) -> str | Response:
    """Show the next exemplar to read; back to the hub where there is none."""
    page = services().calibrations.page(viewer(), activity_id)
    if page is None:
        return see_other("learner.new", activity_id=activity_id)
    typed = g.get("typed", {})
    page = replace(page, criteria=typed_over(page.criteria, typed)) if typed else page
    return show("learner/practice.html", page, Phase.NEW)


@bp.post(f"{PRACTICE}/<uuid:exemplar_id>")
@allow(*learners)
@form_page(practice)
def read_exemplar(activity_id: uuid.UUID, exemplar_id: uuid.UUID) -> Response:
    """Keep how the learner reads an exemplar, and show how the tutor does."""
    written: Any = read_form(ResponseForm)
    services().calibrations.read(viewer(), activity_id, exemplar_id, written)
    return see_other("learner.compared", activity_id=activity_id, exemplar_id=exemplar_id)


@bp.get(f"{PRACTICE}/<uuid:exemplar_id>")
@allow(*learners)
def compared(activity_id: uuid.UUID, exemplar_id: uuid.UUID) -> str:
    """Show the learner's reading beside the tutor's."""
    page = services().calibrations.compared(viewer(), activity_id, exemplar_id)
    return show("learner/compared.html", page, Phase.NEW)


@bp.post(f"{PRACTICE}/skip")
@allow(*learners)
def skip_practice(activity_id: uuid.UUID) -> Response:
    """Leave the practice out, where the educator allows that."""
    services().calibrations.skip(viewer(), activity_id)
    return see_other("learner.new", notice="practice_skipped", activity_id=activity_id)
