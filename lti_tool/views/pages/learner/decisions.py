"""Asking a tutor to look at something; what was decided about one's own texts, and appealing."""

from __future__ import annotations

import uuid

from werkzeug.wrappers import Response

from lti_tool.errors import IllegalTransition
from lti_tool.rules.vocabulary import Phase
from lti_tool.schemas.flags import AppealForm, FlagForm
from lti_tool.services.learner.flags import PERSONS_REASONS, Read
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.blueprint import ACTIVITY, bp
from lti_tool.views.pages.learner.frame import show
from lti_tool.views.session import services, viewer

FLAG = f"{ACTIVITY}/flag/<any(reading, received):read>/<uuid:read_id>"


@bp.get(FLAG)
@allow(*learners)
def flag(activity_id: uuid.UUID, read: str, read_id: uuid.UUID) -> str:
    """Show the form to flag a reflection one was given, or a response one received."""
    page = services().flags.page(viewer(), activity_id, Read(read), read_id)
    return show("learner/flag.html", page, Phase.NEW, reasons=PERSONS_REASONS)


@bp.post(FLAG)
@allow(*learners)
@form_page(flag)
def raise_flag(activity_id: uuid.UUID, read: str, read_id: uuid.UUID) -> Response:
    """Put it before a tutor."""
    form, notice = read_form(FlagForm), "flagged"
    try:
        services().flags.flag(
            viewer(),
            activity_id,
            Read(read),
            read_id,
            form["reason"],
            form["words"],
            form["pass_on"],
        )
    except IllegalTransition:
        notice = "flagged_already"
    return see_other("learner.decisions", notice=notice, activity_id=activity_id)


@bp.get(f"{ACTIVITY}/decisions")
@allow(*learners)
def decisions(activity_id: uuid.UUID, decision_id: uuid.UUID | None = None) -> str:
    """Show what was decided; ``decision_id`` is the one whose appeal came back."""
    page = services().appeals.page(viewer(), activity_id)
    return show("learner/decisions.html", page, None, decision_id=decision_id)


@bp.post(f"{ACTIVITY}/decisions/<uuid:decision_id>/appeal")
@allow(*learners)
@form_page(decisions)
def appeal(activity_id: uuid.UUID, decision_id: uuid.UUID) -> Response:
    """Ask another tutor to look at a decision."""
    words, notice = read_form(AppealForm)["words"], "appealed"
    try:
        services().appeals.appeal(viewer(), activity_id, decision_id, words)
    except IllegalTransition:
        notice = "not_appealed"
    return see_other("learner.decisions", notice=notice, activity_id=activity_id)


@bp.post(f"{ACTIVITY}/decisions/<uuid:decision_id>/withdraw")
@allow(*learners)
def withdraw_appeal(activity_id: uuid.UUID, decision_id: uuid.UUID) -> Response:
    """Take an appeal back."""
    services().appeals.withdraw(viewer(), activity_id, decision_id)
    return see_other("learner.decisions", notice="withdrawn", activity_id=activity_id)
