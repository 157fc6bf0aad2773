"""The Now phase: need and self-rating, then the reflection."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from flask import g, request
from werkzeug.wrappers import Response

from lti_tool.errors import IllegalTransition
from lti_tool.rules.rich_text import accept
from lti_tool.rules.vocabulary import Phase
from lti_tool.schemas.attachments import FileNotes
from lti_tool.schemas.drafts import FORMAT, DraftBody
from lti_tool.schemas.participations import BeforeForm
from lti_tool.schemas.reflections import ReflectionForm
from lti_tool.services.learner.answers import AnswerView
from lti_tool.services.learner.drafts import Written
from lti_tool.services.learner.now_pages import NowPage
from lti_tool.views.forms import form_page, read_form, read_json
from lti_tool.views.guards import allow, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.blueprint import ACTIVITY, bp, conflict_in_words
from lti_tool.views.pages.learner.frame import show
from lti_tool.views.session import services, viewer


@bp.get(f"{ACTIVITY}/now")
@allow(*learners)
def now(activity_id: uuid.UUID) -> Response | str:
    """Ask for need and self-rating first, then show the prompts to write to."""
    page = services().reflections.now(viewer(), activity_id)
    typed = g.get("typed", {})
    starting = "need" in typed or (not typed and _wants_start(page))
    if not page.editable and not starting:
        return see_other("learner.submission", activity_id=activity_id)
    saved = page.answers
    page = replace(page, answers=tuple(_as_typed(answer, typed) for answer in saved))
    conflict = saved if "" in g.get("errors", {}) else ()
    template = "learner/start.html" if starting else "learner/now.html"
    limits = services().attachments.limits
    return show(template, page, Phase.NOW, conflict=conflict, limits=limits)


@bp.post(f"{ACTIVITY}/now/start")
@allow(*learners)
@form_page(now)
def rate_before(activity_id: uuid.UUID) -> Response:
    """Keep need and self-rating, and go on to the writing."""
    form = read_form(BeforeForm)
    services().participations.rate_before(viewer(), activity_id, form["need"], form["chosen"])
    return see_other("learner.now", activity_id=activity_id)


@bp.post(f"{ACTIVITY}/now/draft")
@allow(*learners)
def save_reflection(activity_id: uuid.UUID) -> dict[str, Any]:
    """Keep the working text; asked for by the page's script."""
    body: Any = read_json(DraftBody)
    saved = services().reflections.save_draft(viewer(), activity_id, body)
    return {"version": saved.version, "saved_at": saved.saved_at.isoformat()}


@bp.post(f"{ACTIVITY}/now")
@allow(*learners)
@form_page(now)
def submit_reflection(activity_id: uuid.UUID) -> Response:
    """Hand the reflection in; "only save" keeps it for later."""
    written: Any = read_form(ReflectionForm)
    services().attachments.describe(viewer(), activity_id, read_form(FileNotes)["notes"])
    with conflict_in_words():
        return _keep_or_submit(activity_id, written)


def _keep_or_submit(activity_id: uuid.UUID, written: Written) -> Response:
    if request.form.get("do") == "save":
        services().reflections.save_draft(viewer(), activity_id, written)
        return see_other("learner.overview", notice="draft_saved", activity_id=activity_id)
    if request.form.get("do") == "move":
        services().reflections.save_draft(viewer(), activity_id, written)
        services().moving_over.move(viewer(), activity_id)
        return see_other("learner.now", notice="moved_over", activity_id=activity_id)
    try:
        services().reflections.submit(viewer(), activity_id, written)
    except IllegalTransition as error:
        if error.subject != "reflection":
            raise
        return see_other("learner.submission", notice="already_submitted", activity_id=activity_id)
    return see_other("learner.submission", notice="submitted", activity_id=activity_id)


def _wants_start(page: NowPage) -> bool:
    return not page.begun or request.args.get("step") == "start"


def _as_typed(answer: AnswerView, typed: Any) -> AnswerView:
    """Return the answer as it was just typed, where a form came back."""
    field = answer.prompt.field
    if field not in typed:
        return answer
    return replace(answer, html=accept(typed[field], typed.get(f"{field}{FORMAT}", "")))
