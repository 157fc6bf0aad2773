"""Reading a peer's reflection and responding to it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from flask import g, request
from werkzeug.wrappers import Response

from lti_tool.errors import IllegalTransition
from lti_tool.rules.guidance import RESPONSE_PARTS
from lti_tool.rules.rich_text import accept
from lti_tool.rules.vocabulary import Phase
from lti_tool.schemas.drafts import FORMAT, DraftBody
from lti_tool.schemas.responses import ResponseForm
from lti_tool.services.learner.criteria_fields import typed_over
from lti_tool.services.learner.drafts import Written
from lti_tool.services.learner.response_pages import RespondPage
from lti_tool.views.forms import form_page, read_form, read_json
from lti_tool.views.guards import allow, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.blueprint import ACTIVITY, bp, conflict_in_words
from lti_tool.views.pages.learner.frame import show
from lti_tool.views.session import services, viewer

ONE = f"{ACTIVITY}/new/<uuid:allocation_id>"


@bp.get(ONE)
@allow(*learners)
def respond(activity_id: uuid.UUID, allocation_id: uuid.UUID) -> str:
    """Show a peer's reflection and the guided response, or what was sent and what others said."""
    page = services().responses.open(viewer(), activity_id, allocation_id)
    in_conflict = "" in g.get("errors", {})
    template = "learner/respond.html" if page.editable else "learner/responded.html"
    return show(
        template,
        _as_typed(page),
        Phase.NEW,
        conflict=page.parts if in_conflict else {},
        stored={one.criterion.id: one for one in page.criteria} if in_conflict else {},
    )


@bp.post(f"{ONE}/draft")
@allow(*learners)
def save_response(activity_id: uuid.UUID, allocation_id: uuid.UUID) -> dict[str, Any]:
    """Keep the working text and renew the lease; asked for by the page's script."""
    body: Any = read_json(DraftBody)
    saved = services().responses.save_draft(viewer(), activity_id, allocation_id, body)
    return {"version": saved.version, "saved_at": saved.saved_at.isoformat()}


@bp.post(ONE)
@allow(*learners)
@form_page(respond)
def submit_response(activity_id: uuid.UUID, allocation_id: uuid.UUID) -> Response:
    """Send the response; "only save" keeps it for later."""
    written: Any = read_form(ResponseForm)
    with conflict_in_words():
        return _keep_or_submit(activity_id, allocation_id, written)


@bp.post(f"{ONE}/take-back")
@allow(*learners)
def take_back_response(activity_id: uuid.UUID, allocation_id: uuid.UUID) -> Response:
    """Reopen the response, if the time for that is not over."""
    notice = "taken_back"
    try:
        services().responses.take_back(viewer(), activity_id, allocation_id)
    except IllegalTransition:
        notice = "too_late"
    return _here(activity_id, allocation_id, notice)


@bp.post(f"{ONE}/send-now")
@allow(*learners)
def send_response_now(activity_id: uuid.UUID, allocation_id: uuid.UUID) -> Response:
    """End the grace window at once."""
    services().responses.send_now(viewer(), activity_id, allocation_id)
    return _here(activity_id, allocation_id, "sent_now")


def _keep_or_submit(activity_id: uuid.UUID, allocation_id: uuid.UUID, written: Written) -> Response:
    responses = services().responses
    if request.form.get("do") == "save":
        responses.save_draft(viewer(), activity_id, allocation_id, written)
        return see_other("learner.new", notice="draft_saved", activity_id=activity_id)
    try:
        responses.submit(viewer(), activity_id, allocation_id, written)
    except IllegalTransition as error:
        if error.subject != "response":
            raise
        return _here(activity_id, allocation_id, "already_submitted")
    return _here(activity_id, allocation_id, "responded")


def _here(activity_id: uuid.UUID, allocation_id: uuid.UUID, notice: str) -> Response:
    return see_other(
        "learner.respond", notice=notice, activity_id=activity_id, allocation_id=allocation_id
    )


def _as_typed(page: RespondPage) -> RespondPage:
    """Return the page with what was just typed, where a form came back."""
    typed = g.get("typed", {})
    parts = {
        name: accept(typed[name], typed.get(f"{name}{FORMAT}", ""))
        for name in RESPONSE_PARTS
        if name in typed
    }
    criteria = typed_over(page.criteria, typed) if typed else page.criteria
    return replace(page, parts={**page.parts, **parts}, criteria=criteria)
