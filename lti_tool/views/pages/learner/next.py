"""The Next phase: what came in beside one's own text, the next step, the second self-rating."""

from __future__ import annotations

import uuid

from flask import g, request
from werkzeug.wrappers import Response

from lti_tool.rules.vocabulary import Phase
from lti_tool.schemas.participations import NextStepForm, RatingForm
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.desk import words as rating_words
from lti_tool.views.pages.learner.blueprint import ACTIVITY, bp
from lti_tool.views.pages.learner.frame import show
from lti_tool.views.session import services, viewer


@bp.get(f"{ACTIVITY}/next")
@allow(*learners)
def next_step(activity_id: uuid.UUID) -> str:
    """Show the next step to choose, then the second self-rating, then what changed."""
    page = services().participations.next(viewer(), activity_id)
    typed, edit = g.get("typed", {}), request.args.get("edit", "")
    choosing = page.next_step is None or edit == "step" or "action" in typed
    rating = not choosing and (not page.rated_after or edit == "ratings" or bool(typed))
    return show(
        "learner/next.html",
        page,
        Phase.NEXT,
        choosing=choosing,
        rating=rating,
        in_moodle=services().companion.telling.of_mine(viewer(), activity_id),
        rating_words=rating_words,
    )


@bp.post(f"{ACTIVITY}/next")
@allow(*learners)
@form_page(next_step)
def commit(activity_id: uuid.UUID) -> Response:
    """Keep the next step."""
    form = read_form(NextStepForm)
    services().participations.commit(
        viewer(), activity_id, form["action"], form["by_date"], form["opportunity"]
    )
    return see_other("learner.next_step", notice="committed", activity_id=activity_id)


@bp.post(f"{ACTIVITY}/next/ratings")
@allow(*learners)
@form_page(next_step)
def rate_after(activity_id: uuid.UUID) -> Response:
    """Keep the second self-rating."""
    form = read_form(RatingForm)
    services().participations.rate_after(viewer(), activity_id, form["chosen"])
    return see_other("learner.next_step", notice="rated", activity_id=activity_id)
